import * as z from 'zod';
import { hostName, imageReference } from './fields.ts';

/** `registry`: where images come from. */
export const registrySection = z.strictObject({
  local: z
    .boolean()
    .default(true)
    .describe('A registry in the cluster: docker-registry.registry.svc.cluster.local:5000, by name on every node'),
  localSizeGiB: z.number().int().positive().default(5).describe('Size its volume is declared with, GiB'),
  cache: z
    .strictObject({
      enabled: z.boolean().default(false).describe('Pull-through caches on the control plane, used by all nodes'),
      upstreams: z
        .array(hostName)
        .default(['docker.io', 'ghcr.io', 'gcr.io', 'registry.k8s.io', 'quay.io'])
        .describe('Registries to keep copies of'),
      firstPort: z.number().int().min(1024).max(65_000).default(5100).describe('One TCP port per upstream, from here'),
    })
    .prefault({}),
  insecure: z.array(hostName).default([]).describe('Registries spoken to without TLS, host:port'),
});

/** `images`: loaded before anything asks for them. */
export const imagesSection = z.strictObject({
  preload: z
    .array(imageReference)
    .default([])
    .describe('References of images to load on every node through the coordinator, fetched once'),
});
