import type { ActionContract } from '@vhive/shared';
import type { ActionContext } from '../actions/kit/action.ts';

/** What an action found, seen without its types. */
export type AnyCheckResult = { converged: true; outputs: unknown } | { converged: false; changes: string[] };

/**
 * An action seen without its types: the executor validates params and outputs with the contract's schemas instead.
 * Every `Action<N>` is one.
 */
export interface AnyAction {
  check(params: unknown, context: ActionContext, applied?: unknown): Promise<AnyCheckResult>;
  apply(params: unknown, context: ActionContext): Promise<unknown>;
}

/** The actions an agent has, by name. */
export type ActionTable = Readonly<Record<string, AnyAction | undefined>>;

/** The contracts of the actions, by name. */
export type ContractTable = Readonly<Record<string, ActionContract | undefined>>;

/** A table, or how to load it when the first step comes: an idle agent needs no actions in memory. */
export type ActionSource = ActionTable | (() => Promise<ActionTable>);
