import type * as z from 'zod';
import { clusterFile } from '../../cluster-file/index.ts';
import { runEvent } from '../../events/run-events.ts';
import { plan, step, task } from '../../plan.ts';
import { facts } from '../../wire/facts.ts';
import { attemptSummary, failure, progress, taskResult } from '../../wire/results.ts';
import { artifactStored } from '../artifacts.ts';
import { health, statusView } from '../cluster.ts';
import { enrolReply, enrolRequest } from '../enrolment.ts';
import { httpFailure } from '../http-failure.ts';
import { logLine } from '../logs.ts';
import { nodeView } from '../nodes.ts';
import { retryRequest, runRequest, runStarted, runSummary, runView, stepView } from '../runs.ts';
import { streamMessage } from '../stream.ts';
import { tokenCreated, tokenRequest, tokenView } from '../tokens.ts';

/** Schemas by the names that they have in the OpenAPI document. Every other schema stands where it is used. */
export type NamedSchemas = Readonly<Record<string, z.ZodType>>;

/** The named schemas of what callers send. */
export const sentSchemas: NamedSchemas = {
  TokenRequest: tokenRequest,
  RunRequest: runRequest,
  ClusterFile: clusterFile,
  RetryRequest: retryRequest,
  EnrolRequest: enrolRequest,
  Facts: facts,
};

/** The named schemas of what the server answers. */
export const answeredSchemas: NamedSchemas = {
  Health: health,
  Status: statusView,
  Node: nodeView,
  Facts: facts,
  Token: tokenView,
  TokenCreated: tokenCreated,
  Plan: plan,
  PlannedStep: step,
  Task: task,
  RunStarted: runStarted,
  Run: runView,
  RunSummary: runSummary,
  Step: stepView,
  TaskResult: taskResult,
  Failure: failure,
  StreamMessage: streamMessage,
  RunEvent: runEvent,
  Attempt: attemptSummary,
  Progress: progress,
  LogLine: logLine,
  EnrolReply: enrolReply,
  ArtifactStored: artifactStored,
  HttpFailure: httpFailure,
};
