import { systemFailure } from '@vhive/base/system-failure';
import { VhiveError } from '@vhive/shared';
import type { FastifyInstance } from 'fastify';

/** Lets the HTTPS server answer on all addresses. Throws `usage` when another program has the port. */
export async function listenHttps(app: FastifyInstance, port: number): Promise<void> {
  try {
    await app.listen({ host: '0.0.0.0', port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw systemFailure(error) ?? error;
    throw new VhiveError({
      code: 'usage',
      message: `port ${port}, on which agents and operators are to be answered, is taken by another program`,
      hint: `ss -ltnp 'sport = :${port}' shows which; end it, or choose another port with --https-port`,
      cause: error,
    });
  }
}
