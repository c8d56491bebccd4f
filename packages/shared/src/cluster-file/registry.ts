import * as z from 'zod';
import { hostAndPort, imageReference } from './fields.ts';

/** `registry`: where images come from. */
export const registrySection = z.strictObject({
  local: z
    .boolean()
    .default(true)
    .describe(
      'Set up the image registry in the cluster, docker-registry.registry.svc.cluster.local:5000, which every node knows by its name',
    ),
  localSizeGiB: z
    .number()
    .int()
    .positive()
    .max(65_536)
    .default(5)
    .describe('The size with which the volume of the image registry is declared, in GiB'),
  cache: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .describe('Set up registry caches (pull-through) on the control plane, which all nodes use'),
      upstreams: z
        .array(hostAndPort)
        .max(100)
        .default(['docker.io', 'ghcr.io', 'gcr.io', 'registry.k8s.io', 'quay.io'])
        .describe('The registries of which copies are kept, each by a registry cache of its own'),
      firstPort: z
        .number()
        .int()
        .min(1024)
        .max(65_535)
        .default(5100)
        .describe('The TCP port of the first registry cache; those of the others follow it'),
    })
    .prefault({}),
  insecure: z
    .array(hostAndPort)
    .max(1000)
    .default([])
    .describe('The registries that are spoken to without TLS, as host:port'),
});

/** `images`: container images that are loaded before anything asks for them. */
export const imagesSection = z.strictObject({
  preload: z
    .array(imageReference)
    .max(1000)
    .default([])
    .describe('The references of images that are loaded on every node. The coordinator fetches each of them once'),
});
