import type { Socket } from 'node:net';
import { type EnrolReply, type EnrolRequest, VhiveError } from '@vhive/shared';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Right } from '../../nodes/admission.ts';
import { normalAddress } from '../../nodes/node-address.ts';
import type { NodeRegistry } from '../../nodes/node-registry-interface.ts';
import type { Authority } from '../../trust/authority.ts';
import type { JoinTokens } from '../../trust/join-tokens.ts';
import { type Authorisation, authorise } from '../authorisation.ts';
import { statusOf } from '../error-handler.ts';
import { HttpError } from '../http-error.ts';
import { checkClock, checkProof } from '../proof.ts';
import { type Exchange, serve } from './serve.ts';

/** The largest enrolment request, in bytes. */
const ENROL_BODY_LIMIT = 64 * 1024;
/** How long the request of a pending agent is held open for its approval, in milliseconds. */
const LONG_POLL_MS = 25_000;

/** What {@link serveEnrolment} needs. */
export interface EnrolmentOptions {
  authority: Authority;
  tokens: JoinTokens;
  nodes: NodeRegistry;
  /** The CIDRs from which agents are let in without a token. They are asked for at each enrolment. */
  trustNetworks(): readonly string[];
  /**
   * Whether the other end of this connection is on the coordinator's own host, and may do there what the coordinator may.
   * Without it, nobody is.
   */
  isThisHost?(socket: Socket): Promise<boolean>;
  /** The NATS servers for an agent. `contacted` is the coordinator's address that the agent reached. */
  natsUrls(contacted: string): string[];
  /**
   * The limits per address and minute. The defaults are 6,000 requests, because hundreds of hosts may share an address,
   * and 10 refusals.
   */
  limits?: { requestsPerMinute?: number; refusalsPerMinute?: number } | undefined;
  /** The time for which a request is held open, in milliseconds, instead of 25 s. Only tests set it. */
  longPollMs?: number | undefined;
}

/**
 * Serves the route by which agents are let in. Register it on a server of `createHttpsServer`, in a scope of its own.
 */
export function serveEnrolment(app: FastifyInstance, options: EnrolmentOptions): void {
  const { authority, tokens, nodes, limits } = options;
  const requests = app.createRateLimit({ max: limits?.requestsPerMinute ?? 6_000, timeWindow: 60_000 });
  const refusals = app.createRateLimit({ max: limits?.refusalsPerMinute ?? 10, timeWindow: 60_000 });

  app.addHook('onRequest', async (request, reply) => {
    const exceeded = [await requests(request), await refusals(request, { increment: false })].find(
      (limit) => !limit.isAllowed && limit.isExceeded,
    );
    if (exceeded === undefined || exceeded.isAllowed) return;
    reply.header('retry-after', exceeded.ttlInSeconds);
    throw new HttpError('too-many', {
      message: `too many enrolment requests from ${request.ip}; try again in ${exceeded.ttlInSeconds} s`,
    });
  });

  serve(
    app,
    'enrol',
    async (input, call) => {
      try {
        return await enrol(input, call);
      } catch (error) {
        if (error instanceof VhiveError && [401, 403].includes(statusOf(error))) await refusals(call.request);
        throw error;
      }
    },
    { bodyLimit: ENROL_BODY_LIMIT },
  );

  async function enrol(body: EnrolRequest, { request, reply }: Exchange): Promise<EnrolReply> {
    const address = normalAddress(request.ip);
    checkProof(body);
    try {
      checkClock(body);
    } catch (error) {
      if (error instanceof VhiveError) nodes.noteRefused(body, address, error);
      throw error;
    }
    const authorisation = await authorise(body, address, tokens, options.trustNetworks());
    const isKnown = nodes.record(body.node)?.publicKey === body.publicKey;
    const { record, isNew } = await nodes
      .enrol(body, {
        address,
        right: rightOf(authorisation),
        here: (await options.isThisHost?.(request.raw.socket)) ?? false,
      })
      .catch((error: unknown) => {
        throw error instanceof VhiveError && error.code === 'refused' ? conflict(error) : error;
      });
    if (authorisation.by === 'token' && !isKnown) tokens.countUse(authorisation.id);
    if (isNew)
      request.log.info({ node: record.name, from: address, approved: record.approved, ...authorisation }, 'enrolment');
    // The first answer to a new agent comes at once, so that the agent can say what it waits for.
    const approved = record.approved || (!isNew && (await longPoll(request, record.name, record.publicKey)));
    if (!approved) {
      void reply.code(202);
      return { status: 'pending', retryAfterMs: 500 };
    }
    const { jwt, artifactToken } = await nodes.credentials(record.name);
    const natsUrls = options.natsUrls(normalAddress(request.socket.localAddress ?? ''));
    const { cluster, caPem } = authority;
    return { status: 'enrolled', cluster, node: record.name, jwt, natsUrls, ca: caPem, artifactToken };
  }

  async function longPoll(request: FastifyRequest, node: string, publicKey: string): Promise<boolean> {
    const gone = new AbortController();
    const leave = () => gone.abort();
    request.socket.once('close', leave);
    try {
      const patience = AbortSignal.timeout(options.longPollMs ?? LONG_POLL_MS);
      return await nodes.approval(node, publicKey, AbortSignal.any([gone.signal, patience]));
    } finally {
      request.socket.off('close', leave); // the connection is kept for the next request
    }
  }
}

function conflict(error: VhiveError): HttpError {
  return new HttpError('conflict', { message: error.message, hint: error.hint });
}

function rightOf(authorisation: Authorisation): Right {
  if (authorisation.by === 'nothing') return 'none';
  return authorisation.by === 'token' && authorisation.bound ? 'bound' : 'general';
}
