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
