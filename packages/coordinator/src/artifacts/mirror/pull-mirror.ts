import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '@vhive/base/files/make-directory';
import { catalogue } from '@vhive/core/versions/catalogue';
import { filesOf } from '@vhive/core/versions/resolve';
import { type Params, type Plan, parseImageReference } from '@vhive/shared';
import type { ArtifactSources } from '../artifact-fetch.ts';
import { LockFile } from '../lock-file.ts';
import { ArtifactStore } from '../store.ts';
import { neededImages } from './needed-images.ts';
import { needsOf } from './plan-needs.ts';
import { pullArtifact } from './pull-artifact.ts';
import { pullVhiveModules } from './pull-go-modules.ts';
import { pullImage } from './pull-image.ts';
import type { PullContext, PullOrder, PullResult } from './pull-order.ts';
import { type PulledSource, sourceOf, toldBySource } from './read-sources.ts';
import { Transfers } from './transfers.ts';

/** The folder in the tree for what is not whole yet, so that a later pull can go on with it. */
const UNFINISHED = '.unfinished';

/** A pull that is under way. */
interface Pull {
  order: PullOrder;
  context: PullContext;
  sources: ArtifactSources;
  transfers: Transfers;
  scratch: string;
}

/**
 * Fills a mirror tree with all that plans take from outside. One failure does not stop the others. What is in the tree
 * already, as the tree's own `vhive.lock` says, is not fetched again.
 */
export async function pullMirror(order: PullOrder, context: PullContext): Promise<PullResult> {
  const unfinished = join(order.directory, UNFINISHED);
  await makeDirectory(order.directory);
  const store = await ArtifactStore.open(join(unfinished, 'artifacts'));
  const sources = { store, lockFile: new LockFile(join(order.directory, 'vhive.lock')) };
  const scratch = await mkdtemp(join(unfinished, 'scratch-'));
  const transfers = new Transfers(context);
  const pull = { order, context, sources, transfers, scratch };
  try {
    const first = await transferFiles(order.plans, [], pull);
    const source = await vhiveSource(pull);
    const plans = source === undefined ? order.plans : await askSource(source, pull);
    await transferFiles(plans, first, pull);
    if (order.images) await transferImages(pull);
    else transfers.leaveOut('container images (--no-images)');
    const surroundings = { transfers, lockFile: sources.lockFile, scratch, signal: context.signal };
    await pullVhiveModules({ ...order, plans }, source, surroundings);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  if (transfers.result.failed.length === 0) await rm(unfinished, { recursive: true, force: true });
  return transfers.result;
}

/** The coordinator's own nats-server, which no plan fetches. */
const natsServer = (arch: string) => filesOf('natsServer', catalogue.natsServer.version, arch);

/** Transfers the files of all plans that are known so far, except those that were transferred before. */
async function transferFiles(
  plans: PullOrder['plans'],
  before: readonly string[],
  pull: Pull,
): Promise<readonly string[]> {
  const files = Object.entries(plans).flatMap(([arch, plan]) => [...needsOf(plan).files, ...natsServer(arch)]);
  const wanted = new Map(files.filter(({ url }) => !before.includes(url)).map((file) => [file.url, file]));
  await Promise.all([...wanted.values()].map((file) => transferFile(file, pull)));
  return [...wanted.keys()];
}

/** Returns the source of vHive, where a plan compiles it. All plans have the same one. */
async function vhiveSource({ order, transfers, scratch }: Pull): Promise<PulledSource | undefined> {
  const [plan] = Object.values(order.plans);
  let source: PulledSource | undefined;
  await transfers.run('file', 'source of vHive', async () => {
    source = plan && (await sourceOf(plan, { directory: order.directory, scratch }));
    return undefined;
  });
  return source;
}

/** Fills in what vHive's source tells. Where it cannot be read, the plans stay as they are. */
async function askSource(source: PulledSource, { order, transfers }: Pull): Promise<PullOrder['plans']> {
  const plans: Record<string, Plan> = { ...order.plans };
  await transfers.run('file', 'what vHive’s source asks for', async () => {
    for (const [arch, plan] of Object.entries(order.plans)) plans[arch] = await toldBySource(plan, source);
    return undefined;
  });
  return plans;
}

async function transferFile(params: Params<'artifact.fetch'>, pull: Pull): Promise<void> {
  const { order, context, sources, transfers } = pull;
  const { name, version, arch } = params;
  await transfers.run('file', `${name} ${version} (${arch})`, async () => {
    const surroundings = { signal: context.signal, log: context.log, progress: () => undefined };
    const { artifact, changed } = await pullArtifact(params, order.directory, sources, surroundings);
    if (artifact && changed) await sources.store.remove(artifact.sha256);
    return { bytes: artifact?.bytes ?? 0, changed };
  });
}

async function transferImages(pull: Pull): Promise<void> {
  const { order, context, transfers, scratch } = pull;
  const search = { order, scratch, signal: context.signal, leaveOut: (what: string) => transfers.leaveOut(what) };
  const wanted: { ref: string; arch: string }[] = [];
  for (const [arch, plan] of Object.entries(order.plans))
    for (const ref of await neededImages(plan, arch, search)) wanted.push({ ref, arch });
  await Promise.all(wanted.map(({ ref, arch }) => transferImage(ref, arch, pull)));
}

async function transferImage(ref: string, arch: string, { order, context, sources, transfers }: Pull): Promise<void> {
  const insecure = order.config.registry.insecure.includes(parseImageReference(ref).registry);
  await transfers.run('image', `${ref} (${arch})`, async () => {
    // What skopeo says of each layer belongs into the log of a run, and is not shown here.
    const surroundings = { signal: context.signal, log: () => undefined, progress: () => undefined };
    const params = { ref, arch, insecure, optional: false };
    const pulled = await pullImage(params, order.directory, sources, surroundings);
    if (pulled.changed) await sources.store.remove(pulled.sha256);
    return pulled;
  });
}
