import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { debianArch } from '@vhive/base/debian-arch';
import { makeDirectory } from '@vhive/base/files/make-directory';
import { catalogue } from '@vhive/core/versions/catalogue';
import { filesOf } from '@vhive/core/versions/resolve';
import { VhiveError } from '@vhive/shared';
import { extract } from 'tar';
import { type ArtifactSources, fetchArtifact } from '../artifacts/artifact-fetch.ts';

/**
 * Fetches the release of nats-server that the catalogue names from the mirror tree and unpacks it into `directory`.
 * Rejects when the mirror tree lacks it.
 */
export async function natsServerOfMirror(sources: ArtifactSources, directory: string): Promise<string> {
  const arch = debianArch(process.arch);
  const [file] = filesOf('natsServer', catalogue.natsServer.version, arch);
  if (!file) throw new Error('the catalogue has no nats-server');
  const context = { signal: AbortSignal.timeout(120_000), log: () => undefined, progress: () => undefined };
  const { artifact } = await fetchArtifact({ ...file, optional: true }, sources, context);
  const stored = artifact && (await sources.store.find(artifact.sha256));
  if (!stored) throw new VhiveError({ code: 'preflight', message: `the mirror has no ${file.url}` });
  await makeDirectory(directory);
  const work = await mkdtemp(join(directory, '.nats-server-'));
  try {
    await extract({ file: stored.path, cwd: work, strip: 1, filter: (path) => path.endsWith('/nats-server') });
    await chmod(join(work, 'nats-server'), 0o755);
    const target = join(directory, 'nats-server');
    await rename(join(work, 'nats-server'), target);
    return target;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
