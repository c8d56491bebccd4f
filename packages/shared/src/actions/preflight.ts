import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { absolutePath } from './fields.ts';

/** What a check found. An error refuses the run; a warning is only shown. */
export const finding = z.object({
  check: z.string().describe('The name of the check, such as "swap" or "port 6443"'),
  level: z.enum(['error', 'warning']),
  message: z.string(),
  hint: z.string().optional(),
});
/** See {@link finding}. */
export type Finding = z.infer<typeof finding>;

/** The names of the checks of `preflight.host`. Each port has a check of its own besides, such as "port 6443". */
export const hostChecks = [
  ...(['address', 'apt', 'arch', 'cni', 'cpu template', 'cpus', 'cri-dockerd', 'crio', 'disk', 'docker'] as const),
  ...(['docker credentials', 'firewall', 'hostname', 'k0s', 'k3s', 'kernel', 'kubernetes', 'kvm', 'memory'] as const),
  ...(['microk8s', 'nvidia driver', 'os', 'rke2', 'root', 'space', 'swap', 'systemd', 'thin-pool space'] as const),
] as const;

/** What a check of `preflight.host` found. */
export type HostFinding = Finding & { check: (typeof hostChecks)[number] | `port ${number}` };

/** `preflight.host`. */
export const preflightHost = defineAction({
  description:
    'The host can become what the plan makes of it: its system, space, ports, KVM, clock and container engines allow it. The action fails with every error at once.',
  params: z.object({
    role: z.enum(['control-plane', 'worker', 'single']),
    address: z.string().describe('The LAN address that was chosen for the node'),
    arches: z.array(z.string()).describe('The architectures that the sandbox supports'),
    minFreeBytes: z
      .number()
      .int()
      .nonnegative()
      .describe('The free space that is needed on the root file system, in bytes'),
    space: z
      .array(z.object({ path: z.string(), minFreeBytes: z.number().int().nonnegative() }))
      .default([])
      .describe('The free space that is needed where a directory is on a file system of its own, in bytes'),
    cniConfiguration: z
      .string()
      .nullable()
      .default(null)
      .describe('The file in /etc/cni/net.d of the pod network that is to come, which no other may come before'),
    minMemoryBytes: z.number().int().nonnegative(),
    minCpus: z.number().int().positive(),
    needsKvm: z.boolean(),
    wantsSsd: z.boolean(),
    wantsNvidia: z.boolean().default(false).describe('Whether pods are to get GPUs of NVIDIA, which need its driver'),
    dockerCredentials: z
      .object({ path: absolutePath, registries: z.array(z.string()) })
      .nullable()
      .default(null)
      .describe('The file with credentials for vHive, and the registries for which it should have an entry'),
    thinPool: z
      .object({ directory: z.string(), dataBytes: z.number().int().positive() })
      .nullable()
      .default(null)
      .describe('The thin pool that is to come: its file system must have room for what the pool can grow to'),
    ports: z
      .array(z.number().int())
      .describe('The TCP ports that Kubernetes will take, which must be free or already its own'),
    expectedKubernetes: z
      .string()
      .describe('The version that the plan installs; a host on which another one runs is refused'),
    ignore: z.array(z.string()).default([]).describe('The names of checks whose errors count as warnings'),
  }),
  outputs: z.object({
    findings: z.array(finding),
    joined: z.boolean().describe('Whether the host already is a node of a cluster'),
    controlPlane: z.boolean(),
    caCertHashes: z
      .array(z.string())
      .describe(
        "The hashes of the CA of that cluster as kubeadm join wants them; one, unless the host's files disagree",
      ),
    server: z.string().nullable().describe('The API server of that cluster as host:port'),
  }),
  timeLimitMs: minutes(1),
});

/** `preflight.listen`. */
export const preflightListen = defineAction({
  description:
    'The agent answers on TCP ports for a while, so that other nodes can prove that they reach them. Ports that the cluster itself uses are left alone. What was opened before is closed, so an empty list of ports only closes.',
  params: z.object({ address: z.string(), ports: z.array(z.number().int()), seconds: z.number().int().positive() }),
  outputs: z.object({ opened: z.array(z.number().int()) }),
  timeLimitMs: minutes(1),
});

/** `preflight.reach`. */
export const preflightReach = defineAction({
  description: 'TCP ports of other nodes can be reached from this one. A failure names every port that cannot.',
  params: z.object({
    targets: z.array(z.object({ node: z.string(), address: z.string(), ports: z.array(z.number().int()) })),
    timeoutMs: z.number().int().positive().default(5_000),
  }),
  outputs: z.object({ reached: z.number().int() }),
  timeLimitMs: minutes(2),
});

/** `preflight.cluster`. The coordinator itself runs it. */
export const preflightCluster = defineAction({
  description:
    'The nodes fit together, which only a look at all of them can tell: clocks agree, host names and addresses are unique, and ranges do not overlap with any LAN.',
  params: z.object({
    nodes: z.array(z.object({ name: z.string(), hostname: z.string(), address: z.string(), machineId: z.string() })),
    memberships: z
      .array(
        z.object({
          node: z.string(),
          joined: z.boolean().nullable(),
          caCertHashes: z.array(z.string()).nullable(),
          server: z.string().nullable(),
        }),
      )
      .default([])
      .describe(
        'What each node was in a cluster before, as `preflight.host` found; the control plane comes first, and null is what was not found out',
      ),
    maxClockSkewMs: z.number().int().positive(),
    findings: z
      .array(finding)
      .default([])
      .describe('Findings that the configuration gave rise to with these nodes, which are passed on'),
  }),
  outputs: z.object({ findings: z.array(finding) }),
  timeLimitMs: minutes(1),
});
