import { conditionsOf } from '@vhive/base/kubernetes/conditions';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { eventsAbout } from '@vhive/base/kubernetes/obstacles/events';
import { functionObstacles } from '@vhive/base/kubernetes/obstacles/function-obstacles';
import { isReady, podLine } from '@vhive/base/kubernetes/obstacles/pod';
import { KNATIVE_SERVING } from '@vhive/core/functions/function-service';
import type { KubernetesObject } from '@vhive/shared';
import { FUNCTION_LABEL } from '@vhive/shared';
import * as z from 'zod';
import { functionsOf, functionView, podsByFunction, viewOf } from './function-view.ts';
import { tellingOrder } from './telling-order.ts';

const condition = z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string() });

/** All that `fn describe` tells of a function. */
export const functionDetails = functionView.extend({
  images: z.array(z.string()),
  conditions: z.array(condition),
  revisions: z.array(
    z.object({
      name: z.string(),
      ready: z.boolean(),
      image: z.string().nullable(),
      traffic: z.number().describe('Percent of the calls.'),
    }),
  ),
  podList: z.array(z.object({ name: z.string(), node: z.string().nullable(), ready: z.boolean(), state: z.string() })),
  reasons: z.array(z.string()).describe('What keeps it from being Ready, the most telling first.'),
  events: z.array(z.string()).describe('The latest warnings about it, its revisions and its pods.'),
});
/** See {@link functionDetails}. */
export type FunctionDetails = z.infer<typeof functionDetails>;

const containers = z.array(z.looseObject({ image: z.string().default('') })).default([]);
const service = z.looseObject({
  spec: z
    .looseObject({ template: z.looseObject({ spec: z.looseObject({ containers }).prefault({}) }).prefault({}) })
    .prefault({}),
  status: z
    .looseObject({
      traffic: z
        .array(z.looseObject({ revisionName: z.string().default(''), percent: z.number().default(0) }))
        .default([]),
    })
    .prefault({}),
});
const revision = z.looseObject({ spec: z.looseObject({ containers }).prefault({}) });

/** Looks at a function from all sides; undefined where there is none of that name. */
export async function describeFunction(
  api: KubernetesApi,
  { name, namespace }: { name: string; namespace: string },
  signal: AbortSignal,
): Promise<FunctionDetails | undefined> {
  const reference = { ...functionsOf(namespace), name };
  const object = await api.get(reference, { signal });
  if (object === undefined) return undefined;
  const [all, allPods] = await Promise.all([
    api.list({ apiVersion: KNATIVE_SERVING, kind: 'Revision', namespace }, { signal }),
    podsByFunction(api, namespace, signal),
  ]);
  const pods = allPods.get(name) ?? [];
  const revisions = all.filter((each) => labelsOf(each)[FUNCTION_LABEL] === name);
  const names = new Set([
    name,
    ...revisions.map(({ metadata }) => metadata.name),
    ...pods.map(({ metadata }) => metadata.name),
  ]);
  const view = viewOf(object, pods);
  const [said, obstacles] = await Promise.all([
    eventsAbout(api, namespace, names, signal),
    view.ready ? [] : functionObstacles(api, reference, signal),
  ]);
  const { spec, status } = service.parse(object);
  const percent = (of: string) =>
    status.traffic.filter(({ revisionName }) => revisionName === of).reduce((sum, each) => sum + each.percent, 0);
  return {
    ...view,
    images: spec.template.spec.containers.map(({ image }) => image),
    conditions: conditionsOf(object).map(({ type, status: is, reason, message }) => ({
      type,
      status: is,
      reason,
      message,
    })),
    revisions: revisions.map((each) => ({
      name: each.metadata.name,
      ready: conditionsOf(each).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      image: revision.parse(each).spec.containers[0]?.image ?? null,
      traffic: percent(each.metadata.name),
    })),
    podList: pods.map((pod) => ({
      name: pod.metadata.name,
      node: pod.spec.nodeName ?? null,
      ready: isReady(pod),
      state:
        pod.metadata.deletionTimestamp === undefined
          ? (podLine(pod)?.split('): ').slice(1).join('): ') ?? 'ready')
          : 'is leaving',
    })),
    reasons: tellingOrder(obstacles.map(({ line }) => line)),
    events: said.warnings.map(({ line }) => line),
  };
}

const labelsOf = ({ metadata }: KubernetesObject) => (metadata.labels ?? {}) as Readonly<Record<string, unknown>>;
