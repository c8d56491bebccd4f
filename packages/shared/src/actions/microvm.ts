import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { absolutePath, artifactRef, noOutputs } from './fields.ts';

/** `thin-pool` */
export const thinPool = defineAction({
  description:
    'A device-mapper thin pool stands on two sparse files by way of loop devices, now and after a reboot (a oneshot systemd unit and its script). Judged by `dmsetup status`; a pool that needs repair is refused, never remade.',
  params: z.object({
    name: z.string().regex(/^[a-z0-9-]+$/),
    directory: absolutePath.describe('Holds the files `data` and `metadata`'),
    dataBytes: z.number().int().positive().describe('Size of the data file; a pool only grows'),
    metadataBytes: z.number().int().positive(),
    blockSectors: z.number().int().positive().default(128).describe('Data block size, sectors of 512 bytes'),
    lowWaterMarkBlocks: z.number().int().nonnegative().default(32_768).describe('Free blocks below which it warns'),
    unit: z.string().regex(/^[a-z0-9-]+\.service$/),
    before: z.array(z.string()).default([]).describe('Units that must start after it at boot'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(2),
});

/** `go.build` */
export const goBuild = defineAction({
  description:
    'A Go program is compiled from an unpacked source tree; compiled again only when source, toolchain or settings changed.',
  params: z.object({
    go: absolutePath.describe('GOROOT'),
    directory: absolutePath.describe('The source tree: the folder of go.mod'),
    package: z.string().default('.'),
    output: absolutePath,
    modules: absolutePath
      .nullable()
      .describe(
        'A folder of modules in the layout of a file GOPROXY; null, or no such folder: from the module proxy on the internet',
      ),
    overlay: z
      .record(z.string(), z.string())
      .default({})
      .describe('Files that the compiler sees besides the source, by path in the tree: go build -overlay'),
    inputs: z.array(artifactRef).describe('Artifacts the trees came from: a change of one makes it compile again'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(30),
});

/** `microvm.boot` */
export const microvmBoot = defineAction({
  description:
    'One microVM boots under firecracker-containerd and runs a command; it is removed again. Tried once per set of binaries.',
  params: z.object({
    image: z.string().describe('Reference of the image whose command is run'),
    archive: artifactRef.nullable().describe('From the mirror; null: pulled'),
    command: z.array(z.string()).default([]).describe('Run instead of the command of the image, where not empty'),
    expected: z.string().min(1).default('Hello from Docker!').describe('What it must print, among other text'),
    socket: absolutePath.describe('Of firecracker-containerd'),
    inputs: z.array(absolutePath).describe('Files whose change calls for another try: firecracker, kernel, root drive'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(5),
});
