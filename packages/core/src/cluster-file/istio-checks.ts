import { type ClusterConfig, nearestKey } from '@vhive/shared';
import { features } from '../features.ts';
import { atPath, isTree } from '../phases/kit/tree.ts';
import type { Problem } from './problem.ts';

const FIELD = 'istio.values';

/**
 * The keys of Istio's values, those of older versions included. What is below them is known to istioctl itself, which
 * refuses what its version does not know (operator/pkg/apis/values_types.proto in the repository of Istio).
 */
const known = [
  ...['base', 'cni', 'compatibilityVersion', 'defaultRevision', 'experimental', 'gatewayClasses', 'gateways', 'global'],
  ...['istiodRemote', 'istio_cni', 'meshConfig', 'ownerName', 'pilot', 'profile', 'revision', 'revisionTags'],
  ...['sidecarInjectorWebhook', 'telemetry', 'ztunnel'],
];

/** A value on which the phases rely. */
interface Kept {
  path: readonly string[];
  /** The only value that it may have; when absent, it may not be set at all. */
  only?: unknown;
  because: string;
  instead?: string;
}

const ingress = ['gateways', 'istio-ingressgateway'];
const isWaitedFor = 'the phases wait for istiod and both gateways under their own names in istio-system';

const kept: readonly Kept[] = [
  { path: ['pilot', 'enabled'], only: true, because: 'the gateways get their routes from istiod' },
  { path: [...ingress, 'enabled'], only: true, because: 'functions are called through this gateway' },
  { path: [...ingress, 'name'], only: 'istio-ingressgateway', because: isWaitedFor },
  { path: [...ingress, 'namespace'], only: 'istio-system', because: isWaitedFor },
  { path: [...ingress, 'labels'], because: 'net-istio finds the gateways by these labels' },
  {
    path: [...ingress, 'type'],
    only: 'LoadBalancer',
    because: 'functions are called at the address that the load balancer gives this gateway',
  },
  { path: ['global', 'istioNamespace'], only: 'istio-system', because: isWaitedFor },
  { path: ['global', 'tag'], because: 'the images are those of one version', instead: 'set versions.istio' },
  { path: ['global', 'externalIstiod'], only: false, because: 'istiod runs in this cluster' },
  { path: ['global', 'jwtPolicy'], only: 'third-party-jwt', because: 'Kubernetes gives pods no other tokens any more' },
  { path: ['istiodRemote', 'enabled'], only: false, because: 'istiod runs in this cluster' },
  { path: ['revision'], only: '', because: isWaitedFor },
  {
    path: ['profile'],
    because: 'the phases set up the components of the default profile and wait for them',
    instead: 'set the single values that you want of another profile',
  },
  {
    path: ['base', 'enableIstioConfigCRDs'],
    only: true,
    because: 'net-istio writes Gateways and VirtualServices, which need their definitions',
  },
];

/** What must hold besides where functions run in microVMs, whose pods have nothing but what vHive knows. */
const keptWithMicroVms: readonly Kept[] = [
  {
    path: ['global', 'proxy', 'autoInject'],
    only: 'disabled',
    because: 'a microVM runs the function and no sidecar',
    instead: 'leave it out, or use another sandbox',
  },
];

/** Reports values of Istio that do not exist, and those that would break what the phases rely on. */
export function istioProblems(config: ClusterConfig): Problem[] {
  const { values } = config.istio;
  const unknown = Object.keys(values)
    .filter((key) => !known.includes(key))
    .map((key): Problem => {
      const nearest = nearestKey(key, known);
      const fix = nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`;
      return { code: 'usage', field: `${FIELD}.${key}`, message: `Istio’s charts have no value ${key}`, fix };
    });
  const noMaps = ['base', 'gateways', 'global', 'meshConfig', 'pilot', 'telemetry']
    .filter((key) => Object.hasOwn(values, key) && !isTree(values[key]))
    .map((key): Problem => ({ code: 'usage', field: `${FIELD}.${key}`, message: 'must be a mapping' }));
  const all = features(config).microVms ? [...kept, ...keptWithMicroVms] : kept;
  const broken = all.flatMap(({ path, only, because, instead }): Problem[] => {
    const value = atPath(values, path);
    if (value === undefined || (only !== undefined && value === only)) return [];
    const stays = only === undefined ? 'cannot be set here' : `must stay ${JSON.stringify(only)}`;
    const fix = instead ?? 'leave it out';
    return [{ code: 'usage', field: `${FIELD}.${path.join('.')}`, message: `${stays}: ${because}`, fix }];
  });
  return [...unknown, ...noMaps, ...broken];
}
