import type { VhiveGeneration } from './vhive-tree.ts';

/** The name of the kernel in the bin/ of the stand-in. */
export const STAND_IN_KERNEL = 'vmlinux-5.10.186';

const common = ['ss', 'dbg', 'snapshots', 'upf', 'lazy', 'hostIface', 'criSock'];
const current = ['netPoolSize', 'vethPrefix', 'clonePrefix', 'dockerCredentials'];

/**
 * Returns the files of a tree that stands for vHive's source where that cannot be had, in the lab and in simulations, by
 * path. It says of itself what the real one says, and its program does nothing.
 */
export function standInVhiveSource(generation: VhiveGeneration): Record<string, string> {
  const legacy = generation === 'legacy';
  const flags = [...common, ...(legacy ? [] : current)].map((name) => `\tflag.String("${name}", "", "")\n`).join('');
  return {
    'go.mod': `module github.com/vhive-serverless/vhive\n\ngo ${legacy ? '1.19' : '1.26.2'}\n`,
    'configs/setup/system.json': `{ "GoVersion": "${legacy ? '1.19.10' : '1.26.2'}" }\n`,
    'vhive.go': `package main\n\nimport "flag"\n\nfunc main() {\n${flags}\tflag.Parse()\n}\n`,
    'cri/service.go': `package cri\n\nimport criapi "k8s.io/cri-api/pkg/apis/runtime/${legacy ? 'v1alpha2' : 'v1'}"\n`,
    'bin/firecracker': '',
    ...(legacy ? {} : { [`bin/${STAND_IN_KERNEL}`]: '' }),
  };
}
