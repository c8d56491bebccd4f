import { parseImageReference } from '@vhive/shared';
import type { PhaseContext, PlanNode } from './context.ts';
import { hostInterface } from './host-interface.ts';
import { type SmokeContext, smokeImages } from './smoke-images.ts';

type FlagContext = SmokeContext;

/**
 * Returns the flags of a node's vHive (see its vhive.go). The legacy branch knows neither -netPoolSize nor the prefixes
 * of addresses. Of REAP, the current vHive only has the lazy mode. Credentials are never among the flags, because every
 * user of a node can read a command line in a systemd unit.
 */
export function vhiveFlags(context: FlagContext, node: PlanNode): string[] {
  const { config, features } = context;
  const { upf, netPoolSize, vethPrefix, clonePrefix, debug, extraFlags } = config.firecracker;
  const { legacyVhive, microVmStargz } = features;
  const device = hostInterface(context, node);
  return [
    ...(features.snapshots ? ['-snapshots'] : []),
    ...(upf ? ['-upf'] : []),
    ...(upf && !legacyVhive ? ['-lazy'] : []),
    ...(microVmStargz ? ['-ss', 'proxy'] : []),
    ...(microVmStargz && !usesCredentials(context) ? ['-dockerCredentials', anonymousCredentials(context)] : []),
    ...(device === undefined ? [] : ['-hostIface', device]),
    ...(legacyVhive ? [] : ['-netPoolSize', String(netPoolSize)]),
    ...(legacyVhive ? [] : ['-vethPrefix', vethPrefix, '-clonePrefix', clonePrefix]),
    ...(debug ? ['-dbg'] : []),
    ...extraFlags,
  ];
}

/** Whether vHive is given credentials for images. */
export const usesCredentials = ({ config }: Pick<PhaseContext, 'config'>) =>
  config.firecracker.dockerCredentialsFile !== undefined;

/** Returns the names of the flags that vHive is given, without the dash and what the cluster file adds. */
export function vhiveFlagNames(context: FlagContext, node: PlanNode): string[] {
  const { extraFlags } = context.config.firecracker;
  return vhiveFlags(context, node)
    .slice(0, extraFlags.length === 0 ? undefined : -extraFlags.length)
    .filter((word) => word.startsWith('-'))
    .map((word) => word.slice(1));
}

/**
 * Returns the registries for which vHive's credentials need an entry. Within a microVM, an image is only pulled from
 * registries that the credentials name, even where none are needed (firecracker-containerd's docker-credential-mmds).
 * Docker Hub is known there by the address of its index.
 */
function registriesOfCredentials(context: FlagContext): string[] {
  const guest = smokeImages(context).at(-1) ?? '';
  const { registry } = parseImageReference(guest);
  return [registry === 'docker.io' ? DOCKER_HUB : registry];
}

/** The name of Docker Hub in credentials. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/** Returns the file of credentials that preflight looks into; null where there is none to look into. */
export function credentialsToCheck(context: FlagContext): { path: string; registries: string[] } | null {
  const path = context.config.firecracker.dockerCredentialsFile;
  if (path === undefined || !context.features.microVms) return null;
  return { path, registries: context.features.smokeFunction ? registriesOfCredentials(context) : [] };
}

/** Returns credentials without any secret, for images that anybody can pull. */
function anonymousCredentials(context: FlagContext): string {
  const names = ['ghcr.io', DOCKER_HUB, ...registriesOfCredentials(context)];
  const entries = [...new Set(names)].map((name) => [name, { username: '', password: '' }]);
  return JSON.stringify({ 'docker-credentials': Object.fromEntries(entries) });
}
