import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { seededRandom, seedFor } from '@vhive/core/load/random';
import { parseSchedule } from '@vhive/core/load/schedule-file';
import { chooseFunctions } from '@vhive/core/traces/choose-functions';
import { type LoaderConfig, readLoaderConfig } from '@vhive/core/traces/loader-config';
import type { Trace } from '@vhive/core/traces/trace';
import { type ReplayOptions, traceSchedule } from '@vhive/core/traces/trace-schedule';
import type { TraceServiceOptions } from '@vhive/core/traces/trace-service';
import { messageOf, type Schedule, VhiveError } from '@vhive/shared';
import { readTraceFolder } from '../../../traces/read-trace-folder.ts';
import type { Flags } from '../../options/command-options.ts';

/** What a replay is to do. */
export interface ReplayPlan {
  trace: Trace;
  /** The hashes of functions that were left out because something of them is not known. */
  leftOut: readonly string[];
  options: ReplayOptions;
  service: Omit<TraceServiceOptions, 'namespace' | 'sandbox' | 'initialScale' | 'iterationsPerMs'>;
  port: number;
  timeoutMs: number;
  /** What of the loader's configuration has no meaning here. */
  ignored: readonly string[];
  /** Makes the calls of endpoints, which are in the order of the functions. */
  scheduleFor(hosts: readonly string[]): Schedule;
}

/** Reads the trace and all that is said of it: options, then the loader's configuration, then defaults. */
export async function replayPlan(folder: string | undefined, flags: Flags<'replay'>): Promise<ReplayPlan> {
  const { config, ignored, base } = await loaderConfigOf(flags.config);
  if (folder === undefined && flags.config === undefined)
    throw new VhiveError({
      code: 'usage',
      message: 'no trace is named',
      hint: 'vhive-coord replay DIR, or --config with the configuration of invitro’s loader',
    });
  const path = folder ?? resolve(base, config.TracePath);
  const warmUp = flags.warmUp ?? config.WarmupDuration;
  const count = (flags.minutes ?? config.ExperimentDuration) + warmUp;
  const from = flags.from - 1;
  const seed = flags.seed ?? config.Seed;
  const read = await readTraceFolder(path, { intervals: from + count, skipIncomplete: flags.skipIncomplete === true });
  const choice = { first: flags.first, sample: flags.sample, hashes: flags.function, triggers: flags.trigger };
  const trace = chooseFunctions(read, choice, seededRandom(seedFor(seed, 'choice of functions')));
  const options: ReplayOptions = {
    granularity: flags.granularity ?? config.Granularity,
    distribution: flags.distribution ?? config.IATDistribution,
    ...{ from, count, warmUp, seed, speed: flags.speed },
  };
  const kept = flags.schedule === undefined ? undefined : await keptSchedule(flags.schedule, trace);
  return {
    ...{ trace, leftOut: read.leftOut, options, ignored },
    service: {
      image: flags.image,
      cpuLimit: flags.cpuLimit ?? config.CPULimit,
      metric: flags.metric ?? config.AutoscalingMetric,
      partiallyPanic: flags.partiallyPanic ?? config.IsPartiallyPanic,
    },
    port: flags.gateway?.port ?? flags.port ?? config.EndpointPort,
    timeoutMs: (flags.timeout ?? config.GRPCFunctionTimeoutSeconds) * 1_000,
    scheduleFor: (hosts) =>
      kept === undefined ? traceSchedule(trace, hosts, options) : { ...kept, endpoints: [...hosts] },
  };
}

/** The configuration of invitro's loader, and the folder from which its paths start: where the loader is started. */
async function loaderConfigOf(
  path: string | undefined,
): Promise<{ config: LoaderConfig; ignored: string[]; base: string }> {
  if (path === undefined) return { ...readLoaderConfig('', '{}'), base: '.' };
  const text = await readText(path, '--config');
  // The samples are in cmd/, and their paths start from the folder above it, where the loader is started.
  return { ...readLoaderConfig(path, text), base: dirname(dirname(resolve(path))) };
}

async function keptSchedule(path: string, trace: Trace): Promise<Schedule> {
  const schedule = parseSchedule(await readText(path, '--schedule'), path);
  const [kept, chosen] = [schedule.endpoints.length, trace.functions.length];
  if (kept === chosen) return schedule;
  throw new VhiveError({
    code: 'usage',
    message: `${path} has calls of ${kept} functions, and ${chosen} are chosen of the trace`,
    hint: 'choose the functions as when it was saved: --first, --sample with --seed, --function, --trigger',
  });
}

async function readText(path: string, option: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VhiveError({ code: 'usage', message: `${option}: ${path} cannot be read: ${messageOf(cause)}`, cause });
  });
}
