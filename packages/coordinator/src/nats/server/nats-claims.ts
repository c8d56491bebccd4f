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
  /** A user of the account itself. */
  member: ProcessUser;
  /** The public key of the account. */
  account: string;
  jwt: string;
}): Promise<void> {
  const connectAs = ({ authenticator }: ProcessUser) =>
    connect({
      servers: update.url,
      tls: { ca: update.caPem },
      authenticator,
      name: 'coordinator (claims)',
      reconnect: false,
      timeout: 10_000,
    });
  // A server passes over the claims of an account of which it has seen no user yet, and says that all is well.
  const member = await connectAs(update.member);
  const connection = await connectAs(update.user).catch(async (cause: unknown) => {
    await member.close();
    throw cause;
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
    await member.close();
  }
}
