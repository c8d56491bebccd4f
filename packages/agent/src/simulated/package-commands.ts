import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SimulatedProgram } from './program.ts';

const named = (args: readonly string[]) => args.filter((arg) => /^[a-z0-9][a-z0-9+.-]+$/.test(arg));

/** Imitates `dpkg-query --show --showformat FORMAT NAME...`. */
export const dpkgQuery: SimulatedProgram = ({ state }, args) => {
  const installed = named(args).filter((name) => state.packages.includes(name));
  return { stdout: installed.map((name) => `${name}\tinstalled\n`).join('') };
};

/** Imitates `apt-cache policy NAME...`. */
export const packagePolicy: SimulatedProgram = (_machine, [, ...names]) => ({
  stdout: names.map((name) => `${name}:\n  Installed: (none)\n  Candidate: 1.0\n`).join(''),
});

/** The unit files of the services that packages bring, by package. */
const services: Record<string, string> = {
  chrony: '/usr/lib/systemd/system/chrony.service',
  'docker-registry': '/usr/lib/systemd/system/docker-registry.service',
};

/** Imitates `apt-get install`, `apt-get update` and `apt-get --version`. */
export const aptGet: SimulatedProgram = async (machine, args) => {
  const install = args.indexOf('install');
  if (install < 0) return {};
  const packages = named(args.slice(install + 1));
  machine.state.packages = [...new Set([...machine.state.packages, ...packages])].sort();
  await machine.save();
  for (const path of packages.flatMap((name) => services[name] ?? [])) {
    const file = join(machine.root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '# simulated\n');
  }
  return { stdout: packages.map((name) => `Setting up ${name} (1.0) ...\n`).join('') };
};
