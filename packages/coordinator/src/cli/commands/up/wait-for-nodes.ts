import { type ApplicantView, type NodeView, VhiveError } from '@vhive/shared';
import type { Connection } from '../../connect.ts';
import { describeDuration } from '../../duration.ts';
import type { Reporter } from '../../follow/reporter.ts';
import { steadyStream } from '../../follow/steady-stream.ts';
import type { CommandWords } from '../../render/command-words.ts';
import { missingHosts, nodesBy, type WaitingModel, waitingAdvice } from '../../render/waiting-lines.ts';
import { type ChosenNodes, chooseNodes, isSettled } from './choose-nodes.ts';

/** The agents that already run come within this time, in milliseconds. Advice before then would be too early. */
const PATIENCE_MS = 3_000;

/** A join token is valid for at least this time, so that it does not expire on its way to the other host. */
const LEAST_TTL_SECONDS = 600;

/** What to wait for. */
export interface NodesWanted {
  expected: number;
  controlPlane: string | undefined;
  /** The wait is given up after so many seconds from now. */
  limitSeconds: number;
  /** Writes the command to type on a host that is missing, given the nodes known so far. */
  command: (nodes: readonly NodeView[]) => string;
  /** The command to type on this host when it has no agent; undefined when it has one. */
  ownCommand: string | undefined;
  /** See WaitingModel. */
  agentsComing: boolean;
  words: CommandWords;
}

/**
 * Waits until enough nodes are reachable. Where more are known than are wanted, those that would be chosen first get a
 * moment to come, so that the same nodes are chosen each time. Throws code `timeout`, naming the nodes that came, or the
 * signal's reason.
 */
export async function waitForNodes(
  connection: Pick<Connection, 'client' | 'isGone'>,
  wanted: NodesWanted,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<ChosenNodes> {
  const startedAt = new Date();
  const deadline = new Date(startedAt.getTime() + wanted.limitSeconds * 1000);
  const { expected, controlPlane, ownCommand, words } = wanted;
  let agentsComing = true;
  let token: string | undefined;
  const picture = (): WaitingModel => {
    const command = wanted.command(nodes);
    const who = { expected, controlPlane, nodes, applicants };
    return { ...who, startedAt, deadline, ownCommand, command, agentsComing, token, words };
  };
  let applicants: readonly ApplicantView[] = [];
  let nodes: readonly NodeView[] = await connection.client.nodes();
  let isPatient = true;
  const choice = () => {
    const chosen = chooseNodes(nodes, expected, controlPlane);
    return chosen && (!isPatient || isSettled(nodes, chosen)) ? chosen : undefined;
  };
  const there = choice();
  if (there) return there;
  const limit = AbortSignal.timeout(wanted.limitSeconds * 1000);
  const done = new AbortController();
  const either = AbortSignal.any([signal, limit, done.signal]);
  reporter.waiting(picture());
  const patience = setTimeout(async () => {
    isPatient = false;
    if (choice()) return done.abort();
    agentsComing = wanted.agentsComing;
    if (reporter.isPrivate && missingHosts(picture()) > 0)
      token = await joinToken(connection.client, wanted.limitSeconds);
    if (!done.signal.aborted) reporter.waiting(picture());
  }, PATIENCE_MS);
  try {
    const say = (text: string, level: 'info' | 'warning') => reporter.message(text, level);
    for await (const message of steadyStream(connection, undefined, either, say)) {
      if (message.type !== 'nodes') continue;
      nodes = message.nodes;
      applicants = message.applicants ?? [];
      reporter.waiting(picture());
      const chosen = choice();
      if (chosen) return chosen;
    }
  } finally {
    clearTimeout(patience);
    done.abort();
  }
  if (signal.aborted) throw signal.reason;
  const late = choice();
  if (late) return late;
  // The token was for this wait, and an error's text may be kept.
  throw tooFew({ ...picture(), agentsComing: wanted.agentsComing, token: undefined }, wanted.limitSeconds);
}

/** Makes a token for the hosts that are missing. Where that fails, the advice says how to make one. */
async function joinToken(client: Connection['client'], limitSeconds: number): Promise<string | undefined> {
  try {
    const created = await client.createToken({
      ttlSeconds: Math.max(LEAST_TTL_SECONDS, limitSeconds),
      description: 'made by vhive-coord up',
    });
    return created.token;
  } catch {
    return undefined;
  }
}

function tooFew(model: WaitingModel, limitSeconds: number): VhiveError {
  const reachable = nodesBy(model.nodes, 'reachable');
  const came = reachable.length === 0 ? 'none' : reachable.join(', ');
  const others = [...nodesBy(model.nodes, 'unreachable'), ...nodesBy(model.nodes, 'pending')];
  const silent = others.length === 0 ? '' : `; known, but unreachable or not approved: ${others.join(', ')}`;
  const refused = (model.applicants ?? []).map(({ node, address }) => `; refused: ${node} at ${address}`);
  return new VhiveError({
    code: 'timeout',
    message: `only ${reachable.length} of ${model.expected} nodes were reachable after ${describeDuration(limitSeconds)} (${came}${silent}${refused.slice(0, 5).join('')})`,
    hint: [...waitingAdvice(model), 'then type the same command again'].join('\n'),
  });
}
