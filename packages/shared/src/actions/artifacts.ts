import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { absolutePath, artifactRef, fileMode, noOutputs } from './fields.ts';
import { finding } from './preflight.ts';

const mirrorFindings = z
  .array(finding)
  .optional()
  .describe('Warnings: that the mirror tree has another content now than the locked one, which is used');

/** `artifact.fetch`. The coordinator itself runs it, never an agent. */
export const artifactFetch = defineAction({
  description:
    "A file from outside is in the coordinator's store, verified against its publisher's checksum and the lock file.",
  params: z.object({
    name: z.string().describe('The component, such as containerd'),
    version: z.string(),
    arch: z.string(),
    url: z.url(),
    checksum: z
      .discriminatedUnion('type', [
        z
          .object({ type: z.literal('file'), url: z.url(), algorithm: z.enum(['sha256', 'sha512']).default('sha256') })
          .describe("The publisher's checksum file, which holds the bare digest or lines of a digest and a file name"),
        z
          .object({ type: z.literal('git-lfs'), url: z.url() })
          .describe(
            'The pointer file of git LFS, which stands in the repository in place of the file and holds its digest',
          ),
        z
          .object({ type: z.literal('none') })
          .describe('The publisher has no checksum: only the lock file guards the download'),
      ])
      .describe('Where the expected digest comes from'),
    optional: z
      .boolean()
      .default(false)
      .describe('The file is only taken from a mirror tree; where the tree does not have it, the output is null'),
  }),
  outputs: z.object({ artifact: artifactRef.nullable(), findings: mirrorFindings }),
  timeLimitMs: minutes(30),
});

/** `image.fetch`. The coordinator itself runs it, never an agent. */
export const imageFetch = defineAction({
  description:
    "A container image is in the coordinator's store as an archive. It comes from the mirror tree, else skopeo copies it from its registry, once for all nodes.",
  params: z.object({
    ref: z.string().describe('The full reference, such as ghcr.io/ease-lab/helloworld:var_workload'),
    arch: z.string(),
    optional: z
      .boolean()
      .default(false)
      .describe('The image is only taken from a mirror tree; where the tree does not have it, the output is null'),
    insecure: z.boolean().default(false).describe('The registry of the image is spoken to without TLS'),
  }),
  outputs: z.object({ artifact: artifactRef.nullable(), findings: mirrorFindings }),
  timeLimitMs: minutes(30),
});

/** `artifact.publish`. */
export const artifactPublish = defineAction({
  description: "A file that was made on this host is in the coordinator's store, from which other nodes fetch it.",
  params: z.object({ path: absolutePath, name: z.string().describe('The name and version, for people') }),
  outputs: z.object({ artifact: artifactRef }),
  timeLimitMs: minutes(15),
});

/** `artifact.file`. */
export const artifactFile = defineAction({
  description: 'A verified artifact stands at a path as it is (a binary, a manifest).',
  params: z.object({ artifact: artifactRef, path: absolutePath, mode: fileMode.default('0755') }),
  outputs: noOutputs,
  timeLimitMs: minutes(15),
});

/** `artifact.archive`. */
export const artifactArchive = defineAction({
  description:
    'A verified tar archive (gzip) is unpacked into a directory. A receipt that lists its files tells later whether they are still there.',
  params: z.object({
    artifact: artifactRef
      .nullable()
      .describe('The archive; null where there is none because only mirror trees have it: then there is nothing to do'),
    directory: absolutePath,
    strip: z.number().int().nonnegative().default(0).describe('How many leading path components are dropped'),
    only: z
      .array(z.string())
      .default([])
      .describe('The paths in the archive that are unpacked; an empty list means all'),
    holds: z
      .array(z.string())
      .default([])
      .describe(
        'Paths that the archive is known to put into the directory, so that a dry run can name those that it would replace; those of `only` need not be among them',
      ),
    links: z
      .record(absolutePath, absolutePath)
      .default({})
      .describe('The symbolic links to make, as target by link path'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(15),
});
