import { expect, it } from 'vitest';
import { firecrackerRuntime } from './firecracker-files.ts';

it.each([
  [false, 'panic=1 acpi=off pci=off'],
  [true, 'panic=1 pci=off'],
])('with vHive’s legacy generation %s, a microVM boots with %s', (legacyVhive, text) => {
  expect(JSON.parse(firecrackerRuntime({ legacyVhive }))).toMatchObject({
    kernel_args: expect.stringContaining(text),
    kernel_image_path: '/var/lib/firecracker-containerd/runtime/hello-vmlinux.bin',
  });
});
