import { connect } from '@nats-io/transport-node';
import { VhiveError } from '@vhive/shared';
import * as z from 'zod';
import type { ProcessUser } from '../../trust/user-jwt.ts';

/** The server's answer to a claims update. */
const claimsAnswer = z.object({
  data: z.object({ code: z.number() }).optional(),
  error: z.object({ description: z.string() }).optional(),
});

/**
 * Gives a running server a new JWT of an account, as a user of the system account. The users that it revokes are cut
 * off at once. The server forgets the new JWT when it reads its configuration file again, so write the JWT there first.
 */
export async function updateAccountClaims(update: {
  url: string;
  /** The CA certificate, PEM. */
  caPem: string;
  /** A user of the system account. */
  user: ProcessUser;
  /** The public key of the account. */
  account: string;
  jwt: string;
}): Promise<void> {
  const connection = await connect({
    servers: update.url,
    tls: { ca: update.caPem },
    authenticator: update.user.authenticator,
    name: 'coordinator (system)',
    reconnect: false,
    timeout: 10_000,
  });
  try {
    const subject = `$SYS.REQ.ACCOUNT.${update.account}.CLAIMS.UPDATE`;
    const answer = claimsAnswer.parse((await connection.request(subject, update.jwt, { timeout: 10_000 })).json());
    if (answer.error !== undefined || answer.data?.code !== 200)
      throw new VhiveError({
        code: 'internal',
        message: `nats-server refused the claims of account ${update.account}: ${answer.error?.description ?? 'no reason given'}`,
      });
  } finally {
    await connection.close();
  }
}
