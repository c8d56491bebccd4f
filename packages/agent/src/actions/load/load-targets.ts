import { type Found, findTargets } from '@vhive/base/load/find-targets';
import type { LoadCalls } from '@vhive/shared';
import type { ActionContext } from '../kit/action.ts';

/**
 * Finds out where the endpoints of a load are called from this host, and whether somebody takes connections there. Names
 * are looked up here. Dispose of the result after the load.
 */
export async function loadTargets(
  { endpoints, gateway, port }: Pick<LoadCalls, 'endpoints' | 'gateway' | 'port'>,
  { host, signal }: Pick<ActionContext, 'host' | 'signal'>,
): Promise<Found & AsyncDisposable> {
  await using places = new AsyncDisposableStack();
  const reachedAt = async (address: string, at: number) => places.use(await host.serviceEndpoint(address, at));
  const found = await findTargets(endpoints, { gateway, port, reachedAt }, signal);
  const kept = places.move();
  return { ...found, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
