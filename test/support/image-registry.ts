import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@vhive/base/free-port.fixture';
import { execa } from 'execa';

/** A real image registry on loopback. */
export interface ImageRegistry {
  /** Its host and port, as image references name it. */
  host: string;
  stop(): Promise<void>;
}

/** Runs docker-registry, which must be in PATH, with its images below `directory`. */
export async function startImageRegistry(directory: string): Promise<ImageRegistry> {
  const host = `127.0.0.1:${await freePort()}`;
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'config.yml');
  await writeFile(
    file,
    `version: 0.1
log: {level: info}
storage: {filesystem: {rootdirectory: ${directory}/images}, delete: {enabled: true}}
http: {addr: "${host}"}
`,
  );
  const running = execa('docker-registry', ['serve', file], { reject: false, stdin: 'ignore' });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    running.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.includes('listening on')) resolve();
    });
    void running.then(() => reject(new Error(`docker-registry ended: ${said}`)));
  });
  return {
    host,
    async stop() {
      running.kill('SIGTERM');
      await running;
    },
  };
}
