import * as z from 'zod';
import { hostAndPort } from './fields.ts';

/** `extras`: parts of a cluster that are off unless they are asked for. */
export const extrasSection = z.strictObject({
  chrony: z
    .strictObject({
      enabled: z.boolean().default(false).describe('chrony keeps the clock of every node'),
      servers: z
        .array(hostAndPort)
        .max(100)
        .default([])
        .describe(
          "The NTP servers, of which the first is preferred, such as ops.emulab.net; default: the distribution's own",
        ),
    })
    .prefault({}),
  tuning: z
    .strictObject({
      smt: z.boolean().optional().describe('false turns simultaneous multithreading off'),
      turbo: z.boolean().optional().describe('false turns turbo boost off'),
      transparentHugePages: z
        .enum(['always', 'madvise', 'never'])
        .optional()
        .describe('The mode of transparent huge pages and of their defragmentation'),
      numaBalancing: z.boolean().optional().describe('false turns automatic NUMA balancing off'),
    })
    .prefault({})
    .describe(
      'Settings for repeatable experiments. They are made before the kubelet starts and at every boot; what is absent is left alone',
    ),
  zipkin: z.boolean().default(false).describe('Set up Zipkin and make Knative send its traces there'),
  metricsServer: z.boolean().default(false).describe('Set up metrics-server, which kubectl top asks'),
  prometheus: z
    .strictObject({
      enabled: z.boolean().default(false).describe('Set up kube-prometheus-stack in the namespace monitoring'),
      values: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('The values of the chart. They must hold no secrets, because the records of runs hold them'),
    })
    .prefault({}),
  nvidia: z.boolean().default(false).describe("Set up NVIDIA's container toolkit, runtime class and device plugin"),
});
