import { ignoring } from '@vhive/base/ignoring';
import { parse } from 'yaml';
import type { Host } from '../../host/host.ts';
import { unitStatus } from '../systemd/unit-status.ts';
import { kubeletConfiguration } from './paths.ts';

/** The settings that a kubelet works with, and where they were read. */
export interface KubeletSettings {
  criSocket: string | undefined;
  nodeAddress: string | undefined;
  /**
   * "running" means that they were read from the command line of the running kubelet; "files" that they are what its
   * unit will start it with.
   */
  source: 'running' | 'files';
  /** Whether kubeadm has given it a configuration. */
  configured: boolean;
}

/** The files from which the unit takes flags. A later file wins over an earlier one (kubeadm's drop-in). */
const environmentFiles = ['/var/lib/kubelet/kubeadm-flags.env', '/etc/default/kubelet'];

/** Returns the last value of a flag that is given as `--name=value` or `--name value`. */
export function flagValue(args: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  args.forEach((arg, index) => {
    if (arg.startsWith(`--${name}=`)) value = arg.slice(name.length + 3);
    else if (arg === `--${name}`) value = args[index + 1];
  });
  return value;
}

/** Returns the flags in a file of shell-like assignments, without their quotes. */
export function flagsOf(environmentFile: string): string[] {
  return environmentFile.split('\n').flatMap((line) => {
    const value = /^\s*[A-Z_]+=(.*)$/.exec(line)?.[1]?.trim() ?? '';
    return value
      .replace(/^(["'])(.*)\1$/, '$2')
      .split(/\s+/)
      .filter(Boolean);
  });
}

async function commandLine(host: Host, signal: AbortSignal): Promise<string[] | undefined> {
  const pid = (await unitStatus(host, 'kubelet.service', signal))?.mainPid ?? 0;
  if (pid === 0) return undefined;
  const text = (
    await host.readFile(`/proc/${pid}/cmdline`).catch(ignoring('the process has ended meanwhile'))
  )?.toString();
  // Before the process calls exec, its command line is still that of systemd.
  return text?.includes('kubelet') ? text.split('\0').filter(Boolean) : undefined;
}

/** Reads the settings that the kubelet really uses. */
export async function kubeletSettings(host: Host, signal: AbortSignal): Promise<KubeletSettings> {
  const running = await commandLine(host, signal);
  const args =
    running ??
    (await Promise.all(environmentFiles.map((path) => host.readFile(path)))).flatMap((content) =>
      content === undefined ? [] : flagsOf(content.toString()),
    );
  const text = (await host.readFile(kubeletConfiguration))?.toString();
  const configuration = (text === undefined ? {} : (parse(text) ?? {})) as { containerRuntimeEndpoint?: string };
  return {
    // The flag wins over the configuration file, as it does in the kubelet.
    criSocket: flagValue(args, 'container-runtime-endpoint') ?? (configuration.containerRuntimeEndpoint || undefined),
    nodeAddress: flagValue(args, 'node-ip'),
    source: running === undefined ? 'files' : 'running',
    configured: text !== undefined,
  };
}
