import { LEGACY_VHIVE_REF } from '@vhive/shared';
import type { ComponentName } from '../../versions/catalogue.ts';
import type { PhaseContext } from './context.ts';

/** Who needs the files of a component. */
export type Users =
  /** Every node, each for its own architecture. */
  | 'nodes'
  /** The control plane alone. */
  | 'control-plane'
  /** The node that compiles vHive. */
  | 'build-node'
  | 'nobody';

type Rule = (context: PhaseContext) => Users;

const always: Rule = () => 'nodes';
const nobody: Rule = () => 'nobody';
const onControlPlane =
  (when: (context: PhaseContext) => boolean): Rule =>
  (context) =>
    when(context) ? 'control-plane' : 'nobody';

const serving = ({ config }: PhaseContext) => config.knative.enabled;
const firecracker = ({ config }: PhaseContext) => config.sandbox === 'firecracker';
const legacy = ({ config }: PhaseContext) => config.firecracker.vhiveRef === LEGACY_VHIVE_REF;

/** Which components a cluster is made of, by its configuration: a new component of the catalogue needs its line here. */
const rules: Record<ComponentName, Rule> = {
  kubernetes: always,
  containerd: always,
  runc: always,
  cniPlugins: always,
  crictl: always,
  calico: onControlPlane(({ config }) => config.network.plugin === 'calico'),
  gvisor: ({ config }) => (config.sandbox === 'gvisor' ? 'nodes' : 'nobody'),
  stargz: ({ config }) => (config.stargz && config.sandbox === 'stock-only' ? 'nodes' : 'nobody'),
  vhiveBinaries: (context) => (firecracker(context) ? 'nodes' : 'nobody'),
  vhiveKernel: (context) => (firecracker(context) && !legacy(context) ? 'nodes' : 'nobody'),
  vhiveLegacyKernel: (context) => (firecracker(context) && legacy(context) ? 'nodes' : 'nobody'),
  vhiveStargzBinaries: (context) => (firecracker(context) && context.config.stargz ? 'nodes' : 'nobody'),
  vhiveSource: (context) => (firecracker(context) ? 'build-node' : 'nobody'),
  go: (context) => (firecracker(context) ? 'build-node' : 'nobody'),
  metallb: onControlPlane(({ config }) => config.loadBalancer.enabled),
  istio: onControlPlane(serving),
  knativeServing: onControlPlane(serving),
  netIstio: onControlPlane(serving),
  knativeEventing: onControlPlane((context) => serving(context) && context.config.knative.eventing),
  kn: onControlPlane(serving),
  queueProxy: nobody,
  registry: nobody,
  zipkin: nobody,
  otelCollector: nobody,
  metricsServer: onControlPlane(({ config }) => config.extras.metricsServer),
  helm: onControlPlane(({ config }) => config.extras.prometheus.enabled),
  prometheusStack: onControlPlane(({ config }) => config.extras.prometheus.enabled),
  nvidiaDevicePlugin: ({ config }) => (config.extras.nvidia ? 'nodes' : 'nobody'),
  // The coordinator's own, found or fetched before there is a plan.
  natsServer: nobody,
};

/** The components in use, each with who needs its files, in the catalogue's order. */
export function componentsOf(context: PhaseContext): { component: ComponentName; users: Users }[] {
  return (Object.keys(rules) as ComponentName[]).map((component) => ({ component, users: rules[component](context) }));
}
