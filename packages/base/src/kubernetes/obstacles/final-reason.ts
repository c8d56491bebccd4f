import type { Final } from './obstacle.ts';
import type { ContainerStatus, Pod } from './pod.ts';

/**
 * What waiting does not heal is believed when it was there for so long, in milliseconds. Within this time the agent has
 * looked several times, and somebody who makes a missing object beside it has had his turn.
 */
const SURE_MS = 30_000;
/** A missing Secret or ConfigMap may be about to be made by a controller whose own image is still being pulled. */
const MISSING_MS = 45_000;
/** A registry that knows no such image, or lets nobody in, may be filled or corrected meanwhile. */
const REGISTRY_MS = 300_000;

/** The reasons of a waiting container that no further try changes. */
const hopeless = new Set(['CreateContainerConfigError', 'InvalidImageName', 'ErrImageNeverPull']);
const missingObject = /\b(?:secret|configmap)\b.*not found|couldn't find key/i;
/** What a registry, or the coordinator in the place of one, says that has no such image or gives it to nobody. Everything else may be its bad day. */
const refusedPull =
  /not found|manifest unknown|unauthorized|authentication required|access denied|denied: |no match for platform|repository does not exist|is not in the mirror tree/i;

/** What the runtime says of a program that the image does not have, or that is none. */
const noProgram = /exec: ".*(?:no such file or directory|not found in \$PATH|permission denied|exec format error)/;

/** Tells whether what keeps a container will not go away by waiting, and after how long that is sure. */
export function finalReason({ metadata }: Pod, { name, state, lastState }: ContainerStatus): Final | undefined {
  const { reason = '', message = '' } = state.waiting ?? {};
  const { namespace } = metadata;
  const final = (holdMs: number): Final => ({
    key: `${namespace}/${metadata.name}/${name}: ${reason}`,
    holdMs,
    hint: `kubectl -n ${namespace} describe pod ${metadata.name}`,
  });
  if (metadata.deletionTimestamp !== undefined) return undefined;
  if (hopeless.has(reason)) return final(missingObject.test(message) ? MISSING_MS : SURE_MS);
  // It is tried again and again, and says so in turns in its state and in that of the try before.
  if (noProgram.test(message) || noProgram.test(lastState.terminated?.message ?? ''))
    return { ...final(SURE_MS), key: `${final(0).key.split(': ')[0]}: program` };
  // Between two tries the kubelet only says that it pauses. Its latest refusal is in the message of either state.
  if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff')
    return refusedPull.test(message)
      ? { ...final(REGISTRY_MS), key: `${final(0).key.split(': ')[0]}: pull` }
      : undefined;
  return undefined;
}
