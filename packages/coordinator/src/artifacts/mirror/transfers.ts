import { defined, messageOf, VhiveError } from '@vhive/shared';
import pLimit from 'p-limit';
import type { PullContext, PullResult, TreeItem } from './pull-order.ts';

/** So many transfers run at once. */
const MOST_TRANSFERS = 4;

/** Does the transfers of a pull, a few at once, and keeps account of them. One that fails does not stop the others. */
export class Transfers {
  readonly result: PullResult = { pulled: [], failed: [], leftOut: [] };
  readonly #context: PullContext;
  readonly #limit = pLimit(MOST_TRANSFERS);

  constructor(context: PullContext) {
    this.#context = context;
  }

  /**
   * Runs one transfer. `work` returns undefined when there turned out to be nothing to transfer. Rejects only when the
   * pull is stopped.
   */
  async run(
    kind: TreeItem['kind'],
    title: string,
    work: () => Promise<Pick<TreeItem, 'bytes' | 'changed'> | undefined>,
  ): Promise<void> {
    await this.#limit(async () => {
      const { signal } = this.#context;
      signal.throwIfAborted();
      try {
        const done = await work();
        if (done === undefined) return;
        const item = { kind, title, bytes: done.bytes, changed: done.changed };
        this.result.pulled.push(item);
        this.#context.onItem(item);
      } catch (error) {
        signal.throwIfAborted();
        const { code, hint } = error instanceof VhiveError ? error : { code: 'step-failed' as const, hint: undefined };
        const item = { kind, title, code, message: messageOf(error), ...defined({ hint }) };
        this.result.failed.push(item);
        this.#context.onFailure(item);
      }
    });
  }

  /** Notes, once, what the tree will lack. */
  leaveOut(what: string): void {
    if (!this.result.leftOut.includes(what)) this.result.leftOut.push(what);
  }
}
