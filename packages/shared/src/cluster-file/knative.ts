import * as z from 'zod';
import { dnsName, imageReference } from './fields.ts';

/** `loadBalancer`: MetalLB, which gives the gateway its address. */
export const loadBalancerSection = z.strictObject({
  enabled: z.boolean().default(true).describe('Set up MetalLB'),
  pool: z
    .string()
    .regex(
      /^[0-9.]+(-[0-9.]+|\/[0-9]{1,2})$/,
      'must be two addresses such as 192.168.1.240-192.168.1.250, or a range such as 10.200.3.0/28',
    )
    .optional()
    .describe('Addresses it may give away; default: 192.168.1.240-192.168.1.250 or, in another private LAN, its end'),
});

const entries = z.record(z.string(), z.string());

/** `knative`: Serving, its ingress by Istio, and Eventing. */
export const knativeSection = z.strictObject({
  enabled: z.boolean().default(true).describe('Istio, Knative Serving and its ingress; false: Kubernetes only'),
  eventing: z.boolean().default(true).describe('Knative Eventing with the in-memory channel and its broker'),
  domain: dnsName
    .optional()
    .describe('Domain of functions; default: <address of the gateway>.sslip.io, which needs no DNS server of yours'),
  config: z
    .record(z.string().regex(/^[a-z-]+$/), entries)
    .default({})
    .describe(
      'Entries of ConfigMaps config-<name> of knative-serving: autoscaler: {initial-scale: "0"}, features: {kubernetes.podspec-affinity: enabled}',
    ),
});

/** `ready`: what the end of `up` asks for. */
export const readySection = z.strictObject({
  smokeTest: z.boolean().default(true).describe('Deploy a function, call it, remove it (--no-smoke-test)'),
  image: imageReference
    .optional()
    .describe('Image of the function of the smoke test: gRPC helloworld.Greeter; default: that of the sandbox'),
  podsTimeoutSeconds: z.number().int().positive().default(900).describe('For all pods to run, seconds'),
});
