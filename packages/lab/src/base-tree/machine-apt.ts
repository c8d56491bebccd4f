import { glob, readFile } from 'node:fs/promises';
import { parseOsRelease } from '@vhive/base/os-release';
import { runTool } from '../machine/command.ts';
import { type AptSource, debianSources, parseAptSources } from './apt-sources.ts';

/** The Debian release of the lab's hosts. */
export const labRelease = 'bookworm';

/**
 * Returns the archives that this machine itself uses for Debian, asked for the lab's release. The plain suite comes
 * first, then its fixes. The list is empty when the machine does not run Debian, because its archives are then of no
 * use to the lab.
 */
export async function machineDebianSources(): Promise<AptSource[]> {
  const release = parseOsRelease(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  if (release.ID !== 'debian') return [];
  const sources: AptSource[] = [];
  const files = await Array.fromAsync(glob('/etc/apt/{sources.list,sources.list.d/*.list,sources.list.d/*.sources}'));
  for (const file of files.sort()) sources.push(...parseAptSources(file, await readFile(file, 'utf8')));
  return debianSources(sources, release.VERSION_CODENAME ?? labRelease, labRelease);
}

/**
 * Tells how a program that fetches by itself (debootstrap runs wget) reaches the archives in the same way as the
 * machine's apt. The result holds the proxy variables, unless the environment has them, and the text that wget needs in
 * its configuration file for a private CA.
 */
export async function aptFetchSettings(): Promise<{ env: Record<string, string>; wgetConfiguration: string }> {
  const format = '%f=%v%n';
  const dump = await runTool(['apt-config', 'dump', '--format', format, 'Acquire'], {
    doing: 'reading the settings of apt',
  });
  const settings = new Map(dump.split('\n').map((line) => line.split(/=(.*)/, 2) as [string, string]));
  const env: Record<string, string> = {};
  for (const protocol of ['http', 'https']) {
    const proxy = settings.get(`Acquire::${protocol}::Proxy`);
    if (proxy && proxy !== 'DIRECT' && !process.env[`${protocol}_proxy`]) env[`${protocol}_proxy`] = proxy;
  }
  const authority = settings.get('Acquire::https::CaInfo');
  return { env, wgetConfiguration: authority ? `ca_certificate = ${authority}\n` : '' };
}
