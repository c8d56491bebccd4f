import { VhiveError } from '@vhive/shared';

/** The file does not exist where it was looked for: trying again cannot help. */
export class FileAbsentError extends VhiveError {}
