import { VhiveError } from '@vhive/shared';
import * as z from 'zod';
import { distributions } from './arrival-times.ts';
import { cpuLimits } from './resources.ts';
import { autoscalingMetrics } from './trace-service.ts';

/** The fields of invitro's loader configuration that a replay uses, with invitro's defaults (its docs/configuration.md). */
const loaderConfig = z.looseObject({
  Seed: z.int().min(0).default(42),
  Platform: z.string().default('Knative'),
  InvokeProtocol: z.string().default('grpc'),
  YAMLSelector: z.enum(['container', 'firecracker', 'wimpy']).default('container'),
  EndpointPort: z.int().min(1).max(65_535).default(80),
  TracePath: z.string().min(1).default('data/traces/example'),
  Granularity: z.enum(['minute', 'second']).default('minute'),
  OutputPathPrefix: z.string().min(1).default('data/out/experiment'),
  IATDistribution: z.enum(distributions).default('exponential'),
  CPULimit: z.enum(cpuLimits).default('1vCPU'),
  ExperimentDuration: z.int().min(1).default(1),
  WarmupDuration: z.int().min(0).default(0),
  IsPartiallyPanic: z.boolean().default(false),
  AutoscalingMetric: z.enum(autoscalingMetrics).default('concurrency'),
  GRPCFunctionTimeoutSeconds: z.number().positive().default(90),
  DAGMode: z.boolean().default(false),
  VSwarm: z.boolean().default(false),
});

/** What a loader configuration says. */
export type LoaderConfig = z.infer<typeof loaderConfig>;

/** Fields that change what is measured and that a replay cannot do, with the value at which they do nothing. */
const unsupported: readonly (readonly [key: string, harmless: unknown, instead: string])[] = [
  ['DAGMode', false, 'workflows of functions are not replayed'],
  ['VSwarm', false, 'deploy the functions with vhive-coord fn deploy, and call them with vhive-coord invoke'],
];

/** Fields without a meaning here: what they switch on is collected in another way, or always. */
const ignored = ['EnableZipkinTracing', 'EnableMetricsScrapping', 'BusyLoopOnSandboxStartup'];

/**
 * Reads a loader configuration of invitro. Returns it with the names of the fields that are switched on there and have no
 * meaning here. Throws `usage` for what a replay cannot do.
 */
export function readLoaderConfig(path: string, text: string): { config: LoaderConfig; ignored: string[] } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new VhiveError({ code: 'usage', message: `${path}: not valid JSON: ${(cause as Error).message}`, cause });
  }
  const result = loaderConfig.safeParse(content);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
    throw new VhiveError({ code: 'usage', message: `${path}: ${lines.join('; ')}` });
  }
  const config = result.data;
  const refuse = (key: string, hint: string) => {
    throw new VhiveError({
      code: 'usage',
      message: `${path}: ${key}: ${JSON.stringify(config[key])} is not replayed`,
      hint,
    });
  };
  if (config.Platform.toLowerCase() !== 'knative') refuse('Platform', 'only Knative is');
  if (config.InvokeProtocol !== 'grpc') refuse('InvokeProtocol', 'only grpc is');
  if (config.TracePath === 'RPS') refuse('TracePath', 'vhive-coord invoke --rps makes calls at a constant rate');
  for (const [key, harmless, hint] of unsupported) if (config[key] !== harmless) refuse(key, hint);
  return { config, ignored: ignored.filter((key) => config[key] === true) };
}
