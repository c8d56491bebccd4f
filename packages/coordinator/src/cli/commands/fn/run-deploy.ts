import { count } from '@vhive/base/count';
import type { Deployment } from '@vhive/core/functions/deployment';
import { defined, VhiveError } from '@vhive/shared';
import { connectCluster, type FunctionCluster } from '../../../functions/connect.ts';
import { type Deployed, type DeployedFunction, deployFunctions } from '../../../functions/deploy-functions.ts';
import { type KnownSandbox, knownSandbox } from '../../../functions/known-sandbox.ts';
import { checkNodeSelectors } from '../../../functions/node-selectors.ts';
import { readWanted, type WantedFunctions } from '../../../functions/read-wanted.ts';
import { checkEndpointsFile, writeEndpoints } from '../../../functions/write-endpoints.ts';
import type { CliContext } from '../../context.ts';
import { describeDuration } from '../../duration.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';
import { defaultStateDir } from '../../options/coordinator-options.ts';
import { readRemembered } from '../../options/remembered.ts';

/** A reason is told in so many characters; `fn describe` tells all. */
const LONGEST_REASON = 480;
/** So many reasons of a function that failed are told; `fn describe` tells all. */
const TOLD = 4;

/** Deploys functions, and writes down where those can be called that are Ready. */
export async function runDeploy(
  words: readonly string[],
  flags: Flags<'fn deploy'>,
  { io }: CliContext,
): Promise<void> {
  const { minScale, maxScale, initialScale, concurrencyTarget, env = {}, nodeSelector = {} } = flags;
  const wanted = await readWanted({
    words,
    ...{ functionsFile: flags.functions, functionDirectory: flags.funcDir, count: flags.count },
    settings: { env, nodeSelector, minScale, maxScale, initialScale, concurrencyTarget },
  });
  await checkEndpointsFile(flags.endpointsFile);
  await withInterrupt(io, async (signal) => {
    const cluster = await connectCluster(flags, io.env, signal);
    const isChosen = Object.keys(nodeSelector).length > 0;
    await checkNodeSelectors(cluster.api, isChosen ? [{ field: '--node-selector', labels: nodeSelector }] : [], signal);
    const { sandbox } = await sandboxFor(wanted, flags, cluster, io, signal);
    await deploy(wanted.deployment({ ...cluster, sandbox }), flags, cluster, io, signal);
  });
}

/** Finds out the sandbox where some function is made for it, and says how it is known. */
async function sandboxFor(
  { needSandbox }: WantedFunctions,
  flags: Flags<'fn deploy'>,
  { api }: FunctionCluster,
  io: CliIo,
  signal: AbortSignal,
): Promise<Pick<KnownSandbox, 'sandbox'>> {
  const { sandbox: said } = flags;
  if (said !== undefined) return { sandbox: said };
  if (!needSandbox) return { sandbox: 'stock-only' };
  const { record } = await readRemembered(defaultStateDir(io.env)).catch(() => ({ record: undefined }));
  const known = await knownSandbox(api, record?.run?.basis.config.sandbox, signal);
  io.tell(`shipped functions are made for ${known.sandbox}, as ${known.because} (--sandbox says otherwise)`);
  return known;
}

async function deploy(
  deployment: Deployment,
  flags: Flags<'fn deploy'>,
  { api, namespace }: FunctionCluster,
  io: CliIo,
  signal: AbortSignal,
): Promise<void> {
  const ended: DeployedFunction[] = [];
  const { length } = deployment.functions;
  io.tell(`deploying ${count(length, 'function')}, ${Math.min(length, flags.concurrency)} at a time`);
  try {
    const deployed = await deployFunctions(deployment, {
      ...{ api, signal, concurrency: flags.concurrency, timeoutMs: flags.timeout * 1000 },
      onApplied: (title) => io.tell(`${title}: applied`),
      onWaiting: (name, reasons) => {
        io.line({ type: 'function-waiting', name, reasons: [...reasons] });
        io.say(`${name}: waits: ${short(reasons[0])}`);
      },
      onFunction: (each) => {
        ended.push(each);
        tellFunction(io, each);
      },
    });
    await tellEndpoints(io, flags, deployed.functions);
    judge(deployed, length, namespace);
  } catch (error) {
    if (!signal.aborted) throw error;
    await tellEndpoints(io, flags, ended);
    const open = length - ended.length;
    io.tell(
      `what was deployed stays, also the ${count(open, 'function')} that ${open === 1 ? 'was' : 'were'} not Ready yet or not begun: vhive-coord fn ls`,
    );
    throw error;
  }
}

function tellFunction(io: CliIo, { name, namespace, url, readyMs, reasons }: DeployedFunction): void {
  io.line({ type: 'function-deployed', name, namespace, ...defined({ url, readyMs, reasons }) });
  if (url !== undefined) return io.say(`${name}: Ready after ${describeDuration((readyMs ?? 0) / 1000)}, ${url}`);
  io.say(
    [`${io.style.bad(`${name}: failed`)}: ${short(reasons?.[0])}`, ...(reasons ?? []).slice(1, TOLD).map(short)].join(
      '\n',
    ),
  );
}

async function tellEndpoints(
  io: CliIo,
  { endpointsFile, gatewayUrl }: Flags<'fn deploy'>,
  functions: readonly DeployedFunction[],
): Promise<void> {
  const endpoints = await writeEndpoints(endpointsFile, functions);
  io.line({ type: 'endpoints', file: endpointsFile, endpoints });
  io.say(`${endpointsFile} has ${count(endpoints, 'endpoint')}`);
  const elsewhere = functions.find(
    ({ url }) => url !== undefined && gatewayUrl !== undefined && !new URL(url).host.endsWith(`.${gatewayUrl}`),
  );
  if (elsewhere?.url !== undefined)
    io.tell(
      `the functions are not below ${gatewayUrl}, but at ${new URL(elsewhere.url).host}: that is what was written`,
    );
}

/** Throws where something failed, with all of its names. */
function judge({ functions, failures }: Deployed, wanted: number, namespace: string): void {
  const failed = functions.filter(({ url }) => url === undefined);
  if (failed.length + failures.length === 0) return;
  const lines = [
    ...failures.map(({ title, reasons }) => `${title}: ${short(reasons[0])}`),
    ...failed.map(({ name, reasons }) => `${name}: ${short(reasons?.[0])}`),
  ];
  const [first] = failed;
  throw new VhiveError({
    code: 'step-failed',
    message: `${functions.length - failed.length} of ${count(wanted, 'function')} ${wanted === 1 ? 'is' : 'are'} Ready; failed:\n  ${lines.join('\n  ')}`,
    hint:
      first === undefined
        ? 'correct what failed, then type the same command again; what is Ready stays'
        : `see all of it: vhive-coord fn describe ${first.name} --namespace ${first.namespace ?? namespace}; what is Ready stays`,
  });
}

const short = (reason = 'no reason is known') =>
  reason.length <= LONGEST_REASON ? reason : `${reason.slice(0, LONGEST_REASON - 1)}…`;
