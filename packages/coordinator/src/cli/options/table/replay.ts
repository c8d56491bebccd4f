import { distributions } from '@vhive/core/traces/arrival-times';
import { cpuLimits } from '@vhive/core/traces/resources';
import { autoscalingMetrics } from '@vhive/core/traces/trace-service';
import { choice, decimal, gateway, listOf, path, port, secondsUpTo, text, wholeNumber } from '../argument-types.ts';
import type { OptionEntries } from '../option-entry.ts';
import { loadTable } from './load.ts';

/** A day in minutes and a day in seconds: the most intervals of a trace. */
const MOST_INTERVALS = 86_400;

/** Which part of a trace is replayed, and how. */
const what = {
  config: {
    flag: '--config <file>',
    variable: false,
    description: "the JSON configuration of invitro's loader; other options win over it",
    argument: path,
  },
  minutes: {
    flag: '--minutes <n>',
    variable: false,
    description:
      'replay so many minutes of the trace after the warm-up; its seconds with --granularity second (default: 1)',
    argument: wholeNumber(1, MOST_INTERVALS),
  },
  warmUp: {
    flag: '--warm-up <n>',
    variable: false,
    description: 'replay so many minutes before those that count (default: 0)',
    argument: wholeNumber(0, MOST_INTERVALS),
  },
  from: {
    flag: '--from <n>',
    variable: false,
    description: 'begin with this minute of the trace, counted from 1',
    argument: wholeNumber(1, MOST_INTERVALS),
    default: 1,
  },
  granularity: {
    flag: '--granularity <unit>',
    variable: false,
    description: 'what a column of the trace is (default: minute)',
    argument: choice('minute', 'second'),
  },
  distribution: {
    flag: '--distribution <name>',
    variable: false,
    description: 'how calls come within a minute; with _shift not all functions begin at once (default: exponential)',
    argument: choice(...distributions),
  },
  speed: {
    flag: '--speed <factor>',
    variable: false,
    description: 'replay so many times as fast; what functions have to do stays',
    argument: decimal(0.001, 10_000),
    default: 1,
  },
  seed: {
    flag: '--seed <n>',
    variable: false,
    description: 'all that happens by chance follows from it (default: 42)',
    argument: wholeNumber(0, 2 ** 32 - 1),
  },
  first: {
    flag: '--first <n>',
    variable: false,
    description: 'only the first so many functions of the trace',
    argument: wholeNumber(1, 1_000_000),
  },
  sample: {
    flag: '--sample <n>',
    variable: false,
    description: 'only so many functions, drawn by chance',
    argument: wholeNumber(1, 1_000_000),
  },
  function: {
    flag: '--function <hash>',
    variable: false,
    description: 'only the functions whose hash begins so; repeatable',
    argument: listOf(text),
  },
  trigger: {
    flag: '--trigger <name>',
    variable: false,
    description: 'only functions that are called by this, such as http or timer; repeatable',
    argument: listOf(text),
  },
  skipIncomplete: {
    flag: '--skip-incomplete',
    variable: false,
    description: 'leave out functions of which durations or memory are not known, instead of refusing the trace',
  },
  schedule: {
    flag: '--schedule <file>',
    variable: false,
    description: 'make exactly the calls that --save-schedule kept',
    argument: path,
  },
  saveSchedule: {
    flag: '--save-schedule <file>',
    variable: false,
    description: 'keep the calls in this file before they are made',
    argument: path,
  },
} as const satisfies OptionEntries;

/** How the functions are deployed. */
const functions = {
  cpuLimit: {
    flag: '--cpu-limit <rule>',
    variable: false,
    description: 'one CPU for each pod, or what Google Cloud Functions gives for its memory (default: 1vCPU)',
    argument: choice(...cpuLimits),
  },
  metric: {
    flag: '--metric <name>',
    variable: false,
    description: 'what pods are scaled by (default: concurrency)',
    argument: choice(...autoscalingMetrics),
  },
  partiallyPanic: {
    flag: '--partially-panic',
    variable: false,
    description: 'hardly ever add pods in panic, as IsPartiallyPanic of invitro',
  },
  image: {
    flag: '--image <ref>',
    variable: false,
    description: 'image of the trace function; in microVMs, of what runs inside',
    argument: text,
  },
  iterations: {
    flag: '--iterations <n>',
    variable: false,
    description: 'so many iterations keep a function busy for a millisecond; default: measured on this cluster',
    argument: wholeNumber(1, 1_000_000),
  },
  keep: { flag: '--keep', variable: false, description: 'do not delete the functions at the end' },
} as const satisfies OptionEntries;

/** How calls are made, and where results go. */
const calls = {
  gateway: {
    flag: '--gateway <address>',
    variable: false,
    description: 'IP address or name of the gateway, with or without a port; default: what the load balancer gave it',
    argument: gateway,
  },
  port: {
    flag: '--port <port>',
    variable: false,
    description: 'TCP port of the gateway (default: 80)',
    argument: port,
  },
  connections: {
    flag: '--connections <kind>',
    variable: false,
    description: 'reuse connections, or make one per-request as invitro does',
    argument: choice('reuse', 'per-request'),
    default: 'per-request',
  },
  timeout: {
    flag: '--timeout <duration>',
    variable: false,
    description: 'how long a call may take: seconds, or with a unit (default: 90s)',
    argument: secondsUpTo(86_400),
  },
  outputDir: loadTable.results.outputDir,
} as const satisfies OptionEntries;

/** The options of `replay`, by the heading of its help. */
export const replayTable = { what, functions, calls };
