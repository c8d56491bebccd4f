import { FUNCTION_LABEL, type KubernetesObject } from '@vhive/shared';
import { conditionsOf } from '../conditions.ts';
import type { KubernetesApi, ObjectReference } from '../kubernetes-api.ts';
import { obstaclesOf } from './index.ts';
import type { Obstacle } from './obstacle.ts';

/** What Knative makes for a function, and says something about it. */
const MADE = [
  { apiVersion: 'serving.knative.dev/v1', kind: 'Revision' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
] as const;

/**
 * Tells why a function is not Ready: what its Revisions and Deployments say, what keeps its pods, and the latest warnings
 * about all of them. It never throws.
 */
export async function functionObstacles(
  api: KubernetesApi,
  { name, namespace = 'default' }: ObjectReference,
  signal: AbortSignal,
): Promise<Obstacle[]> {
  const lists = MADE.map((kind) => api.list({ ...kind, namespace }, { signal }).catch(() => []));
  const made = (await Promise.all(lists)).flat().filter((object) => labelsOf(object)[FUNCTION_LABEL] === name);
  const names = [name, ...made.map(({ metadata }) => metadata.name)];
  const found = await obstaclesOf(api, { namespace, names, podLabels: { [FUNCTION_LABEL]: name } }, signal);
  const says = made.flatMap(complaintsOf).map((line) => ({ line }));
  // What keeps the pods explains everything above them.
  return [...found, ...says];
}

const labelsOf = ({ metadata }: KubernetesObject) => (metadata.labels ?? {}) as Readonly<Record<string, unknown>>;

/** The conditions that only repeat what another one says. */
const echoes = new Set(['Ready', 'Active']);

/** Tells what a Revision or a Deployment says against itself. */
export function complaintsOf(object: KubernetesObject): string[] {
  const bad = conditionsOf(object).filter(({ type, status }) =>
    type === 'ReplicaFailure' ? status === 'True' : status !== 'True',
  );
  const own = bad.filter(({ type }) => !echoes.has(type));
  return (own.length > 0 ? own : bad).map(
    ({ type, reason, message }) =>
      `${object.kind} ${object.metadata.name}: ${type}: ${[reason, message].filter(Boolean).join(', ') || 'not yet'}`,
  );
}
