import type { Params } from '@vhive/shared';
import type { Action, ActionContext } from '../kit/action.ts';
import { ensureFile, fileChanges, type ManagedFile } from '../kit/managed-file.ts';

/** Opens the secret and puts it into its template. From then on it is redacted in every form that it has there. */
function secretContent({ sealed, template, ...file }: Params<'secret.file'>, context: ActionContext): ManagedFile {
  const value = context.open(sealed);
  const base64 = Buffer.from(value).toString('base64');
  const content = template.replaceAll(/\{(value|base64)\}/g, (_all, form) => (form === 'value' ? value : base64));
  for (const text of [value, base64, content]) context.redact(text);
  return { ...file, content, secret: true };
}

/** The action `secret.file`, whose contract says what it does. */
export const secretFile: Action<'secret.file'> = {
  async check(params, context) {
    const changes = await fileChanges(context.host, secretContent(params, context));
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },
  async apply(params, context) {
    await ensureFile(context.host, secretContent(params, context));
    return undefined;
  },
};
