import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { absolutePath, artifactRef, noOutputs } from './fields.ts';

/** `thin-pool`. */
export const thinPool = defineAction({
  description:
    'A device-mapper thin pool exists on two sparse files by way of loop devices, now and, by a oneshot systemd unit and its script, after a reboot. `dmsetup status` tells its state; a pool that needs repair is refused, never remade.',
  params: z.object({
    name: z.string().regex(/^[a-z0-9-]+$/),
    directory: absolutePath.describe('The folder that holds the files `data` and `metadata`'),
    dataBytes: z.number().int().positive().describe('The size of the data file, in bytes; a pool only grows'),
    metadataBytes: z.number().int().positive(),
    blockSectors: z
      .number()
      .int()
      .positive()
      .default(128)
      .describe('The size of a data block, in sectors of 512 bytes'),
    lowWaterMarkBlocks: z
      .number()
      .int()
      .nonnegative()
      .default(32_768)
      .describe('The number of free blocks below which the kernel warns'),
    unit: z.string().regex(/^[a-z0-9-]+\.service$/),
    before: z.array(z.string()).default([]).describe('The units that must start after the pool at boot'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(2),
});

/** `go.build`. */
export const goBuild = defineAction({
  description:
    'A Go program is compiled from an unpacked source tree. It is compiled again only when the source, the toolchain or the settings changed.',
  params: z.object({
    go: absolutePath.describe('The folder of the Go toolchain (GOROOT)'),
    directory: absolutePath.describe('The source tree, which is the folder of go.mod'),
    package: z.string().default('.'),
    output: absolutePath,
    modules: absolutePath
      .nullable()
      .describe(
        'A folder of modules in the layout of a file GOPROXY. Where it is null or does not exist, the modules come from the module proxy on the internet',
      ),
    overlay: z
      .record(z.string(), z.string())
      .default({})
      .describe('The files that the compiler sees besides the source, by their paths in the tree (go build -overlay)'),
    inputs: z
      .array(artifactRef)
      .describe(
        'The artifacts from which the trees were unpacked; a change of one makes the program be compiled again',
      ),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(30),
});

/** `microvm.boot`. */
export const microvmBoot = defineAction({
  description:
    'One microVM boots under firecracker-containerd, runs a command and is removed again. This is tried once per set of binaries.',
  params: z.object({
    image: z.string().describe('The reference of the image whose command is run'),
    archive: artifactRef
      .nullable()
      .describe('The archive of the image, which comes from the mirror tree; null means that the image is pulled'),
    command: z
      .array(z.string())
      .default([])
      .describe('A command that is run in place of that of the image; an empty one means that of the image'),
    expected: z
      .string()
      .min(1)
      .default('Hello from Docker!')
      .describe('The text that the command must print, among other text'),
    socket: absolutePath.describe('The socket of firecracker-containerd'),
    inputs: z
      .array(absolutePath)
      .describe('The files whose change calls for another try: firecracker, the kernel and the root drive'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(5),
});
