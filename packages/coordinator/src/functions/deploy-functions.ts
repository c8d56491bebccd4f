import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { isTransient, isUnknownKind } from '@vhive/base/kubernetes/kubernetes-error';
import { functionObstacles } from '@vhive/base/kubernetes/obstacles/function-obstacles';
import { obstacles } from '@vhive/base/kubernetes/obstacles/index';
import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import { createBackoff } from '@vhive/base/retry/backoff';
import { sleep } from '@vhive/base/retry/sleep';
import type { Deployment, WantedFunction } from '@vhive/core/functions/deployment';
import { type KubernetesObject, messageOf } from '@vhive/shared';
import pLimit from 'p-limit';
import * as z from 'zod';
import { type Outcome, untilReady } from './until-ready.ts';

/** A function that was deployed, or was not. */
export interface DeployedFunction {
  name: string;
  namespace: string;
  /** Its URL, once it is Ready. */
  url?: string;
  /** The time from applying it until it was Ready, in milliseconds. */
  readyMs?: number;
  /** Why it is not Ready, the most telling reason first. */
  reasons?: string[];
  /** How it is called from outside, where it is. */
  endpoint?: WantedFunction['endpoint'];
}

/** How functions are deployed. */
export interface DeployOptions {
  api: KubernetesApi;
  /** How many functions are deployed at a time. */
  concurrency: number;
  /** How long one function may take until it is Ready, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Called when something other than a function is applied, or Ready. */
  onApplied?: (title: string) => void;
  /** Called when what keeps a function has changed. */
  onWaiting?: (name: string, reasons: readonly string[]) => void;
  /** Called when a function is Ready, or will not be. */
  onFunction?: (deployed: DeployedFunction) => void;
}

/** What came of a deployment. */
export interface Deployed {
  functions: DeployedFunction[];
  /** What other objects failed, with the reason. After one of those that functions need, no function was deployed. */
  failures: { title: string; reasons: string[] }[];
}

/** For so many milliseconds an object that is refused for a reason that may pass is tried again. */
const AGAIN_MS = 20_000;
const BACKOFF = { firstMs: 250, longestMs: 4_000 };

/** Kinds of Knative's that say when they are Ready, and that functions or their callers need. */
const AWAITED = /^(?:eventing|messaging|sources|flows)\.knative\.dev\//;

/**
 * Deploys in order: what functions need, then functions, so many at a time, then what calls them. What is deployed
 * already is changed where it differs. Rejects only with the reason of the signal; what was applied by then stays.
 */
export async function deployFunctions(deployment: Deployment, options: DeployOptions): Promise<Deployed> {
  const failures: Deployed['failures'] = [];
  for (const object of deployment.before) {
    const reasons = await deployOther(object, options);
    if (reasons) failures.push({ title: titleOf(referenceTo(object)), reasons });
    if (reasons) return { functions: [], failures };
  }
  const limit = pLimit(options.concurrency);
  const functions = await Promise.all(deployment.functions.map((each) => limit(() => deployOne(each, options))));
  for (const object of deployment.after) {
    const reasons = await deployOther(object, options);
    if (reasons) failures.push({ title: titleOf(referenceTo(object)), reasons });
  }
  return { functions, failures };
}

async function deployOne({ service, endpoint }: WantedFunction, options: DeployOptions): Promise<DeployedFunction> {
  const { api, signal, timeoutMs } = options;
  const { name, namespace } = service.metadata;
  const started = performance.now();
  const base = { name, namespace, ...(endpoint === undefined ? {} : { endpoint }) };
  const outcome = await applied(service, options, (object) =>
    untilReady(api, object, {
      ...{ timeoutMs, signal },
      obstacles: (look) => functionObstacles(api, referenceTo(service), look),
      tell: (reasons) => options.onWaiting?.(name, reasons),
    }),
  );
  const deployed =
    'ready' in outcome
      ? { ...base, ...urlOf(outcome.ready), readyMs: Math.round(performance.now() - started) }
      : { ...base, reasons: withTime(outcome, timeoutMs) };
  options.onFunction?.(deployed);
  return deployed;
}

const withUrl = z.looseObject({ status: z.looseObject({ url: z.url() }) });

function urlOf(service: KubernetesObject): Pick<DeployedFunction, 'url' | 'reasons'> {
  const parsed = withUrl.safeParse(service);
  return parsed.success ? { url: parsed.data.status.url } : { reasons: ['it is Ready without a URL'] };
}

function withTime(outcome: Exclude<Outcome, { ready: unknown }>, timeoutMs: number): string[] {
  const [first, ...others] = outcome.reasons;
  return outcome.why === 'timeout' ? [`not Ready within ${timeoutMs / 1000} s: ${first}`, ...others] : outcome.reasons;
}

/** Applies an object that is no function and waits for it where it says when it is Ready. Returns why it failed. */
async function deployOther(object: KubernetesObject, options: DeployOptions): Promise<string[] | undefined> {
  const { api, signal, timeoutMs } = options;
  const reference = referenceTo(object);
  const outcome = await applied(object, options, async (now): Promise<Outcome> => {
    if (!AWAITED.test(object.apiVersion)) return { ready: now };
    return await untilReady(api, now, {
      ...{ timeoutMs, signal },
      obstacles: (look) => obstacles(api, reference, now, look),
      tell: (reasons) => options.onWaiting?.(titleOf(reference), reasons),
    });
  });
  if (!('ready' in outcome)) return withTime(outcome, timeoutMs);
  options.onApplied?.(titleOf(reference));
  return undefined;
}

/** Applies an object and goes on with it as the server has it. A refusal that may pass is tried again for a while. */
async function applied(
  object: KubernetesObject,
  { api, signal }: DeployOptions,
  goOn: (applied: KubernetesObject) => Promise<Outcome>,
): Promise<Outcome> {
  const backoff = createBackoff(BACKOFF);
  const end = performance.now() + AGAIN_MS;
  let now: KubernetesObject;
  for (;;) {
    try {
      now = await api.apply(object, { dryRun: false, signal });
      break;
    } catch (error) {
      signal.throwIfAborted();
      if (isUnknownKind(error))
        return {
          reasons: [
            `the cluster does not know ${object.kind} of ${object.apiVersion}: is Knative set up? ${messageOf(error)}`,
          ],
          why: 'hopeless',
        };
      if (!isTransient(error) || performance.now() >= end)
        return { reasons: [`refused: ${messageOf(error)}`], why: 'hopeless' };
      await sleep(backoff.nextMs(), signal);
    }
  }
  return await goOn(now);
}
