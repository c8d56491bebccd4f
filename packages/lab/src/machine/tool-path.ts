import { delimiter } from 'node:path';

/** The search path for programs of the machine. It has the sbin directories even when the caller's PATH lacks them. */
export const toolPath = [process.env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']
  .filter(Boolean)
  .join(delimiter);
