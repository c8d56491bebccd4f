import { type ClusterConfig, defined } from '@vhive/shared';
import { type Features, features } from '../features.ts';
import type { Problem } from './problem.ts';

/** A combination that cannot be. The list of them is the capability matrix. */
interface Limit {
  /** Whether the configuration asks for the combination. */
  asks(config: ClusterConfig, features: Features): boolean;
  field: string;
  otherField?: string;
  message: string;
  fix: string;
}

/** The features of kubelets that call what vHive's CRI lacks (cri/service.go embeds the rest as nil interfaces). */
const brokenGates = ['EventedPLEG', 'PodAndContainerStatsFromCRI'];
const isOn = (gates: unknown, name: string) =>
  typeof gates === 'object' && gates !== null && (gates as Record<string, unknown>)[name] === true;

const limits: readonly Limit[] = [
  {
    asks: ({ stargz }, { gvisor }) => gvisor && stargz,
    field: 'stargz',
    otherField: 'sandbox',
    message: 'gVisor and eStargz do not go together: runsc cannot mount what the stargz snapshotter prepares',
    fix: 'leave stargz out, or use firecracker or stock-only',
  },
  {
    asks: ({ firecracker }, { microVms }) => !microVms && firecracker.snapshots && !firecracker.upf,
    field: 'firecracker.snapshots',
    otherField: 'sandbox',
    message: 'snapshots are those of Firecracker microVMs',
    fix: 'use --sandbox firecracker, or leave snapshots out',
  },
  {
    asks: ({ firecracker }, { microVms }) => !microVms && firecracker.upf,
    field: 'firecracker.upf',
    otherField: 'sandbox',
    message: 'user-level page faults (REAP) are those of Firecracker snapshots',
    fix: 'use --sandbox firecracker, or leave upf out',
  },
  {
    asks: (_, { microVmStargz, legacyVhive }) => microVmStargz && legacyVhive,
    field: 'stargz',
    otherField: 'firecracker.vhiveRef',
    message: 'the legacy branch of vHive has no eStargz: its Firecracker is older than the demux snapshotter',
    fix: 'leave stargz out, or leave firecracker.vhiveRef out',
  },
  {
    asks: ({ firecracker }, { legacyVhive }) => legacyVhive && firecracker.dockerCredentialsFile !== undefined,
    field: 'firecracker.dockerCredentialsFile',
    otherField: 'firecracker.vhiveRef',
    message: 'the legacy branch of vHive takes no credentials: it pulls public images only',
    fix: 'leave it out, or leave firecracker.vhiveRef out',
  },
  {
    asks: ({ firecracker }, { microVms }) => !microVms && firecracker.dockerCredentialsFile !== undefined,
    field: 'firecracker.dockerCredentialsFile',
    otherField: 'sandbox',
    message: 'these credentials are for pulls inside microVMs, and there are none',
    fix: 'leave it out, or use --sandbox firecracker',
  },
  {
    asks: ({ firecracker, stargz }, { microVms, legacyVhive }) =>
      microVms && !legacyVhive && !stargz && firecracker.dockerCredentialsFile !== undefined,
    field: 'firecracker.dockerCredentialsFile',
    otherField: 'stargz',
    message: 'without eStargz vHive pulls images on the node, anonymously, and never looks at these credentials',
    fix: 'set stargz: true, or leave it out and use images that anybody can pull',
  },
  {
    asks: ({ kubernetes: { kubeletConfiguration } }, { microVms }) =>
      microVms && brokenGates.some((gate) => isOn(kubeletConfiguration.featureGates, gate)),
    field: 'kubernetes.kubeletConfiguration.featureGates',
    otherField: 'sandbox',
    message: `vHive's CRI falls over when a kubelet uses ${brokenGates.join(' or ')}, which its gRPC service does not have`,
    fix: 'leave these gates out, or use another sandbox',
  },
  {
    asks: (_, { serving, loadBalancer }) => serving && !loadBalancer,
    field: 'loadBalancer.enabled',
    otherField: 'knative.enabled',
    message: 'without a load balancer the gateway of Knative gets no address, and no function can be called',
    fix: 'leave loadBalancer.enabled out, or set knative.enabled: false too',
  },
  {
    asks: (_, { tracing, serving }) => tracing && !serving,
    field: 'extras.zipkin',
    otherField: 'knative.enabled',
    message: 'Zipkin is for the traces of Knative, which is left out',
    fix: 'leave it out, or set knative.enabled: true',
  },
  {
    asks: ({ firecracker }) => firecracker.extraFlags.some((flag) => /^--?dockerCredentials/.test(flag)),
    field: 'firecracker.extraFlags',
    message: 'credentials on a command line can be read by every user of the node',
    fix: 'use firecracker.dockerCredentialsFile, which names a file on the control plane',
  },
];

/**
 * Reports the combinations of sandbox, eStargz, snapshots and parts of the stack that cannot be, whatever the nodes
 * are.
 */
export function capabilityProblems(config: ClusterConfig): Problem[] {
  const present = features(config);
  return limits
    .filter(({ asks }) => asks(config, present))
    .map(({ field, otherField, message, fix }) => ({
      code: 'usage' as const,
      field,
      ...defined({ otherField }),
      message,
      fix,
    }));
}
