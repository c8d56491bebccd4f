import type { Action } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';

/**
 * The longest secret in bytes. It is limited because a sealed secret is part of a step's outputs, which are sent in one
 * message.
 */
const MAX_BYTES = 64 * 1024;

/** The action `secret.seal`, whose contract says what it does. */
export const secretSeal: Action<'secret.seal'> = {
  async check({ path, recipients }, context) {
    const status = await context.host.stat(path);
    // In a dry run the file may be missing because an earlier step would make it.
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
