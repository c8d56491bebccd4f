import { type ClusterConfig, nearestKey } from '@vhive/shared';
import { features } from '../features.ts';
import { eventingConfigMaps, servingConfigMaps } from '../phases/knative/config-maps.ts';
import type { Problem } from './problem.ts';

const serving: readonly string[] = Object.values(servingConfigMaps).flat();
const eventing: readonly string[] = Object.values(eventingConfigMaps).flat();

/** Reports ConfigMaps of Knative that do not exist, and entries that would break what the phases rely on. */
export function knativeProblems(config: ClusterConfig): Problem[] {
  const { knative } = config;
  return [
    ...unknownConfigMaps('knative.config', Object.keys(knative.config), serving),
    ...unknownConfigMaps('knative.eventingConfig', Object.keys(knative.eventingConfig), eventing),
    ...brokenEntries(config),
  ];
}

function unknownConfigMaps(field: string, names: readonly string[], known: readonly string[]): Problem[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = nearestKey(name.replace(/^config-/, ''), known);
      const fix = nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`;
      return { code: 'usage', field: `${field}.${name}`, message: `there is no ConfigMap config-${name}`, fix };
    });
}

/** Istio's class, as both spellings of the key want it. */
const INGRESS_CLASS = 'istio.ingress.networking.knative.dev';
const RUNTIME_CLASS = 'kubernetes.podspec-runtimeclassname';

function brokenEntries(config: ClusterConfig): Problem[] {
  const { network = {}, domain = {}, features: flags = {} } = config.knative.config;
  const { gvisor, gpu } = features(config);
  const problems: Problem[] = [];
  const add = (name: string, message: string, fix: string) =>
    problems.push({ code: 'usage', field: `knative.config.${name}`, message, fix });
  for (const key of ['ingress-class', 'ingress.class'])
    if (network[key] !== undefined && network[key] !== INGRESS_CLASS)
      add(`network.${key}`, `only net-istio is set up, whose class is ${INGRESS_CLASS}`, 'leave it out');
  // An entry without a selector is the domain of all functions. Of two such Knative takes any.
  for (const [name, selector] of Object.entries(domain))
    if (selector.trim() === '')
      add(`domain.${name}`, 'the domain of all functions has a field of its own', `set knative.domain: ${name}`);
  if ((gvisor || gpu) && flags[RUNTIME_CLASS] !== undefined && flags[RUNTIME_CLASS] !== 'enabled')
    add(
      `features.${RUNTIME_CLASS}`,
      `functions name their runtime class with ${gvisor ? 'sandbox: gvisor' : 'extras.nvidia'}`,
      'leave it out',
    );
  return problems;
}
