import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubernetesClient } from '@vhive/base/kubernetes/kubernetes-client';
import { type CliRun, cli } from '@vhive/coordinator/cli/run-cli.fixture';
import type { KubernetesObject } from '@vhive/shared';
import { afterEach, beforeEach } from 'vitest';
import { KubernetesServer } from './kubernetes-server.ts';

/** The kind of functions. */
export const knative = { apiVersion: 'serving.knative.dev/v1', kind: 'Service' };

/**
 * A server that speaks Kubernetes' API, whose functions are all Ready at once, and a gateway of our own that answers for
 * them.
 */
export interface ExperimentBed {
  server: KubernetesServer;
  directory: string;
  gateway: Http2Server;
  /** The functions that were called, in order. */
  called: string[];
  /** The port of the gateway. */
  port(): number;
  /** Runs a command on that cluster. */
  run(...words: string[]): Promise<CliRun>;
  read(path: string): Promise<string>;
  /** Writes a file into the directory, and returns its path. */
  write(name: string, content: unknown): Promise<string>;
}

/**
 * Makes such a server for each test of the file that calls it.
 * @param address the address of the gateway
 */
export function experimentBed(address = '127.0.0.1'): ExperimentBed {
  const bed: ExperimentBed = {
    // They are there before a test begins.
    ...({} as Pick<ExperimentBed, 'server' | 'directory' | 'gateway' | 'called'>),
    port: () => (bed.gateway.address() as AddressInfo).port,
    run: (...words) => cli([...words, '--kubeconfig', bed.server.kubeconfig], {}, { HOME: bed.directory }),
    read: (path) => readFile(join(bed.directory, path), 'utf8'),
    async write(name, content) {
      await writeFile(join(bed.directory, name), typeof content === 'string' ? content : JSON.stringify(content));
      return join(bed.directory, name);
    },
  };
  beforeEach(async () => {
    bed.directory = await mkdtemp(join(tmpdir(), 'vhive-experiments-'));
    bed.called = [];
    bed.gateway = createServer((request, response) => {
      bed.called.push(request.authority);
      response.end('fine');
    });
    bed.gateway.listen(0, '127.0.0.1');
    await once(bed.gateway, 'listening');
    bed.server = await KubernetesServer.start();
    bed.server.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
    bed.server.put({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'istio-ingressgateway', namespace: 'istio-system' } },
      status: { loadBalancer: { ingress: [{ ip: address }] } },
    } as KubernetesObject);
    const api = await createKubernetesClient(bed.server.kubeconfig);
    for (const [kind, plural] of [
      ['Service', 'services'],
      ['Revision', 'revisions'],
    ])
      await api.apply(
        {
          ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
          metadata: { name: `${plural}.serving.knative.dev` },
          spec: {
            group: 'serving.knative.dev',
            names: { kind, plural },
            scope: 'Namespaced',
            versions: [{ name: 'v1' }],
          },
        } as KubernetesObject,
        { dryRun: false },
      );
    bed.server.refuse = ({ method, object }) => {
      if (method === 'PATCH' && object?.apiVersion === knative.apiVersion)
        setTimeout(() => controller(bed.server, object), 5);
      return undefined;
    };
  });
  afterEach(async () => {
    bed.gateway.close();
    await bed.server[Symbol.asyncDispose]();
    await rm(bed.directory, { recursive: true });
  });
  return bed;
}

/** What Knative makes of a function: those that are called `bad` are refused for good. */
function controller(server: KubernetesServer, applied: KubernetesObject): void {
  const { name } = applied.metadata;
  const failed = { type: 'Ready', status: 'False', reason: 'RevisionFailed', message: 'no such image' };
  const conditions = name === 'bad' ? [failed] : [{ type: 'Ready', status: 'True' }];
  const status = { conditions, ...(name === 'bad' ? {} : { url: `http://${name}.default.functions.example.org` }) };
  server.put({ ...(server.get(applied) ?? applied), status } as KubernetesObject);
}
