import * as z from 'zod';
import { isoTime, nodeName } from '../names.ts';
import { route } from './route.ts';

/** Options of a new join token. */
export const tokenRequest = z.object({
  ttlSeconds: z
    .number()
    .int()
    .positive()
    .max(365 * 86_400)
    .default(86_400)
    .describe('Seconds until it expires'),
  description: z.string().max(200).default(''),
  node: nodeName
    .optional()
    .describe('Only this node can enrol with it, once, and may have a new key: for a host that was set up anew'),
});
/** See {@link tokenRequest}. */
export type TokenRequest = z.input<typeof tokenRequest>;

/** A join token as listed. The secret is not among the fields. */
export const tokenView = z.object({
  id: z.string(),
  description: z.string(),
  createdAt: isoTime,
  expiresAt: isoTime,
  revoked: z.boolean(),
  node: nodeName.nullable().describe('The only node that can enrol with it; null: any'),
  uses: z.number().int().describe('Agents that have enrolled with it'),
});
/** See {@link tokenView}. */
export type TokenView = z.infer<typeof tokenView>;

/** Answer to the creation of a token. It is the only place where the secret stands. */
export const tokenCreated = z.object({
  token: z.string().describe('The whole token, as agents are given it. Secret'),
  view: tokenView,
});

/** The routes about join tokens. */
export const tokenRoutes = {
  tokens: route({
    method: 'GET',
    path: '/v1/tokens',
    summary: 'Lists the join tokens, without their secrets.',
    auth: 'operator',
    reply: { kind: 'json', schema: z.array(tokenView) },
    errors: [],
  }),
  createToken: route({
    method: 'POST',
    path: '/v1/tokens',
    summary: 'Makes a join token. This is the only time that its secret is shown.',
    auth: 'operator',
    body: tokenRequest,
    reply: { kind: 'json', schema: tokenCreated },
    errors: [],
  }),
  revokeToken: route({
    method: 'DELETE',
    path: '/v1/tokens/:id',
    summary: 'Revokes a join token. Agents that have enrolled with it stay.',
    auth: 'operator',
    params: z.object({ id: z.string().min(1).max(64) }),
    reply: { kind: 'nothing' },
    errors: [],
  }),
};
