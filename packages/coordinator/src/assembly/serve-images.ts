import { hostname } from 'node:os';
import { join } from 'node:path';
import { LockFile } from '../artifacts/lock-file.ts';
import { ImageRegistry } from '../artifacts/registry/image-registry.ts';
import { parseMirror } from '../artifacts/sources/mirror-tree.ts';
import { ArtifactStore } from '../artifacts/store.ts';
import { createHttpsServer } from '../http/https-server.ts';
import { listenHttps } from '../http/listen.ts';
import { serveImageRegistry } from '../http/routes/image-registry.ts';
import { storedNodeAddresses } from '../nodes/stored-addresses.ts';
import { hostAddresses, openAuthority } from '../trust/authority.ts';
import { clusterName } from './cluster-name.ts';
import { createLog } from './create-log.ts';
import { type ImageServerOptions, imagesPort, type RunningCoordinator } from './options.ts';
import { keepCertificatesValid } from './renew-certificates.ts';

/**
 * Answers nodes with the images of a mirror tree, in place of the coordinator whose state directory it uses: with the
 * certificate that the nodes know, and the same store and lock file. A coordinator may run beside it.
 */
export async function serveImages(options: ImageServerOptions): Promise<Pick<RunningCoordinator, 'url' | 'stop'>> {
  const { stateDir, mirror } = options;
  const log = createLog(options);
  await using started = new AsyncDisposableStack();
  const stopping = new AbortController();
  started.defer(async () => stopping.abort(new Error('the image server stops')));
  const authority = await openAuthority({ stateDir, cluster: await clusterName({ stateDir }) });
  const sources = {
    store: await ArtifactStore.open(join(stateDir, 'artifacts')),
    lockFile: new LockFile(join(stateDir, 'vhive.lock')),
    mirror: parseMirror(mirror),
  };
  const registry = new ImageRegistry({
    sources: () => sources,
    directory: join(stateDir, 'images'),
    signal: stopping.signal,
    log: (text) => log.info(text),
  });
  const names = [...hostAddresses(), hostname()];
  const app = await createHttpsServer({ certificate: await authority.serverCertificate(names), log });
  const isNodeAddress = await storedNodeAddresses(stateDir, log);
  await app.register(async (scope) => serveImageRegistry(scope, { registry, isNodeAddress }));
  started.defer(() => app.close());
  const port = imagesPort(options.httpsPort);
  await listenHttps(app, port);
  started.defer(await keepCertificatesValid({ authority, names, app, log }));
  const parts = started.move();
  return { url: `https://127.0.0.1:${port}`, stop: () => parts.disposeAsync() };
}
