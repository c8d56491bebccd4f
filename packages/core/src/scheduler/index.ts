/** The scheduler is a pure function of events. Everything outside its folder uses it through this file. */
export { apply, replay } from './apply.ts';
export { attemptIdOf, attemptNumberOf } from './attempt-id.ts';
export type { Effect, EffectOf, RunOutcome } from './effects.ts';
export { outputsOfRun, resolveParams } from './resolve-params.ts';
export { isLive, resume } from './resume.ts';
export { initialState, type RunState, type StepState } from './state.ts';
export { view } from './view.ts';
