import { count } from '@vhive/base/count';
import type { WantedFunction } from '@vhive/core/functions/deployment';
import type { Trace } from '@vhive/core/traces/trace';
import { type TraceServiceOptions, traceFunctionName, traceService } from '@vhive/core/traces/trace-service';
import { VhiveError } from '@vhive/shared';
import type { FunctionCluster } from '../../../functions/connect.ts';
import { deployFunctions } from '../../../functions/deploy-functions.ts';
import type { CliIo } from '../../io.ts';

/** How long a function may take until it is Ready, in milliseconds, when many are deployed. */
const READY_MS = 600_000;
/** So many functions are deployed at a time. */
const CONCURRENCY = 5;
/** So many functions that failed are named; the others are counted. */
const NAMED = 3;
/** So many of the reasons are told while a function is waited for. */
const TOLD = 2;

/** Makes the functions of a trace, in its order. */
export function traceServices({ functions }: Trace, options: TraceServiceOptions): WantedFunction[] {
  return functions.map((one, position) => {
    const name = traceFunctionName(position);
    const service = traceService(name, one, options);
    return {
      service: { ...service, metadata: { ...service.metadata, name, namespace: options.namespace } },
      endpoint: { eventing: false },
      where: one.hash,
    };
  });
}

/** Deploys functions, and returns their host names in the same order. Throws `step-failed` with why some are not Ready. */
export async function deployTrace(
  functions: readonly WantedFunction[],
  { api }: FunctionCluster,
  io: CliIo,
  signal: AbortSignal,
): Promise<string[]> {
  io.say(`deploying ${count(functions.length, 'function')}`);
  const deployed = await deployFunctions(
    { before: [], functions: [...functions], after: [] },
    {
      ...{ api, concurrency: CONCURRENCY, timeoutMs: READY_MS, signal },
      onWaiting: (name, reasons) => io.say(`${name} waits: ${reasons.slice(0, TOLD).join('; ')}`),
    },
  );
  const failed = deployed.functions.filter(({ url }) => url === undefined);
  if (failed.length > 0)
    throw new VhiveError({
      code: 'step-failed',
      message: `${failed.length} of ${functions.length} functions did not become Ready: ${failed
        .slice(0, NAMED)
        .map(({ name, reasons = [] }) => `${name}: ${reasons.join(', ')}`)
        .join('; ')}`,
    });
  return deployed.functions.map(({ url = '' }) => new URL(url).hostname);
}
