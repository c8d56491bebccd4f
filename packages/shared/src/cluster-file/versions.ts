import * as z from 'zod';
import { version } from './fields.ts';

/** The version of one component, where the cluster file names it. */
export const componentVersion = version.optional();

/**
 * Versions by component; absent: the known-good ones. The catalogue of the core knows which components there are, so that
 * their names stand in one place: it makes this strict where a cluster file is read, and checks the names everywhere else.
 */
export const versionOverrides = z.record(z.string(), componentVersion);
