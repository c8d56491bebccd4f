/** The scheduler: a pure function of events. Everything outside uses it through this file. */
export { type Applied, apply, replay } from './apply.ts';
export { attemptIdOf, attemptNumberOf } from './attempt-id.ts';
export type { Effect, EffectOf, RunOutcome } from './effects.ts';
export { type OutputsOf, outputsOfRun, resolveParams } from './resolve-params.ts';
export { isLive, resume, runningAttempts } from './resume.ts';
export { initialState, type NodeState, type RunState, type StepPosition, type StepState } from './state.ts';
export { view } from './view.ts';
