import * as z from 'zod';

/** A range of IPv4 addresses, as text. */
export const cidr = z.string().regex(/^[0-9.]+\/[0-9]{1,2}$/, 'must be an IPv4 range such as 10.244.0.0/16');

/** A version without "v". */
export const version = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+){0,2}([-+.][0-9A-Za-z.-]+)?$/, 'must be a version without "v", such as 1.35.3');

/** A branch, tag or commit of a git repository. */
export const gitRef = z
  .string()
  .regex(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'must be a branch, tag or commit of git');

/** A host and port, or a host alone. */
export const hostName = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$/, 'must be a host name or address');
