import type { Host } from '../../host/host.ts';

/**
 * Tells whether the host is a container, which shares the kernel and its settings with the machine that runs it. Where
 * systemd-detect-virt is missing, the file is looked for that systemd leaves in a container (container interface of
 * systemd).
 */
export async function isContainer(host: Host, signal: AbortSignal): Promise<boolean> {
  const { exitCode } = await host.run(['systemd-detect-virt', '--container', '--quiet'], { signal });
  return exitCode === 0 || (await host.stat('/run/systemd/container')) !== undefined;
}
