import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Compiled } from '../compiled.ts';

/** A file of a Go module. */
export interface ModuleFile {
  readonly module: string;
  readonly path: string;
}

/** What a manifest of Knative is made from. */
export interface ReleaseSource {
  readonly module: string;
  /** The folders of the module whose YAML files, also those in folders below, make up the manifest. */
  readonly folders: readonly string[];
  /**
   * The YAML files that are symbolic links in the project's repository, by their paths in it. A Go module holds no
   * links, so these are read from where they lead.
   */
  readonly links?: Readonly<Record<string, ModuleFile>>;
}

/** Returns the reference of the image of a command of Knative, such as `knative.dev/serving/cmd/activator`. */
export function knativeImage(command: string, version: string): string {
  return `gcr.io/knative-releases/${command}:v${version}`;
}

/**
 * Makes a manifest as Knative's releases make it (hack/generate-yamls.sh): the files in the order of their paths, with
 * the images in place of the commands (`ko://`) and the version in the labels. The images have tags, because an image
 * made here has another digest than upstream's.
 */
export async function knativeManifest(
  source: ReleaseSource,
  version: string,
  moduleFolder: Compiled['moduleFolder'],
): Promise<string> {
  const files = new Map<string, ModuleFile>(Object.entries(source.links ?? {}));
  const root = await moduleFolder(source.module);
  for (const folder of source.folders)
    for (const path of await yamlFiles(root, folder)) files.set(path, { module: source.module, path });
  const texts: string[] = [];
  for (const [, { module, path }] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    texts.push(await readFile(join(await moduleFolder(module), path), 'utf8'));
  return released(texts, version);
}

async function yamlFiles(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true });
  return entries.filter((name) => name.endsWith('.yaml')).map((name) => `${folder}/${name}`);
}

/** Joins files to one manifest of a release. */
function released(texts: readonly string[], version: string): string {
  return texts
    .map((text) => `---\n${text.trimEnd()}\n`)
    .join('')
    .replaceAll(/\bko:\/\/([\w./-]+)/g, (_, command: string) => knativeImage(command, version))
    .replaceAll('app.kubernetes.io/version: devel', `app.kubernetes.io/version: "${version}"`);
}
