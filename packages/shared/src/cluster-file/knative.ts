import * as z from 'zod';
import { IPV4, IPV4_RANGE } from '../patterns.ts';
import { dnsName, imageReference, interfaceName, labels, textOfLines } from './fields.ts';

/** `loadBalancer`: MetalLB, which gives the gateway its address. */
export const loadBalancerSection = z.strictObject({
  enabled: z.boolean().default(true).describe('Set up MetalLB'),
  pool: z
    .string()
    .refine(
      (text) => IPV4_RANGE.test(text) || (/^[^-]+-[^-]+$/.test(text) && text.split('-').every((end) => IPV4.test(end))),
      'must be two addresses such as 192.168.1.240-192.168.1.250, or a range such as 10.200.3.0/28',
    )
    .optional()
    .describe(
      'The addresses that it may give away; default: 192.168.1.240-192.168.1.250 or, in another private LAN, the end of that LAN',
    ),
  interfaces: z
    .array(interfaceName)
    .max(100)
    .default([])
    .describe('The interfaces on which it answers for its addresses; default: all'),
  nodeSelectors: z
    .array(z.strictObject({ matchLabels: labels }))
    .max(100)
    .default([])
    .describe('The nodes that may answer for its addresses, those of any of these selectors; default: all'),
  logLevel: z
    .enum(['all', 'debug', 'info', 'warn', 'error', 'none'])
    .optional()
    .describe("How much its controller and speakers write to their logs; default: the manifest's own, info"),
});

/** See https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object */
const entries = z.record(
  z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$/, 'must be a key of a ConfigMap, such as initial-scale'),
  textOfLines,
);

/** ConfigMaps of Knative by name, with their entries. */
const configMaps = z.record(
  z.string().regex(/^[a-z][a-z-]{0,99}$/, 'must be the name of a ConfigMap without its config-'),
  entries,
);

/** `knative`: Serving, its ingress by Istio, and Eventing. */
export const knativeSection = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Set up Istio, Knative Serving and its ingress; false leaves the cluster with Kubernetes only'),
  eventing: z.boolean().default(true).describe('Set up Knative Eventing with the in-memory channel and its broker'),
  domain: dnsName
    .optional()
    .describe(
      'The domain of functions; default: <address of the gateway>.sslip.io, which needs no DNS server of yours',
    ),
  config: configMaps
    .default({})
    .describe(
      'Entries of the ConfigMaps config-<name> of knative-serving, such as autoscaler: {initial-scale: "0"} and features: {kubernetes.podspec-affinity: enabled}',
    ),
  eventingConfig: configMaps
    .default({})
    .describe(
      'Entries of the ConfigMaps config-<name> of knative-eventing, such as features: {eventtype-auto-create: enabled}',
    ),
});

/** `ready`: what must be true at the end of `up`. */
export const readySection = z.strictObject({
  smokeTest: z
    .boolean()
    .default(true)
    .describe('Deploy a function, call it and remove it (--no-smoke-test turns this off)'),
  image: imageReference
    .optional()
    .describe(
      'The image of the function of the smoke test, which serves gRPC helloworld.Greeter; default: the one for the sandbox',
    ),
  podsTimeoutSeconds: z
    .number()
    .int()
    .positive()
    .max(86_400)
    .default(900)
    .describe('How long all pods may take until they run, in seconds'),
});
