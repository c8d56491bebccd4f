import * as z from 'zod';

/** What an endpoint speaks. `greeter` and `executor` are gRPC services. */
export const loadProtocol = z.enum(['greeter', 'executor', 'http1', 'h2c']);
/** See {@link loadProtocol}. */
export type LoadProtocol = z.infer<typeof loadProtocol>;

/** Whether calls share connections, or each opens one of its own, whose making is part of its latency. */
export const connectionUse = z.enum(['reuse', 'per-request']);
/** See {@link connectionUse}. */
export type ConnectionUse = z.infer<typeof connectionUse>;

/** Whom a load calls, and how. */
export const loadCalls = z.object({
  endpoints: z
    .array(z.string().min(1).max(253))
    .min(1)
    .max(2_000)
    .describe('The names of the endpoints, which are the authority of each call. Shots mean them by their index.'),
  gateway: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('The name or address of what is called in place of each endpoint; it is looked up where calls are sent.'),
  port: z.number().int().min(1).max(65_535),
  protocol: loadProtocol,
  connections: connectionUse,
  path: z.string().startsWith('/').max(2_000).describe('What calls over HTTP ask for.'),
  timeoutMs: z.number().min(1).max(86_400_000).describe('How long a call may take, milliseconds.'),
  mostInFlight: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('The most calls in flight at once, of each generator; absent: what open files allow.'),
});
/** See {@link loadCalls}. */
export type LoadCalls = z.infer<typeof loadCalls>;
