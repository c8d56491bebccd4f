import * as z from 'zod';
import { hostName } from './fields.ts';

/** `extras`: off unless asked for. */
export const extrasSection = z.strictObject({
  chrony: z
    .strictObject({
      enabled: z.boolean().default(false).describe('Clocks kept by chrony on every node'),
      servers: z
        .array(hostName)
        .default([])
        .describe("NTP servers, the first preferred, such as ops.emulab.net; default: the distribution's own"),
    })
    .prefault({}),
  tuning: z
    .strictObject({
      smt: z.boolean().optional().describe('false: simultaneous multithreading off'),
      turbo: z.boolean().optional().describe('false: turbo boost off'),
      transparentHugePages: z
        .enum(['always', 'madvise', 'never'])
        .optional()
        .describe('Transparent huge pages and their defragmentation'),
      numaBalancing: z.boolean().optional().describe('false: no automatic NUMA balancing'),
    })
    .prefault({})
    .describe('For repeatable experiments: set before the kubelet starts, and at every boot; absent: left alone'),
  zipkin: z.boolean().default(false).describe('Zipkin, and Knative told to send traces there'),
  metricsServer: z.boolean().default(false).describe('metrics-server: kubectl top'),
  prometheus: z
    .strictObject({
      enabled: z.boolean().default(false).describe('kube-prometheus-stack in namespace monitoring'),
      values: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('Values of the chart; never secrets, as records of runs hold them'),
    })
    .prefault({}),
  nvidia: z.boolean().default(false).describe('NVIDIA container toolkit, runtime class and device plugin'),
});
