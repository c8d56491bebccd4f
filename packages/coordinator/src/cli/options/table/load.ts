import { parseThreshold } from '@vhive/core/load/thresholds';
import { messageOf } from '@vhive/shared';
import { InvalidArgumentError } from 'commander';
import {
  type ArgumentType,
  choice,
  decimal,
  fileName,
  gateway,
  listOf,
  name,
  path,
  port,
  secondsUpTo,
  textUpTo,
  webUrl,
  wholeNumber,
} from '../argument-types.ts';
import type { OptionEntries } from '../option-entry.ts';
import { functionPlace } from './functions.ts';

/** A week, in seconds. */
const LONGEST_LOAD = 7 * 86_400;

/** Bounds of a load, each as it was written. */
const thresholds: ArgumentType<string[]> = {
  parse(word, before = []) {
    try {
      return [...before, parseThreshold(word).text];
    } catch (error) {
      throw new InvalidArgumentError(`${messageOf(error)}.`);
    }
  },
  write: (values) => values,
};

/** What a load is. */
const what = {
  endpoints: {
    flag: '--endpoints <file>',
    variable: false,
    description: 'endpoints.json, where no hosts are named; default: ./endpoints.json',
    argument: path,
  },
  protocol: {
    flag: '--protocol <protocol>',
    variable: false,
    description: 'what endpoints speak: gRPC helloworld.Greeter or faas.Executor, HTTP/1.1, or plain HTTP/2',
    argument: choice('greeter', 'executor', 'http1', 'h2c'),
    default: 'greeter',
  },
  rps: {
    flag: '--rps <rate>',
    variable: false,
    description: 'calls per second, over all endpoints, which take turns; may have a fraction',
    argument: decimal(0.001, 1_000_000),
    default: 1,
  },
  time: {
    flag: '--time <duration>',
    variable: false,
    description: 'how long to send calls: seconds, or with a unit such as 90s or 10m',
    argument: secondsUpTo(LONGEST_LOAD),
    default: 5,
    defaultText: '5s',
  },
  warmUp: {
    flag: '--warm-up <duration>',
    variable: false,
    description: 'send the same load for this long before that; these calls are in calls.csv and in no figure',
    argument: secondsUpTo(LONGEST_LOAD),
  },
  arrivals: {
    flag: '--arrivals <kind>',
    variable: false,
    description: 'calls at constant distances, or of a Poisson process',
    argument: choice('constant', 'poisson'),
    default: 'constant',
  },
  seed: {
    flag: '--seed <number>',
    variable: false,
    description: 'seed of the Poisson process; default: another one each time, which is told',
    argument: wholeNumber(0, 4_294_967_295),
  },
  schedule: {
    flag: '--schedule <file>',
    variable: false,
    description: 'send exactly the calls of this file, which --save-schedule wrote, to its endpoints',
    argument: path,
  },
  saveSchedule: {
    flag: '--save-schedule <file>',
    variable: false,
    description: 'write what is sent when to whom to this file, before it is sent',
    argument: path,
  },
  runtimeMs: {
    flag: '--runtime-ms <ms>',
    variable: false,
    description: 'with --protocol executor: how long a call keeps its function busy',
    argument: wholeNumber(0, 4_294_967_295),
  },
  memoryMb: {
    flag: '--memory-mb <mb>',
    variable: false,
    description: 'with --protocol executor: how much memory it takes meanwhile',
    argument: wholeNumber(0, 4_294_967_295),
  },
  path: {
    flag: '--path <path>',
    variable: false,
    description: 'with --protocol http1 or h2c: what is asked for',
    argument: textUpTo(2_000),
    default: '/',
  },
} as const satisfies OptionEntries;

/** How calls are made. */
const how = {
  gateway: {
    flag: '--gateway <address>',
    variable: false,
    description: 'IP address or name of the gateway, with or without a port; default: the address of each endpoint',
    argument: gateway,
  },
  port: {
    flag: '--port <port>',
    variable: false,
    description: 'TCP port of the endpoints',
    argument: port,
    default: 80,
  },
  from: {
    flag: '--from <node>',
    variable: false,
    description:
      'send the load from these nodes instead of this machine, each its share, started together by their agents; repeatable, or a,b',
    argument: listOf(name),
  },
  connections: {
    flag: '--connections <kind>',
    variable: false,
    description: 'reuse connections, or make one per-request, in the time of which that is included as in vSwarm',
    argument: choice('reuse', 'per-request'),
    default: 'reuse',
  },
  maxInFlight: {
    flag: '--max-in-flight <n>',
    variable: false,
    description: 'most calls at once; further ones are not sent, and count as failed; default: what open files allow',
    argument: wholeNumber(1, 1_000_000),
  },
  timeout: {
    flag: '--timeout <duration>',
    variable: false,
    description: 'how long a call may take: seconds, or with a unit',
    argument: secondsUpTo(86_400),
    default: 30,
    defaultText: '30s',
  },
  kubeconfig: {
    ...functionPlace.kubeconfig,
    description:
      'kubeconfig file of the cluster, whose pods tell which calls met a cold start; default: one where kubectl finds it, if its cluster answers',
  },
} as const satisfies OptionEntries;

/** What is told and kept of a load. */
const results = {
  outputDir: {
    flag: '--output-dir <dir>',
    variable: false,
    description: 'folder of the results; its last part is made when it is missing',
    argument: path,
    default: '.',
  },
  latf: {
    flag: '--latf <name>',
    variable: false,
    description:
      'file of latencies from sending to answer, microseconds, of successes; rps<observed>_ is put before it',
    argument: fileName,
    default: 'lat.csv',
  },
  profile: {
    flag: '--profile',
    variable: false,
    description: "take the last word of a reply for the function's own duration, in microseconds",
  },
  durf: {
    flag: '--durf <name>',
    variable: false,
    description: 'file of the durations of --profile',
    argument: fileName,
    default: 'dur.csv',
  },
  trace: { flag: '--trace', variable: false, description: 'trace every call, and send its span to Zipkin' },
  zipkin: {
    flag: '--zipkin <url>',
    variable: false,
    description: 'where Zipkin takes spans (API version 2)',
    argument: webUrl,
    default: 'http://localhost:9411/api/v2/spans',
  },
  failIf: {
    flag: '--fail-if <bound>',
    variable: false,
    description: "end with exit code 4 where this holds: 'p99>200ms', 'errors>1%', 'rps<95%'; repeatable",
    argument: thresholds,
  },
  verbose: { flag: '--verbose', variable: false, description: 'tell each call that fails' },
} as const satisfies OptionEntries;

/** The options of `invoke` alone, by the heading of its help. */
export const loadTable = { what, how, results };
