import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { absolutePath, artifactRef, fileMode, noOutputs } from './fields.ts';

/** `artifact.fetch`: run by the coordinator itself, never by an agent. */
export const artifactFetch = defineAction({
  description:
    "A file from outside is in the coordinator's store, verified against its publisher's checksum and the lock file.",
  params: z.object({
    name: z.string().describe('Component, such as containerd'),
    version: z.string(),
    arch: z.string(),
    url: z.url(),
    checksum: z
      .discriminatedUnion('type', [
        z
          .object({ type: z.literal('file'), url: z.url(), algorithm: z.enum(['sha256', 'sha512']).default('sha256') })
          .describe("The publisher's checksum file: bare digest, or lines of digest and file name"),
        z
          .object({ type: z.literal('git-lfs'), url: z.url() })
          .describe('The pointer file of git LFS that stands in the repository in place of the file'),
        z.object({ type: z.literal('none') }).describe('The publisher has none: only the lock file guards it'),
      ])
      .describe('Where the truth comes from'),
    optional: z.boolean().default(false).describe('Only from a mirror: absent there is fine, the output is null'),
  }),
  outputs: z.object({ artifact: artifactRef.nullable() }),
  timeLimitMs: minutes(30),
});

/** `image.fetch`: run by the coordinator itself, never by an agent. */
export const imageFetch = defineAction({
  description:
    "A container image is in the coordinator's store as a docker archive: from the mirror, else copied from its registry with skopeo, once for all nodes.",
  params: z.object({
    ref: z.string().describe('Full reference, such as ghcr.io/ease-lab/helloworld:var_workload'),
    arch: z.string(),
    optional: z.boolean().default(false).describe('Only from a mirror: absent there is fine, the output is null'),
    insecure: z.boolean().default(false).describe('Its registry is spoken to without TLS'),
  }),
  outputs: z.object({ artifact: artifactRef.nullable() }),
  timeLimitMs: minutes(30),
});

/** `artifact.publish` */
export const artifactPublish = defineAction({
  description: "A file made on this host is in the coordinator's store, for other nodes to fetch.",
  params: z.object({ path: absolutePath, name: z.string().describe('Name and version, for people') }),
  outputs: z.object({ artifact: artifactRef }),
  timeLimitMs: minutes(15),
});

/** `artifact.file` */
export const artifactFile = defineAction({
  description: 'A verified artifact stands at a path as it is (a binary, a manifest).',
  params: z.object({ artifact: artifactRef, path: absolutePath, mode: fileMode.default('0755') }),
  outputs: noOutputs,
  timeLimitMs: minutes(15),
});

/** `artifact.archive` */
export const artifactArchive = defineAction({
  description:
    'A verified tar archive (gzip) is unpacked into a directory; a receipt of its files tells later whether they are still there.',
  params: z.object({
    artifact: artifactRef.nullable().describe('null: there is none (only mirrors have it), and nothing to do'),
    directory: absolutePath,
    strip: z.number().int().nonnegative().default(0).describe('Leading path components to drop'),
    only: z.array(z.string()).default([]).describe('Paths in the archive to unpack; empty: all'),
    links: z.record(absolutePath, absolutePath).default({}).describe('Symbolic links to make: link path to target'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(15),
});

/** `image` */
export const image = defineAction({
  description:
    "A container image is in containerd's k8s.io namespace: imported from an artifact (docker or OCI archive), else pulled.",
  params: z.object({
    ref: z.string().describe('Full reference, such as registry.k8s.io/pause:3.10'),
    archive: artifactRef.nullable().describe('From the mirror; null: pull from the registry'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(20),
});
