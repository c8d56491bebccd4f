import type { ActionContract } from '@vhive/shared';
import type { ActionContext } from '../actions/kit/action.ts';

/** What an action's `check` found, for code that does not know which action it was. */
export type AnyCheckResult = { converged: true; outputs: unknown } | { converged: false; changes: string[] };

/**
 * An action whose parameter and output types are not known. The executor holds actions in this form and validates their
 * params and outputs with the schemas of the contracts instead. Every `Action<N>` is also an `AnyAction`.
 */
export interface AnyAction {
  check(params: unknown, context: ActionContext, applied?: unknown): Promise<AnyCheckResult>;
  apply(params: unknown, context: ActionContext): Promise<unknown>;
}

/** The actions that an agent can run, by name. */
export type ActionTable = Readonly<Record<string, AnyAction | undefined>>;

/** The contracts of the actions, by name. */
export type ContractTable = Readonly<Record<string, ActionContract | undefined>>;

/**
 * The table of actions, or a function that loads it when the first step comes, so that an idle agent need not hold the
 * actions in memory.
 */
export type ActionSource = ActionTable | (() => Promise<ActionTable>);
