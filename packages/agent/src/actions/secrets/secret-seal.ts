import type { Action } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';

/** A sealed secret travels in a step's outputs, which are messages. */
const MAX_BYTES = 64 * 1024;

/** `secret.seal` */
export const secretSeal: Action<'secret.seal'> = {
  async check({ path, recipients }, context) {
    const status = await context.host.stat(path);
    // In a dry run an earlier step may be to make it.
    if (status === undefined) return { converged: false, changes: [`${path}: is sealed once it is there`] };
    if (status.bytes > MAX_BYTES)
      throw failedForGood(`${path} has ${status.bytes} bytes; a secret that is handed on may have ${MAX_BYTES}`);
    const content = await context.host.readFile(path);
    const text = content?.toString() ?? '';
    if (content === undefined || !Buffer.from(text).equals(content))
      throw failedForGood(`${path} is no text in UTF-8, so it cannot be handed on as a secret`);
    context.redact(text);
    const sealed = Object.entries(recipients).map(([node, key]) => [node, context.seal(key, text)] as const);
    return { converged: true, outputs: { sealed: Object.fromEntries(sealed) } };
  },
  async apply({ path }, { host }) {
    if ((await host.stat(path)) === undefined)
      throw failedForGood(`${path} is not there, so it cannot be handed to other nodes`, {
        hint: `it is a path of this host: ls -l ${path}`,
      });
    return undefined;
  },
};
