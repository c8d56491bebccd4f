import { readFile, writeFile } from 'node:fs/promises';
import { ActionError } from '@vhive/agent/actions/kit/action';
import { testContext } from '@vhive/agent/actions/kit/context.fixture';
import { systemFindings } from '@vhive/agent/actions/preflight/system-findings';
import { thinPool } from '@vhive/agent/actions/thin-pool/thin-pool';
import { createRealHost } from '@vhive/agent/host/real-host';
import { POOL_DIRECTORY } from '@vhive/core/phases/kit/thin-pool-space';
import { POOL_NAME } from '@vhive/core/phases/microvms/firecracker-files';
import { firecrackerUnit } from '@vhive/core/phases/microvms/firecracker-units';
import { agentActions, type Failure } from '@vhive/shared';

// This program runs as root within the machine that has a kernel of its own, and uses the agent's action on its real
// host.

const GIB = 2 ** 30;
const UNIT = 'vhive-thin-pool.service';
const poolOf = (dataBytes: number, metadataBytes: number) =>
  agentActions['thin-pool'].params.parse({
    name: POOL_NAME,
    directory: POOL_DIRECTORY,
    dataBytes,
    metadataBytes,
    unit: UNIT,
    before: ['firecracker-containerd.service'],
  });
const small = poolOf(100 * GIB, GIB / 4);
const large = poolOf(200 * GIB, GIB / 2);

const host = createRealHost();
await using context = await testContext({ host: () => host, signal: AbortSignal.timeout(120_000) });

const run = (...argv: string[]) => host.run(argv);
/** Runs a command that has to work, and returns its standard output. */
const output = async (...argv: string[]) => {
  const { exitCode, stdout, stderr } = await run(...argv);
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout.trim();
};
const bootId = async () => (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
const kernelFindings = async () =>
  (await systemFindings(host, ['dm_thin_pool'])).filter(({ message }) => message.includes('dm_thin_pool'));

/** The outcome of an attempt at an action: what it changed and what is left to change, or why it failed. */
type Attempt = { changed: string[]; left: string[] } | { failure: Failure };

async function bringAbout(params: typeof small): Promise<Attempt> {
  const changes = async () => {
    const found = await thinPool.check(params, context);
    return found.converged ? [] : found.changes;
  };
  try {
    const changed = await changes();
    if (changed.length > 0) await thinPool.apply(params, context);
    return { changed, left: await changes() };
  } catch (error) {
    if (error instanceof ActionError) return { failure: error.failure };
    throw error;
  }
}

/** A disk of a microVM in the pool, 1 GiB. */
const VOLUME = '/dev/mapper/volume';
const addVolume = () => output('dmsetup', 'create', 'volume', '--table', `0 2097152 thin /dev/mapper/${POOL_NAME} 0`);

/**
 * Installs a program in place of firecracker-containerd, with its real unit. It notes whether the pool is there when it
 * starts at boot.
 */
async function standInForFirecracker(): Promise<void> {
  const program = `#!/bin/sh\n[ -e /run/pool-at-start ] || dmsetup status ${POOL_NAME} > /run/pool-at-start 2>&1\nexec sleep infinity\n`;
  await host.writeFile('/usr/local/bin/firecracker-containerd', program, { mode: '0755' });
  await host.writeFile('/etc/systemd/system/firecracker-containerd.service', firecrackerUnit, { mode: '0644' });
  const wanted = '/etc/systemd/system/multi-user.target.wants';
  await host.symlink('/etc/systemd/system/firecracker-containerd.service', `${wanted}/firecracker-containerd.service`);
}

async function firstBoot() {
  const findings = await kernelFindings();
  await standInForFirecracker();
  const made = await bringAbout(small);
  const again = await bringAbout(small);
  await output('dmsetup', 'message', POOL_NAME, '0', 'create_thin 0');
  await addVolume();
  await writeFile(VOLUME, 'precious', { flag: 'r+', flush: true });
  const grown = await bringAbout(large);
  return { bootId: await bootId(), findings, made, again, grown };
}

async function secondBoot() {
  const back = {
    unit: await output('systemctl', 'show', '--property=ActiveState', '--value', UNIT),
    status: await output('dmsetup', 'status', POOL_NAME),
    atStartOfFirecracker: await readFile('/run/pool-at-start', 'utf8'),
    action: await bringAbout(large),
  };
  await addVolume();
  const content = await output('head', '--bytes=8', VOLUME);
  await output('systemctl', 'stop', 'firecracker-containerd.service');
  for (const name of ['volume', POOL_NAME]) await output('dmsetup', 'remove', name);
  const metadata = `${POOL_DIRECTORY}/metadata`;
  const intact = (await run('thin_check', metadata)).exitCode;
  await output('losetup', '--detach-all');
  await writeFile(metadata, Buffer.alloc(4096, 0xa5), { flag: 'r+', flush: true });
  const damaged = { check: (await run('thin_check', metadata)).exitCode, action: await bringAbout(large) };
  return { bootId: await bootId(), back, content, intact, damaged, device: (await run('dmsetup', 'info')).stdout };
}

/** What the program finds at each boot of the machine. */
export interface Boots {
  first: Awaited<ReturnType<typeof firstBoot>>;
  second: Awaited<ReturnType<typeof secondBoot>>;
}

const [, , which, file = ''] = process.argv;
await writeFile(file, JSON.stringify(which === 'first' ? await firstBoot() : await secondBoot()));
