import { VhiveError } from '@vhive/shared';

/** Thrown for a stored run that cannot be read or folded, because it is damaged or from another version. */
export class UnreadableRun extends VhiveError {
  constructor({ message, hint, cause }: { message: string; hint?: string | undefined; cause?: unknown }) {
    super({
      code: 'internal',
      message,
      hint: hint ?? 'a new run begins from what the nodes are now: vhive-coord up',
      cause,
    });
  }
}
