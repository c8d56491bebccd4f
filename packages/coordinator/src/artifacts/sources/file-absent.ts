import { VhiveError } from '@vhive/shared';

/** The error that a file does not exist where it was looked for. Trying again cannot help. */
export class FileAbsentError extends VhiveError {}
