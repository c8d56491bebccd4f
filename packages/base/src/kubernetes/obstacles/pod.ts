import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';

const terminated = z.looseObject({
  reason: z.string().default(''),
  exitCode: z.number().default(0),
  message: z.string().default(''),
});
const container = z.looseObject({
  name: z.string(),
  ready: z.boolean().default(false),
  state: z
    .looseObject({
      waiting: z.looseObject({ reason: z.string().default(''), message: z.string().default('') }).optional(),
      terminated: terminated.optional(),
    })
    .prefault({}),
  lastState: z.looseObject({ terminated: terminated.optional() }).prefault({}),
});
const pod = z.object({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().default('default'),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
    ownerReferences: z
      .array(z.looseObject({ kind: z.string(), name: z.string(), controller: z.boolean().default(false) }))
      .default([]),
  }),
  spec: z.looseObject({ nodeName: z.string().optional(), containers: z.array(z.unknown()).default([]) }).prefault({}),
  status: z
    .looseObject({
      phase: z.string().default('Unknown'),
      reason: z.string().default(''),
      message: z.string().default(''),
      conditions: z
        .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().default('') }))
        .default([]),
      initContainerStatuses: z.array(container).default([]),
      containerStatuses: z.array(container).default([]),
    })
    .prefault({}),
});
/** What a pod says of one of its containers. */
export type ContainerStatus = z.infer<typeof container>;
/** The parts of a pod that are read here. */
export type Pod = z.infer<typeof pod>;

/**
 * The pods that were read already. Each object is read only once, because in a large cluster thousands of them are
 * looked at with every change of one.
 */
const read = new WeakMap<KubernetesObject, { pod: Pod | undefined }>();

/** Reads a pod; undefined when the object is not a pod. */
export function podOf(object: KubernetesObject): Pod | undefined {
  const known = read.get(object);
  if (known) return known.pod;
  const parsed = pod.safeParse(object);
  const found = { pod: parsed.success ? parsed.data : undefined };
  read.set(object, found);
  return found.pod;
}

/** Tells whether a pod is Running with all its containers ready. */
export function isReady({ spec, status }: Pod): boolean {
  return (
    status.phase === 'Running' &&
    status.containerStatuses.length >= spec.containers.length &&
    status.containerStatuses.every(({ ready }) => ready)
  );
}

const ended = ({ exitCode, reason, message }: z.infer<typeof terminated>) =>
  `ended with exit status ${exitCode}${reason ? ` (${reason})` : ''}${message ? `: ${message.trim().slice(0, 200)}` : ''}`;

/** The kubelet's message without the pod and container that it names at its end, which the line names already. */
const withoutWhere = (message: string) => message.replace(/ \(pod: "[^"]*", container: [^)]*\)$/, '');

function containerReason({ name, ready, state, lastState }: ContainerStatus): string[] {
  if (ready) return [];
  const last =
    lastState.terminated && lastState.terminated.exitCode !== 0 ? `, before ${ended(lastState.terminated)}` : '';
  if (state.waiting?.reason)
    return [
      `${name}: ${[state.waiting.reason, withoutWhere(state.waiting.message)].filter(Boolean).join(', ')}${last}`,
    ];
  if (state.terminated) return state.terminated.exitCode === 0 ? [] : [`${name}: ${ended(state.terminated)}`];
  // This is an init container at work, which is never "ready".
  return [];
}

/**
 * Tells why a pod is not ready, in one line that names the pod, its node and its containers; undefined when it is
 * ready.
 */
export function podLine(pod: Pod): string | undefined {
  if (isReady(pod)) return undefined;
  const { metadata, spec, status } = pod;
  const reasons = [...status.initContainerStatuses, ...status.containerStatuses].flatMap(containerReason);
  if (reasons.length === 0 && status.phase === 'Running')
    reasons.push(
      `not ready: ${status.containerStatuses.flatMap(({ name, ready }) => (ready ? [] : [name])).join(', ') || 'no word of its containers'}`,
    );
  if (reasons.length === 0) {
    const unscheduled = status.conditions.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
    reasons.push([status.phase, status.reason, status.message || unscheduled?.message].filter(Boolean).join(', '));
  }
  const where = spec.nodeName === undefined ? 'not scheduled' : `on ${spec.nodeName}`;
  return `pod ${metadata.namespace}/${metadata.name} (${where}): ${reasons.join('; ')}`;
}
