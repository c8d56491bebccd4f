import type { IncomingMessage } from 'node:http';
import { createPinnedClient, type PinnedClient } from '@vhive/base/http/pinned-client';
import { readJson } from '@vhive/base/http/read-json';
import { ignoring } from '@vhive/base/ignoring';
import { httpFailure, VhiveError } from '@vhive/shared';
import { type CoordinatorAddress, formatCoordinatorAddress } from './enrolment/coordinator-address.ts';

/** HTTPS to one coordinator, trusting its CA and no other. */
export function createCoordinatorClient(address: CoordinatorAddress, ca: string): PinnedClient {
  return createPinnedClient({ origin: `https://${formatCoordinatorAddress(address)}`, ca, anyName: true });
}

/** What the server says about a refusal, or its status line when it says nothing readable. */
export async function readRefusal(response: IncomingMessage): Promise<VhiveError> {
  const text = await readJson(response).catch(ignoring('the status says enough'));
  const body = httpFailure.safeParse(text);
  const code = response.statusCode === 401 || response.statusCode === 403 ? 'refused' : 'unreachable';
  if (!body.success)
    return new VhiveError({ code, message: `the coordinator answered with HTTP ${response.statusCode}` });
  return new VhiveError({ code, message: body.data.message, hint: body.data.hint });
}
