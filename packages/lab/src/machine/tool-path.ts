import { delimiter } from 'node:path';

/** Programs of the machine live here, even when the caller's PATH lacks the sbin directories. */
export const toolPath = [process.env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']
  .filter(Boolean)
  .join(delimiter);
