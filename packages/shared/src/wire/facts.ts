import * as z from 'zod';

/** A network interface with its addresses. */
const networkInterface = z.object({
  name: z.string(),
  mac: z.string(),
  up: z.boolean(),
  addresses: z.array(z.string()).describe('Addresses in CIDR form, IPv4 and IPv6, loopback left out'),
});

/** A whole disk. */
const disk = z.object({
  name: z.string(),
  bytes: z.number().nonnegative(),
  rotational: z.boolean().optional().describe('true for a hard disk; undefined when the kernel does not say'),
});

/** What an agent found out about its host. Sent at enrolment and, when changed, with a heartbeat. */
export const facts = z.object({
  machineId: z.string().describe("/etc/machine-id: tells the coordinator which agent is its own host's"),
  hostname: z.string(),
  os: z.object({ id: z.string(), version: z.string(), name: z.string() }),
  kernel: z.string(),
  arch: z.string().describe("In Debian's words: amd64 or arm64 (others are refused in preflight)"),
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
  kvm: z
    .object({ present: z.boolean(), usable: z.boolean() })
    .describe('usable: /dev/kvm opens for reading and writing'),
  interfaces: z.array(networkInterface),
  defaultAddress: z.string().optional().describe('The source address of the default route, where there is one'),
  containerEngines: z
    .array(z.string())
    .describe('Container engines that run now, such as docker, containerd, podman, crio'),
  canRaiseLimits: z
    .boolean()
    .describe('Whether the process may raise resource limits and lower OOM scores (CAP_SYS_RESOURCE)'),
  cgroupVersion: z
    .union([z.literal(1), z.literal(2)])
    .describe('cgroup version the host boots with: 1 (legacy or hybrid) or 2 (unified)'),
  kubernetes: z
    .object({ joined: z.boolean(), controlPlane: z.boolean() })
    .describe('What the host already is in Kubernetes, from /etc/kubernetes'),
  simulated: z.boolean().describe('true when the host layer is simulated (`up --simulate`)'),
});

/** See {@link facts}. */
export type Facts = z.infer<typeof facts>;
