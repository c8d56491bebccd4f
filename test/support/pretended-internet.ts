import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { startSimulatedMirror } from '@vhive/coordinator/assembly/simulation/simulated-mirror';
import { createCa, issueServerCertificate } from '@vhive/coordinator/trust/certificates';

/** The internet as a plan needs it, on loopback. Every host name leads to it, over TLS, by way of a proxy. */
export interface PretendedInternet {
  /** The variables with which programs reach it and trust it. */
  env: Readonly<Record<string, string>>;
  /** The `<host><path>` of every request, in order. */
  requests: string[];
  /** Statuses to answer with instead, by `<host><path>`. */
  broken: Map<string, number>;
  stop(): Promise<void>;
}

/**
 * Starts the pretended internet. Its files are the stand-ins of simulations. Every repository of every image registry
 * is answered from `repository` of a real image registry on `registry` (host:port), which holds one image, `latest`.
 */
export async function pretendInternet(
  directory: string,
  { registry, repository }: { registry: string; repository: string },
): Promise<PretendedInternet> {
  const files = await startSimulatedMirror();
  const requests: string[] = [];
  const broken = new Map<string, number>();
  const ca = await createCa('internet');
  const caFile = join(directory, 'ca.pem');
  await writeFile(caFile, ca.certPem);

  const tls = createTlsServer(
    {
      SNICallback(name, done) {
        issueServerCertificate(ca, [name]).then(
          ({ certPem, keyPem }) => done(null, createSecureContext({ cert: certPem, key: keyPem })),
          (error) => done(error),
        );
      },
    },
    (incoming, answer) => {
      const host = incoming.headers.host ?? '';
      const path = incoming.url ?? '/';
      requests.push(`${host}${path}`);
      const status = broken.get(`${host}${path}`);
      if (status !== undefined) return void answer.writeHead(status).end();
      const isRegistry = /^\/v2(?:\/|$)/.test(path);
      forward(
        incoming,
        answer,
        isRegistry ? `http://${registry}${standIn(path, repository)}` : `${files.url}/${host}${path}`,
      );
    },
  );
  const proxy = createServer();
  proxy.on('connect', (_request, socket) => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    tls.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return {
    env: { HTTPS_PROXY: url, NODE_EXTRA_CA_CERTS: caFile, SSL_CERT_FILE: caFile },
    requests,
    broken,
    async stop() {
      tls.closeAllConnections();
      proxy.closeAllConnections();
      proxy.close();
      await files.stop();
    },
  };
}

/** Returns the path of the one image, whatever name was asked for. */
function standIn(path: string, repository: string): string {
  const { kind, name } = /^\/v2\/.+\/(?<kind>manifests|blobs)\/(?<name>[^/?]+)/.exec(path)?.groups ?? {};
  if (kind === undefined || name === undefined) return '/v2/';
  return `/v2/${repository}/${kind}/${name.startsWith('sha256:') ? name : 'latest'}`;
}

function forward(incoming: IncomingMessage, answer: ServerResponse, url: string): void {
  const { host: _, ...headers } = incoming.headers;
  const sent = request(url, { method: incoming.method, headers, agent: false }, (received) => {
    answer.writeHead(received.statusCode ?? 500, received.headers);
    received.pipe(answer);
  });
  sent.on('error', () => answer.destroy());
  incoming.pipe(sent);
}
