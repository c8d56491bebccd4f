import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ClusterConfig,
  type FailureCode,
  fullImageReference,
  messageOf,
  type Params,
  type Plan,
  parseImageReference,
  VhiveError,
} from '@vhive/shared';
import pLimit from 'p-limit';
import { parseAllDocuments } from 'yaml';
import type { ArtifactSources } from '../artifacts/artifact-fetch.ts';
import { hashFile } from '../artifacts/hash-file.ts';
import { pullImageIntoMirror } from '../artifacts/images/image-pull.ts';
import { LockFile } from '../artifacts/lock-file.ts';
import { mirrorPath } from '../artifacts/mirror.ts';
import { pullIntoMirror } from '../artifacts/mirror-pull.ts';
import { ArtifactStore } from '../artifacts/store.ts';
import { imagesOf, pauseImage } from '../versions/kubeadm.ts';
import { filesOf, resolveVersions } from '../versions/resolve.ts';
import { packGoModules } from './go-modules.ts';
import { imagesInObjects } from './manifest-images.ts';
import { type NeededManifest, needsOf, type PlanNeeds } from './plan-needs.ts';
import { renderManifest } from './rendered-manifests.ts';

/** Something that was brought into the tree, or was there. */
export interface PulledItem {
  kind: 'file' | 'image' | 'modules';
  /** For people: name, version and architecture. */
  title: string;
  bytes: number;
  /** false: it was there already. */
  changed: boolean;
}

/** Something that could not be brought into the tree. */
export interface FailedItem {
  kind: PulledItem['kind'];
  title: string;
  code: FailureCode;
  message: string;
  hint?: string | undefined;
}

/** What a pull came to. */
export interface PullResult {
  pulled: PulledItem[];
  failed: FailedItem[];
  /** What the tree lacks though nothing failed: one sentence each. */
  leftOut: string[];
}

/** What to pull. */
export interface PullOrder {
  config: ClusterConfig;
  /** One per architecture (Debian's words), made for a mirror. */
  plans: Readonly<Record<string, Plan>>;
  /** The mirror tree; made when it is missing. */
  directory: string;
  images: boolean;
  goModules: boolean;
  /** Architecture of this machine. */
  machine: string;
}

/** Hears about a pull. */
export interface PullContext {
  signal: AbortSignal;
  log(text: string): void;
  onItem(item: PulledItem): void;
  onFailure(item: FailedItem): void;
}

/** At once. */
const MOST_TRANSFERS = 4;
/** Below the tree: what is not whole yet, for a later pull to go on with. */
const UNFINISHED = '.unfinished';

/**
 * Fills a mirror tree with all that plans take from outside. A failure does not stop the others; what is there already,
 * as the tree's own `vhive.lock` says, is not fetched again.
 */
