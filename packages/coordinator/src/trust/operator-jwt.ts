import { join } from 'node:path';
import { decode, encodeOperator, type Operator } from '@nats-io/jwt';
import type { KeyPair } from '@nats-io/nkeys';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';

/**
 * Opens the operator's JWT in `<stateDir>/operator.jwt` and makes it on first use. It is kept, because a running
 * nats-server refuses to read its configuration again when the operator JWT in it is another one, even if only the time
 * of issue differs.
 */
export async function openOperatorJwt(stateDir: string, operator: KeyPair, systemAccount: string): Promise<string> {
  const file = join(stateDir, 'operator.jwt');
  const kept = (await readFileIfPresent(file))?.trim();
  if (kept !== undefined && isOf(kept, operator, systemAccount)) return kept;
  const jwt = await encodeOperator('vhive', operator, { system_account: systemAccount });
  await writeFileAtomic(file, `${jwt}\n`);
  return jwt;
}

function isOf(jwt: string, operator: KeyPair, systemAccount: string): boolean {
  try {
    const { iss, nats } = decode<Operator>(jwt);
    return iss === operator.getPublicKey() && nats.system_account === systemAccount;
  } catch {
    return false;
  }
}
