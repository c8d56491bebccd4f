import { isDeepStrictEqual } from 'node:util';
import type { ClusterFile } from '@vhive/shared';
import { type Document, isMap, parseDocument, stringify } from 'yaml';
import { type LabStack, stackFields } from '../tree/stack-choice.ts';
import { versionsBesideCatalogue } from '../tree/versions.ts';
import type { LabSoftware } from './lab-software.ts';

/** What turns off the filters that only Istio's own build of Envoy has. */
const withoutIstioFilters = {
  telemetry: { enabled: false },
  pilot: { env: { PILOT_ENABLE_METADATA_EXCHANGE: 'false', PILOT_ENABLE_ALPN_FILTER: 'false' } },
};

/** What a cluster file of a lab says of the software, by whether that is compiled. */
const headers = {
  compiled: `# Written by the lab. Change it and run \`vhive-coord up\` on this host again.
# Software without a version here has the one that this release knows. net-istio and kn are stand-ins of the lab.
`,
  released: `# Written by the lab. Change it and run \`vhive-coord up\` on this host again.
# All software is as its publishers release it, in the versions that this release knows.
`,
};

/** What of a lab's software its cluster file depends on. */
type Software = Pick<LabSoftware, 'versions' | 'compiled'>;

/**
 * Writes the cluster file of a lab. It differs from a real one in what containers on one shared kernel cannot have:
 * lowered OOM scores, kernel-wide limits of connection tracking, and a disk of their own to measure evictions by. Where
 * the software is compiled, it also differs in some versions, and in what Istio needs for an Envoy without Istio's own
 * filters.
 */
export function labClusterFile(hosts: number, { versions, compiled }: Software, stack: LabStack = 'full'): string {
  const beside = versionsBesideCatalogue(versions);
  const file: ClusterFile = {
    sandbox: 'stock-only',
    nodes: hosts,
    network: { plugin: 'bridge' },
    ...stackFields[stack],
    ...(Object.keys(beside).length > 0 ? { versions: beside } : {}),
    ...(compiled ? { istio: { values: withoutIstioFilters } } : {}),
    preflight: { minFreeGiB: 2 },
    kubernetes: {
      kubeletConfiguration: {
        failSwapOn: false,
        protectKernelDefaults: false,
        oomScoreAdj: 0,
        imageGCHighThresholdPercent: 100,
        evictionHard: {
          'memory.available': '100Mi',
          'nodefs.available': '0%',
          'imagefs.available': '0%',
          'nodefs.inodesFree': '0%',
        },
      },
      kubeProxyConfiguration: {
        mode: 'iptables',
        oomScoreAdj: 0,
        conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
      },
    },
  };
  return `${compiled ? headers.compiled : headers.released}${stringify(file)}`;
}

/**
 * Adapts a lab's cluster file to another number of hosts, other software, or another stack where one is asked for.
 * Everything else in it stays as it is, including the comments. A file that cannot be read stays as it is altogether,
 * because `up` says what is wrong with it.
 */
export function adaptedClusterFile(present: string, hosts: number, software: Software, stack?: LabStack): string {
  const [from, to] = software.compiled ? (['released', 'compiled'] as const) : (['compiled', 'released'] as const);
  const document = parseDocument(present.replace(headers[from], headers[to]));
  if (document.errors.length > 0) return present;
  document.set('nodes', hosts);
  setAll(document, ['versions'], versionsBesideCatalogue(software.versions), Object.keys(software.versions));
  const values = software.compiled ? withoutIstioFilters : undefined;
  const valuesNow: unknown = document.toJS().istio?.values;
  // Whatever a person gave Istio stays as it is.
  if (values === undefined && isDeepStrictEqual(valuesNow, withoutIstioFilters)) remove(document, ['istio', 'values']);
  if (values !== undefined && valuesNow === undefined) document.setIn(['istio', 'values'], document.createNode(values));
  if (stack !== undefined) changeStack(document, stack);
  return document.toString();
}

/** Sets the fields of a stack, and removes those by which the stack before left something out. */
function changeStack(document: Document, stack: LabStack): void {
  const leaves = (fields: ClusterFile) =>
    Object.entries(fields).flatMap(([part, content]) =>
      Object.entries(content as object).map(([key, value]) => ({ path: [part, key], value: value as unknown })),
    );
  for (const { path, value } of Object.values(stackFields).flatMap(leaves))
    if (document.getIn(path) === value) remove(document, path);
  for (const { path, value } of leaves(stackFields[stack])) document.setIn(path, value);
}

/** Sets the fields below a path, and removes the others of those that the lab knows. */
function setAll(
  document: Document,
  path: readonly string[],
  values: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void {
  for (const name of known)
    if (values[name] === undefined) remove(document, [...path, name]);
    else document.setIn([...path, name], values[name]);
}

/** Removes a field, and the one around it where nothing else is in that. */
function remove(document: Document, path: readonly string[]): void {
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  const around = path.slice(0, -1);
  const rest = document.getIn(around);
  if (around.length > 0 && isMap(rest) && rest.items.length === 0) remove(document, around);
}
