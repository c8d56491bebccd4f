import type { HostFinding } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import { isModuleAvailable, kernelRelease } from '../kernel/kernel-module-probe.ts';

/** The kernel modules without which no pod gets a file system or a network. */
const neededModules = ['overlay', 'br_netfilter'];

/** A hint for modules that only some choices need. */
const choices: Readonly<Record<string, string>> = {
  dm_thin_pool: 'microVMs need it, another --sandbox does not',
};

/** Returns the modules of the running kernel that modprobe could load; undefined when the list cannot be read. */
async function loadable(host: Host, release: string): Promise<Set<string> | undefined> {
  const list = await host.readFile(`/lib/modules/${release}/modules.dep`);
  if (list === undefined) return undefined;
  return new Set(
    list
      .toString()
      .split('\n')
      .flatMap((line) => /([^/]+)\.ko[^/]*:/.exec(line)?.[1]?.replaceAll('-', '_') ?? []),
  );
}

/**
 * Reports what the system lacks of the things that every later step needs: the rights of root, apt, systemd and the
 * features of the kernel.
 * @param furtherModules the kernel modules that this plan needs in addition
 */
export async function systemFindings(host: Host, furtherModules: readonly string[] = []): Promise<HostFinding[]> {
  const findings: HostFinding[] = [];
  if (!host.simulated && process.getuid?.() !== 0)
    findings.push({
      check: 'root',
      level: 'error',
      message: 'the agent does not run as root',
      hint: 'install it as a service: sudo vhive-agent install --coordinator <ip>',
    });
  if (host.simulated) return findings;
  if ((await host.run(['apt-get', '--version'])).exitCode !== 0)
    findings.push({ check: 'apt', level: 'error', message: 'apt-get does not work on this host' });
  if ((await host.stat('/run/systemd/system')) === undefined)
    findings.push({
      check: 'systemd',
      level: 'error',
      message: 'systemd is not the init system of this host, so no service can be managed',
    });
  const release = await kernelRelease(host);
  const modules = await loadable(host, release);
  for (const module of [...neededModules, ...furtherModules]) {
    if ((await isModuleAvailable(host, module)) || modules?.has(module)) continue;
    const choice = choices[module];
    findings.push({
      check: 'kernel',
      level: 'error',
      message: `the kernel ${release} has no ${module}, neither built in nor as a module`,
      hint: `apt-get install linux-modules-extra-${release} (Ubuntu), or boot a distribution kernel; in a container: modprobe ${module} on the machine that runs it${choice === undefined ? '' : `; ${choice}`}`,
    });
  }
  return findings;
}