export async function pullMirror(order: PullOrder, context: PullContext): Promise<PullResult> {
  const unfinished = join(order.directory, UNFINISHED);
  await mkdir(order.directory, { recursive: true });
  const store = await ArtifactStore.open(join(unfinished, 'artifacts'));
  const sources = { store, lockFile: new LockFile(join(order.directory, 'vhive.lock')) };
  const scratch = await mkdtemp(join(unfinished, 'scratch-'));
  try {
    const pull = new Pull(order, context, sources, scratch);
    await pull.run();
    if (pull.result.failed.length === 0) await rm(unfinished, { recursive: true, force: true });
    return pull.result;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

class Pull {
  readonly result: PullResult = { pulled: [], failed: [], leftOut: [] };
  readonly #order: PullOrder;
  readonly #context: PullContext;
  readonly #sources: ArtifactSources;
  readonly #scratch: string;
  readonly #transfers = pLimit(MOST_TRANSFERS);

  constructor(order: PullOrder, context: PullContext, sources: ArtifactSources, scratch: string) {
    this.#order = order;
    this.#context = context;
    this.#sources = sources;
    this.#scratch = scratch;
  }

  async run(): Promise<void> {
    const needs = Object.entries(this.#order.plans).map(([arch, plan]) => ({ arch, plan, ...needsOf(plan) }));
    const files = new Map(needs.flatMap((one) => one.files).map((file) => [file.url, file]));
    await Promise.all([...files.values()].map((file) => this.#file(file)));
    if (this.#order.images) await this.#images(needs);
    else this.result.leftOut.push('container images (--no-images)');
    await this.#goModules();
  }

  async #images(needs: readonly (PlanNeeds & { arch: string; plan: Plan })[]): Promise<void> {
    const wanted: { ref: string; arch: string }[] = [];
    for (const one of needs) {
      const refs = [...one.images, ...one.applied.flatMap(imagesInObjects), ...this.#ownImages()];
      for (const manifest of one.manifests) refs.push(...(await this.#imagesOfManifest(manifest, one.plan, one.arch)));
      wanted.push(...[...new Set(refs)].sort().map((ref) => ({ ref, arch: one.arch })));
    }
    await Promise.all(wanted.map(({ ref, arch }) => this.#image(ref, arch)));
  }

  /** Those of kubeadm, and those asked for. */
  #ownImages(): string[] {
    const { config } = this.#order;
    const { kubernetes } = resolveVersions(config);
    const known = imagesOf(kubernetes, config.kubernetes.imageRepository);
    if (known === undefined)
      this.#leaveOut(
        `images of Kubernetes ${kubernetes}, which are not known here: list those of "kubeadm config images list" in images.preload`,
      );
    const own = [...(known ?? []).map(({ ref }) => ref), pauseImage(kubernetes, config.kubernetes.imageRepository)];
    return [...own, ...config.images.preload].map(fullImageReference);
  }

  async #imagesOfManifest(manifest: NeededManifest, plan: Plan, arch: string): Promise<string[]> {
    try {
      const text = await this.#textOf(manifest, plan, arch);
      if (text === undefined) return [];
      const objects = parseAllDocuments(text, { logLevel: 'error' }).map((document): unknown => document.toJS());
      return imagesInObjects({ ...manifest, objects });
    } catch (error) {
      this.#context.signal.throwIfAborted();
      this.#leaveOut(
        `images of ${manifest.title}, as its manifest could not be read: ${messageOf(error).split('\n')[0]}`,
      );
      return [];
    }
  }

  /** The manifest; undefined when the plan does not take it from outside, or it cannot be made here. */
  async #textOf({ title, source }: NeededManifest, plan: Plan, arch: string): Promise<string | undefined> {
    const { directory, machine } = this.#order;
    if (source.type === 'file') {
      const file = join(directory, mirrorPath(source.url));
      // What is missing has been told as a failure.
      return await readFile(file, 'utf8').catch(() => undefined);
    }
    const rendered = plan.steps.some(({ tasks }) =>
      tasks.some(({ params }) => params.path === source.path && params.argv),
    );
    if (!rendered) return undefined;
    if (arch !== machine && machine in this.#order.plans) return await this.#renderedText(source.path, machine);
    if (arch === machine) return await this.#renderedText(source.path, arch);
    this.#leaveOut(`images of ${title}: its manifest is made by a program for ${arch}, which does not run here`);
    return undefined;
  }

  async #renderedText(path: string, arch: string): Promise<string | undefined> {
    const plan = this.#order.plans[arch];
    if (plan === undefined) return undefined;
    const scratch = await mkdtemp(join(this.#scratch, 'render-'));
    return await renderManifest(path, { plan, tree: this.#order.directory, scratch, signal: this.#context.signal });
  }

  async #file(params: Params<'artifact.fetch'>): Promise<void> {
    const { name, version, arch } = params;
    const title = `${name} ${version} (${arch})`;
    await this.#transfer('file', title, async () => {
      const { artifact, changed } = await pullIntoMirror(params, this.#order.directory, this.#sources, this.#quiet());
      if (artifact && changed) await this.#sources.store.remove(artifact.sha256);
      return { bytes: artifact?.bytes ?? 0, changed };
    });
  }

  async #image(ref: string, arch: string): Promise<void> {
    const { config, directory } = this.#order;
    const insecure = config.registry.insecure.includes(parseImageReference(ref).registry);
    await this.#transfer('image', `${ref} (${arch})`, async () => {
      const params = { ref, arch, insecure, optional: false };
      // What skopeo says of each layer is for logs of a run.
      const context = { ...this.#quiet(), log: () => undefined };
      const pulled = await pullImageIntoMirror(params, directory, this.#sources, context);
      if (pulled.changed) await this.#sources.store.remove(pulled.sha256);
      return pulled;
    });
  }

  /** vHive's modules, for a build without the internet. */
  async #goModules(): Promise<void> {
    const { config, plans, directory, machine, goModules } = this.#order;
    const { lockFile } = this.#sources;
    const plan = plans[machine] ?? Object.values(plans)[0];
    const builds = plan && needsOf(plan).files.some(({ name }) => name === 'vhive-source');
    if (!plan || !builds) return;
    const instead = 'compiling vHive will ask the module proxy on the internet';
    if (!goModules) return this.#leaveOut(`Go modules of vHive (--no-go-modules): ${instead}`);
    if (!plans[machine]) return this.#leaveOut(`Go modules of vHive, as its Go does not run on ${machine}: ${instead}`);
    const version = resolveVersions(config).vhiveSource;
    const modules = filesOf('vhiveSource', version, machine).find(({ name }) => name === 'vhive-modules');
    const pathOf = (name: string) => {
      const file = needsOf(plan).files.find((one) => one.name === name);
      return file && join(directory, mirrorPath(file.url));
    };
    const [go, source] = [pathOf('go'), pathOf('vhive-source')];
    if (modules === undefined || go === undefined || source === undefined) return;
    const target = join(directory, mirrorPath(modules.url));
    const locked = await lockFile.find(modules.url);
    await this.#transfer('modules', `Go modules of vHive ${version}`, async () => {
      const there = locked && (await hashFile(target).catch(() => undefined));
      if (there && there.sha256 === locked.sha256) return { bytes: there.bytes, changed: false };
      for (const file of [go, source]) await stat(file);
      const scratch = await mkdtemp(join(this.#scratch, 'modules-'));
      if (!(await packGoModules({ go, source }, target, { scratch, signal: this.#context.signal }))) return undefined;
      const { sha256, bytes } = await hashFile(target);
      const { name, arch, url } = modules;
      if (locked) await lockFile.forget(url);
      await lockFile.record({ name, version, arch, url, sha256, bytes });
      return { bytes, changed: true };
    });
  }

  async #transfer(
    kind: PulledItem['kind'],
    title: string,
    work: () => Promise<Pick<PulledItem, 'bytes' | 'changed'> | undefined>,
  ): Promise<void> {
    await this.#transfers(async () => {
      const { signal } = this.#context;
      signal.throwIfAborted();
      try {
        const done = await work();
        if (done === undefined) return;
        const item = { kind, title, bytes: done.bytes, changed: done.changed };
        this.result.pulled.push(item);
        this.#context.onItem(item);
      } catch (error) {
        signal.throwIfAborted();
        const { code, hint } = error instanceof VhiveError ? error : { code: 'step-failed' as const, hint: undefined };
        const item = { kind, title, code, message: messageOf(error), ...(hint === undefined ? {} : { hint }) };
        this.result.failed.push(item);
        this.#context.onFailure(item);
      }
    });
  }

  #leaveOut(what: string): void {
    if (!this.result.leftOut.includes(what)) this.result.leftOut.push(what);
  }

  #quiet() {
    const { signal, log } = this.#context;
    return { signal, log, progress: () => undefined };
  }
}
