import * as z from 'zod';

/** A network interface with its addresses. */
export const networkInterface = z.object({
  name: z.string(),
  mac: z.string(),
  up: z.boolean(),
  /** Addresses in CIDR form, IPv4 and IPv6, loopback left out. */
  addresses: z.array(z.string()),
});

/** A whole disk. */
export const disk = z.object({
  name: z.string(),
  bytes: z.number().nonnegative(),
  /** true for a hard disk; undefined when the kernel does not say. */
  rotational: z.boolean().optional(),
});

/** What an agent found out about its host. Sent at enrolment and, when changed, with a heartbeat. */
export const facts = z.object({
  /** /etc/machine-id: tells the coordinator which agent is its own host's. */
  machineId: z.string(),
  hostname: z.string(),
  os: z.object({ id: z.string(), version: z.string(), name: z.string() }),
  kernel: z.string(),
  /** In Debian's words: amd64 or arm64 (others are refused in preflight). */
  arch: z.string(),
  cpus: z.number().int().positive(),
  memoryBytes: z.number().positive(),
  swapBytes: z.number().nonnegative(),
  disks: z.array(disk),
  /** The root file system: free space and whether its disk rotates. */
  root: z.object({
    totalBytes: z.number().nonnegative(),
    freeBytes: z.number().nonnegative(),
    rotational: z.boolean().optional(),
  }),
  /** usable: /dev/kvm opens for reading and writing. */
  kvm: z.object({ present: z.boolean(), usable: z.boolean() }),
  interfaces: z.array(networkInterface),
  /** The source address of the default route, where there is one. */
  defaultAddress: z.string().optional(),
  /** Container engines that run now, such as docker, containerd, podman, crio. */
  containerEngines: z.array(z.string()),
  /** Whether the process may raise resource limits and lower OOM scores (CAP_SYS_RESOURCE). */
  canRaiseLimits: z.boolean(),
  /** cgroup version the host boots with: 1 (legacy or hybrid) or 2 (unified). */
  cgroupVersion: z.union([z.literal(1), z.literal(2)]),
  /** What the host already is in Kubernetes, from /etc/kubernetes. */
  kubernetes: z.object({ joined: z.boolean(), controlPlane: z.boolean() }),
  /** true when the host layer is simulated (`up --simulate`). */
  simulated: z.boolean(),
});

/** See {@link facts}. */
export type Facts = z.infer<typeof facts>;
