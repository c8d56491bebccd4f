import * as z from 'zod';
import { sha256 } from '../names.ts';
import { ONE_LINE } from '../patterns.ts';

/** An absolute path without `..`. */
export const absolutePath = z
  .string()
  .max(4095)
  .regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$)).*$/, 'must be an absolute path without ".."')
  .regex(ONE_LINE, 'must be a path without control characters')
  .describe('An absolute path');

/** An octal file mode, such as "0644". */
export const fileMode = z.string().regex(/^0[0-7]{3}$/, 'must be four octal digits such as "0644"');

/** A verified file that the coordinator serves under `/v1/artifacts/<sha256>`. */
export const artifactRef = z.object({
  name: z.string().describe('The name and version, for people, such as "containerd 2.2.3"'),
  sha256,
  bytes: z.number().int().nonnegative(),
});
/** See {@link artifactRef}. */
export type ArtifactRef = z.infer<typeof artifactRef>;

/** A secret that one agent sealed for another (an X25519 box of the nkeys library). */
export const sealedSecret = z.object({
  sealed: z.string().describe('The box in Base64'),
  from: z.string().describe('The public curve key of the agent that sealed it'),
});
/** See {@link sealedSecret}. */
export type SealedSecret = z.infer<typeof sealedSecret>;

/** An object of the Kubernetes API, as parsed YAML. */
export const kubernetesObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
/** See {@link kubernetesObject}. */
export type KubernetesObject = z.infer<typeof kubernetesObject>;

/** The outputs of actions that have none. */
export const noOutputs = z.object({});
