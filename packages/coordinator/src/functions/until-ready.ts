import { orAborted } from '@vhive/base/abort';
import { conditionsOf } from '@vhive/base/kubernetes/conditions';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { createHold, type Obstacle } from '@vhive/base/kubernetes/obstacles/obstacle';
import { referenceTo } from '@vhive/base/kubernetes/reference';
import type { KubernetesObject } from '@vhive/shared';
import { tellingOrder } from './telling-order.ts';

/** While something is waited for, it is looked this often why it is not there yet, in milliseconds. */
const LOOK_INTERVAL_MS = 2_000;
/** Nobody is told in the first milliseconds: most functions are Ready by then. */
const QUIET_MS = 5_000;
/** A single look may take so many milliseconds. */
const LOOK_LIMIT_MS = 4_000;
/**
 * What waiting does not heal is believed after a tenth of the time that `up` gives it: nobody repairs the cluster just
 * now, and whoever deploys waits before the screen.
 */
const PATIENCE = 0.1;
/** A function that says "no", and not just "not yet", is believed after so many milliseconds. */
const SAYS_NO_MS = 20_000;

/** Functions that nobody calls give their room back after a minute or two, also those that were just deployed. */
const ROOM_MS = 150_000;
/** What the scheduler says where there is no room now. */
const noRoom = /Insufficient |Too many pods/;

/** What came of a wait: the object, or why it is not Ready. */
export type Outcome = { ready: KubernetesObject } | { reasons: string[]; why: 'hopeless' | 'timeout' };

/** How something is waited for. */
export interface Wait {
  timeoutMs: number;
  signal: AbortSignal;
  /** Looks for what keeps it, beside what its own conditions say. */
  obstacles: (signal: AbortSignal) => Promise<Obstacle[]>;
  /** Called when what keeps it has changed. */
  tell: (reasons: readonly string[]) => void;
}

/**
 * Watches an object that was just applied until it is Ready as it was applied, and not as it was before. Ends at once
 * when waiting does not help. Rejects only with the reason of the signal.
 */
export async function untilReady(api: KubernetesApi, applied: KubernetesObject, wait: Wait): Promise<Outcome> {
  const { signal, tell } = wait;
  const limit = AbortSignal.timeout(wait.timeoutMs);
  const vain = new AbortController();
  const ended = AbortSignal.any([signal, limit, vain.signal]);
  const generation = numberOf(applied.metadata.generation);
  const hold = createHold(PATIENCE);
  const started = performance.now();
  let over = false;
  let latest: KubernetesObject | undefined;
  const told = new Set<string>();
  let known: string[] = [];
  const look = async () => {
    const seen = await wait.obstacles(AbortSignal.any([signal, AbortSignal.timeout(LOOK_LIMIT_MS)]));
    const found = [...seen.map(withTimeForRoom), ...(seen.some(wantsRoom) ? [] : saysNo(latest))];
    known = reasonsOf(found, latest);
    const lasting = hold(found, performance.now());
    if (lasting) vain.abort();
    const isQuiet = performance.now() - started < QUIET_MS;
    // A container that is tried again goes back and forth between the same few reasons.
    const main = known[0] ?? '';
    if (over || ended.aborted || isQuiet || told.has(sameText(main))) return;
    told.add(sameText(main));
    tell(known);
  };
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, LOOK_INTERVAL_MS);
  try {
    const isReady = (now: KubernetesObject | undefined) => {
      latest = now;
      return (
        isCurrent(now, generation) &&
        conditionsOf(now).some(({ type, status }) => type === 'Ready' && status === 'True')
      );
    };
    const ready = await orAborted(api.waitFor(referenceTo(applied), isReady, { signal: ended }), ended);
    return { ready: ready ?? applied };
  } catch (error) {
    signal.throwIfAborted();
    if (!ended.aborted) throw error;
    // The last look may be old, or there was none.
    if (!vain.signal.aborted) await look();
    return { reasons: known, why: vain.signal.aborted ? 'hopeless' : 'timeout' };
  } finally {
    over = true;
    clearInterval(timer);
  }
}

/** What a reason says without what comes and goes in it: numbers, and what was last seen. */
const sameText = (reason: string) => reason.split('; ', 1)[0]?.replaceAll(/\d+/g, '') ?? '';

const numberOf = (value: unknown) => (typeof value === 'number' ? value : 0);

/** Whether the controllers have seen the object as it was applied. */
function isCurrent(object: KubernetesObject | undefined, generation: number): boolean {
  const { status } = (object ?? {}) as { status?: { observedGeneration?: unknown } };
  return numberOf(status?.observedGeneration) >= generation;
}

/** Whether something finds no room on the nodes, which others may leave. */
const wantsRoom = ({ line, final }: Obstacle) => final !== undefined && noRoom.test(line);

function withTimeForRoom(obstacle: Obstacle): Obstacle {
  if (obstacle.final === undefined || !wantsRoom(obstacle)) return obstacle;
  return { ...obstacle, final: { ...obstacle.final, holdMs: ROOM_MS / PATIENCE } };
}

/** A condition Ready that is False, and not Unknown, as an obstacle. */
function saysNo(object: KubernetesObject | undefined): Obstacle[] {
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready');
  if (ready === undefined || ready.status !== 'False') return [];
  return [{ line: '', final: { key: `Ready: ${ready.reason}`, holdMs: SAYS_NO_MS / PATIENCE, hint: '' } }];
}

function reasonsOf(found: readonly Obstacle[], object: KubernetesObject | undefined): string[] {
  const unmet = conditionsOf(object).filter(({ status }) => status !== 'True');
  const own = unmet.map(
    ({ type, reason, message }) => `${type}: ${[reason, message].filter(Boolean).join(', ') || 'not yet'}`,
  );
  const lines = [...found.map(({ line }) => line), ...own].filter((line) => line !== '');
  if (lines.length > 0) return tellingOrder([...new Set(lines)]);
  return ['nothing was said about it yet: do the controllers run? kubectl get pods -A'];
}
