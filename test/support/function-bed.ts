import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubernetesClient } from '@vhive/base/kubernetes/kubernetes-client';
import { type CliRun, cli } from '@vhive/coordinator/cli/run-cli.fixture';
import type { KubernetesObject } from '@vhive/shared';
import { afterEach, beforeEach } from 'vitest';
import { KubernetesServer } from './kubernetes-server.ts';

/** Makes an object of the namespace `default`. */
export const object = (apiVersion: string, kind: string, name: string, rest: object = {}) =>
  ({ apiVersion, kind, metadata: { name, namespace: 'default' }, ...rest }) as KubernetesObject;

/** Makes a function, as Knative has it. */
export const knativeService = (name: string, rest: object = {}) =>
  object('serving.knative.dev/v1', 'Service', name, rest);

/** The file of a function. */
export const yaml = (name: string) =>
  JSON.stringify({
    ...knativeService(name),
    metadata: { name },
    spec: { template: { spec: { containers: [{ image: 'example.org/x' }] } } },
  });

const definition = (group: string, kind: string, plural: string) =>
  ({
    ...object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `${plural}.${group}`),
    spec: { group, names: { kind, plural }, scope: 'Namespaced', versions: [{ name: 'v1' }] },
  }) as KubernetesObject;

/** A server that speaks Kubernetes' API with Knative's kinds, and the commands about functions that are run on it. */
export interface FunctionBed {
  server: KubernetesServer;
  directory: string;
  /** What the controllers of this cluster make of a function that is applied; by default it becomes Ready. */
  controller: (service: KubernetesObject) => unknown;
  /** Makes a function Ready. */
  ready(service: KubernetesObject, host?: string): void;
  /** Writes a file into the directory, and returns its path. */
  file(name: string, text: string): Promise<string>;
  fn(...words: string[]): Promise<CliRun>;
  deploy(...words: string[]): Promise<CliRun>;
  /** The endpoints that `deploy` wrote. */
  endpoints(): Promise<unknown>;
  /** The names of what was applied. */
  applied(): (string | undefined)[];
}

/** Makes such a server for each test of the file that calls it. */
export function functionBed(): FunctionBed {
  const bed: FunctionBed = {
    // Both are there before a test begins.
    ...({} as Pick<FunctionBed, 'server' | 'directory'>),
    controller: (service) => bed.ready(service),
    ready: (service, host = `${service.metadata.name}.default.functions.example.org`) =>
      bed.server.put({
        ...service,
        status: {
          url: `http://${host}`,
          latestReadyRevisionName: `${service.metadata.name}-00001`,
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      } as KubernetesObject),
    async file(name, text) {
      await mkdir(join(bed.directory, name, '..'), { recursive: true });
      await writeFile(join(bed.directory, name), text);
      return join(bed.directory, name);
    },
    fn: (...words) => cli(['fn', ...words, '--kubeconfig', bed.server.kubeconfig], {}, { HOME: bed.directory }),
    deploy: (...words) => bed.fn('deploy', ...words, '--endpoints-file', join(bed.directory, 'endpoints.json')),
    endpoints: async () => JSON.parse(await readFile(join(bed.directory, 'endpoints.json'), 'utf8')) as unknown,
    applied: () =>
      bed.server.requests.filter(({ method }) => method === 'PATCH').map(({ object: each }) => each?.metadata.name),
  };
  beforeEach(async () => {
    bed.directory = await mkdtemp(join(tmpdir(), 'vhive-functions-'));
    bed.server = await KubernetesServer.start();
    bed.server.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
    const api = await createKubernetesClient(bed.server.kubeconfig);
    for (const [kind, plural] of [
      ['Service', 'services'],
      ['Revision', 'revisions'],
    ] as const)
      await api.apply(definition('serving.knative.dev', kind, plural), { dryRun: false });
    await api.apply(definition('eventing.knative.dev', 'Broker', 'brokers'), { dryRun: false });
    bed.controller = (service) => bed.ready(service);
    bed.server.refuse = ({ method, object: applied }) => {
      if (method === 'PATCH' && applied !== undefined && applied.apiVersion !== 'apiextensions.k8s.io/v1')
        setTimeout(() => bed.controller(bed.server.get(applied) ?? applied), 20);
      return undefined;
    };
  });
  afterEach(async () => {
    await bed.server[Symbol.asyncDispose]();
    await rm(bed.directory, { recursive: true });
  });
  return bed;
}
