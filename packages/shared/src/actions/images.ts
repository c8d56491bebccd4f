import * as z from 'zod';
import { readImageReference } from '../image-reference.ts';
import { defineAction, minutes } from './define.ts';
import { artifactRef, noOutputs, sealedSecret } from './fields.ts';

/** A reference of an image in full, as containerd names it. */
export const fullReference = z
  .string()
  .refine((text) => readImageReference(text) !== undefined, 'must be a reference of a container image')
  .describe('The full reference, such as ghcr.io/ease-lab/helloworld:var_workload');

/** The platform of an image, such as `linux/amd64`. */
export const imagePlatform = z
  .string()
  .regex(/^linux\/[a-z0-9]+(\/v[0-9]+)?$/, 'must be linux/<architecture>, such as linux/amd64')
  .describe('The platform, such as linux/amd64');

/** The digest of an image. */
const imageDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** How a registry is asked. */
export const registryAccess = {
  credentials: sealedSecret
    .optional()
    .describe('`<user>:<password or token>` for the registry, sealed for the agent; absent: as everybody'),
  plainHttp: z.boolean().default(false).describe('The registry speaks HTTP without TLS'),
};

/** `image`. */
export const image = defineAction({
  description:
    "A container image is in containerd's k8s.io namespace. It is imported from an artifact (docker or OCI archive), else pulled.",
  params: z.object({
    ref: z.string().describe('The full reference, such as registry.k8s.io/pause:3.10'),
    archive: artifactRef
      .nullable()
      .describe('The archive, which comes from the mirror tree; null means that the image is pulled from its registry'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(20),
});

/** `image.push`. */
export const imagePush = defineAction({
  description:
    "An image of containerd's k8s.io namespace is in an image registry that speaks plain HTTP, under another name.",
  params: z.object({
    ref: z.string().describe('The full reference of the image as containerd has it'),
    target: z.string().describe('The full reference under which the registry gets it'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(10),
});

/** `image.pull`. */
export const imagePull = defineAction({
  description:
    "A container image is in containerd's namespace `default`, where people prepare images with ctr, as its registry has it now. Layers that are there are not fetched again.",
  params: z.object({ ref: fullReference, platform: imagePlatform, ...registryAccess }),
  outputs: z.object({
    digest: imageDigest,
    fetched: z.boolean().describe('false: it was there with this digest already'),
  }),
  timeLimitMs: minutes(30),
});

/** `image.optimize`. */
export const imageOptimize = defineAction({
  description:
    "An image of containerd's namespace `default` is there as eStargz too, in media types of OCI. ctr-remote runs it for ten seconds, and puts the files that it reads first.",
  params: z.object({
    ref: fullReference,
    target: fullReference.describe('The full reference that the eStargz image gets'),
    platform: imagePlatform,
  }),
  outputs: z.object({ digest: imageDigest }),
  timeLimitMs: minutes(30),
});

/** `image.publish`. */
export const imagePublish = defineAction({
  description:
    "An image of containerd's namespace `default` is in a registry. What the registry has is not sent again.",
  params: z.object({
    ref: fullReference.describe('The full reference of the image as containerd has it'),
    target: fullReference.describe('The full reference under which the registry gets it'),
    platform: imagePlatform,
    ...registryAccess,
  }),
  outputs: z.object({ digest: imageDigest }),
  timeLimitMs: minutes(30),
});
