import * as z from 'zod';
import { version } from './fields.ts';

/** The version of one component, where the cluster file names it. */
export const componentVersion = version.optional();

/**
 * The versions of components, by name; a component that is absent has its known-good version. The catalogue of the core
 * knows which components there are, so that their names stand in one place. It makes this schema strict where a cluster
 * file is read, and the names are checked against it everywhere else.
 */
export const versionOverrides = z.record(z.string().regex(/^[A-Za-z0-9]{1,100}$/), componentVersion);
