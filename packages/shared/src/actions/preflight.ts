import * as z from 'zod';
import { defineAction, minutes } from './define.ts';

/** Findings of a check: errors refuse, warnings are shown. */
export const finding = z.object({
  check: z.string().describe('Name of the check, such as "swap" or "port 6443"'),
  level: z.enum(['error', 'warning']),
  message: z.string(),
  hint: z.string().optional(),
});
/** See {@link finding}. */
export type Finding = z.infer<typeof finding>;

/** `preflight.host` */
export const preflightHost = defineAction({
  description:
    'The host can become what the plan makes of it: system, space, ports, KVM, clock, engines. Fails with every error at once.',
  params: z.object({
    role: z.enum(['control-plane', 'worker', 'single']),
    address: z.string().describe('The LAN address chosen for the node'),
    arches: z.array(z.string()).describe('Architectures the sandbox supports'),
    minFreeBytes: z.number().int().nonnegative().describe('Free space needed on the root file system'),
    minMemoryBytes: z.number().int().nonnegative(),
    minCpus: z.number().int().positive(),
    needsKvm: z.boolean(),
    wantsSsd: z.boolean(),
    thinPool: z
      .object({ directory: z.string(), dataBytes: z.number().int().positive() })
      .nullable()
      .default(null)
      .describe('The pool that is to come: its file system must have room for what the pool can grow to'),
    ports: z.array(z.number().int()).describe('TCP ports that Kubernetes will take: must be free, or already its own'),
    expectedKubernetes: z.string().describe('Version the plan installs; another one already running here is refused'),
    ignore: z.array(z.string()).default([]).describe('Names of checks whose errors count as warnings'),
  }),
  outputs: z.object({
    findings: z.array(finding),
    joined: z.boolean().describe('The host already is a node of a cluster'),
    controlPlane: z.boolean(),
  }),
  timeLimitMs: minutes(1),
});

/** `preflight.listen` */
export const preflightListen = defineAction({
  description:
    'Answers on TCP ports for a while, so that other nodes can prove that they reach them. Ports in use by the cluster itself are left alone. Takes the place of what was opened before: an empty list of ports only closes those.',
  params: z.object({ address: z.string(), ports: z.array(z.number().int()), seconds: z.number().int().positive() }),
  outputs: z.object({ opened: z.array(z.number().int()) }),
  timeLimitMs: minutes(1),
});

/** `preflight.reach` */
export const preflightReach = defineAction({
  description: 'TCP ports of other nodes can be reached from here. Fails naming every pair that cannot.',
  params: z.object({
    targets: z.array(z.object({ node: z.string(), address: z.string(), ports: z.array(z.number().int()) })),
    timeoutMs: z.number().int().positive().default(5_000),
  }),
  outputs: z.object({ reached: z.number().int() }),
  timeLimitMs: minutes(2),
});

/** `preflight.cluster`: run by the coordinator itself. */
export const preflightCluster = defineAction({
  description:
    'What only the whole cluster can tell: clocks agree, host names and addresses are unique, ranges do not overlap with any LAN.',
  params: z.object({
    nodes: z.array(z.object({ name: z.string(), hostname: z.string(), address: z.string(), machineId: z.string() })),
    maxClockSkewMs: z.number().int().positive(),
    findings: z.array(finding).default([]).describe('What the configuration and these nodes gave rise to, passed on'),
  }),
  outputs: z.object({ findings: z.array(finding) }),
  timeLimitMs: minutes(1),
});
