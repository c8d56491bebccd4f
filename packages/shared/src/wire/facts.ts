import * as z from 'zod';

/** A network interface with its addresses. */
const networkInterface = z.object({
  name: z.string(),
  mac: z.string(),
  up: z.boolean(),
  addresses: z.array(z.string()).describe('The addresses in CIDR form, IPv4 and IPv6, without those of loopback'),
});

/** A whole disk, not a partition. */
const disk = z.object({
  name: z.string(),
  bytes: z.number().nonnegative(),
  rotational: z.boolean().optional().describe('Whether it is a hard disk; undefined when the kernel does not say'),
});

/**
 * What an agent found out about its host, as it is shown. What a coordinator takes from an agent is
 * {@link reportedFacts}.
 */
export const facts = z.object({
  machineId: z
    .string()
    .describe('The content of /etc/machine-id, by which the coordinator knows which agent is that of its own host'),
  hostname: z.string(),
  os: z.object({ id: z.string(), version: z.string(), name: z.string() }),
  kernel: z.string(),
  arch: z.string().describe('The architecture as Debian names it: amd64 or arm64 (preflight refuses others)'),
  cpus: z.number().int().positive(),
  memoryBytes: z.number().positive(),
  swapBytes: z.number().nonnegative(),
  disks: z.array(disk),
  /** The space of the root file system, and whether its disk is a hard disk. */
  root: z.object({
    totalBytes: z.number().nonnegative(),
    freeBytes: z.number().nonnegative(),
    rotational: z.boolean().optional(),
  }),
  kvm: z
    .object({ present: z.boolean(), usable: z.boolean() })
    .describe('Whether /dev/kvm exists, and whether it is usable, which means that it opens for reading and writing'),
  interfaces: z.array(networkInterface),
  defaultAddress: z.string().optional().describe('The source address of the default route, where there is one'),
  containerEngines: z
    .array(z.string())
    .describe('The container engines that run now, such as docker, containerd, podman, crio or k3s'),
  canRaiseLimits: z
    .boolean()
    .describe('Whether the agent may raise resource limits and lower OOM scores (CAP_SYS_RESOURCE)'),
  cgroupVersion: z
    .union([z.literal(1), z.literal(2)])
    .describe('The cgroup version with which the host boots: 1 (legacy or hybrid) or 2 (unified)'),
  kubernetes: z
    .object({ joined: z.boolean(), controlPlane: z.boolean() })
    .describe('What the host already is in a Kubernetes cluster, as /etc/kubernetes shows'),
  slowdown: z
    .number()
    .int()
    .min(1)
    .max(10)
    .optional()
    .describe(
      'How many times slower than a usual host it is, measured by starting processes; time limits stretch by it. ' +
        '1 (or nothing, from older agents) on bare metal and in virtual machines, more under software emulation',
    ),
  simulated: z.boolean().describe('Whether the host is simulated (`up --simulate`)'),
});

/** See {@link facts}. */
export type Facts = z.infer<typeof facts>;
