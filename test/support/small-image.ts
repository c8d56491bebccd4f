import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeImageArchive } from '@vhive/lab/tree/images/image-archive';
import { execa } from 'execa';

/** Puts an image of one file into an image registry, under a name with a tag. */
export async function pushSmallImage(
  reference: string,
  { content, architecture = 'amd64' }: { content: string; architecture?: string },
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-image-'));
  try {
    const source = join(directory, 'hello');
    const archive = join(directory, 'image.tar');
    await writeFile(source, content);
    await writeImageArchive(
      archive,
      { reference, architecture, config: {}, files: [{ source, target: 'hello' }] },
      join(directory, 'work'),
    );
    const to = ['--dest-tls-verify=false', `docker-archive:${archive}`, `docker://${reference}`];
    await execa('skopeo', ['--insecure-policy', 'copy', ...to]);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const ONE = 'application/vnd.docker.distribution.manifest.v2+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** Puts an image of one file for amd64 and arm64 into an image registry, under the tag `1`. Returns the digest of its list. */
export async function pushSmallImages(registry: string, repository: string): Promise<string> {
  const manifests = [];
  for (const architecture of ['amd64', 'arm64']) {
    await pushSmallImage(`${registry}/${repository}:${architecture}`, { content: `for ${architecture}`, architecture });
    const answer = await fetch(`http://${registry}/v2/${repository}/manifests/${architecture}`, {
      headers: { accept: ONE },
    });
    const digest = answer.headers.get('docker-content-digest');
    const size = (await answer.arrayBuffer()).byteLength;
    manifests.push({ mediaType: ONE, digest, size, platform: { architecture, os: 'linux' } });
  }
  const list = await fetch(`http://${registry}/v2/${repository}/manifests/1`, {
    method: 'PUT',
    headers: { 'content-type': LIST },
    // Publishers write their lists with spaces, which are part of what the digest is of.
    body: JSON.stringify({ schemaVersion: 2, mediaType: LIST, manifests }, null, 3),
  });
  if (list.status !== 201) throw new Error(`the registry answered ${list.status}: ${await list.text()}`);
  return list.headers.get('docker-content-digest') ?? '';
}
