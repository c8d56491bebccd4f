import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { absolutePath, artifactRef } from './fields.ts';

/** `artifact.local`. The coordinator itself runs it, never an agent. */
export const artifactLocal = defineAction({
  description:
    "A file of the coordinator's own host is in its store or, where the path is a folder, an archive of that without `.git` and `bin`. Nothing vouches for it but its owner, and the lock file does not hold it.",
  params: z.object({ name: z.string().describe('The name, for people'), path: absolutePath }),
  outputs: z.object({ artifact: artifactRef }),
  timeLimitMs: minutes(10),
});

/** `vhive.tree`. The coordinator itself runs it, never an agent. */
export const vhiveTree = defineAction({
  description:
    'The source tree of vHive was read, and it is what the plan was made for: its generation, its flags and the Go that it wants. Nothing is changed.',
  params: z.object({
    name: z.string().describe('The repository and the ref, or the folder, for people'),
    source: artifactRef.describe('The archive of the source, with one folder on top'),
    tree: absolutePath.nullable().describe('The checkout from which the archive was made; null where there is none'),
    generation: z.enum(['current', 'legacy']),
    flags: z.array(z.string()).describe('The flags that vHive will be given, without the dash'),
    go: z.string().nullable().describe('The version of Go that the cluster file names; null means that of the tree'),
  }),
  outputs: z.object({
    go: z.string().describe('The version of Go with which it is compiled'),
    kernel: z.string().nullable().describe('The name of the kernel of microVMs in its bin/'),
  }),
  timeLimitMs: minutes(5),
});
