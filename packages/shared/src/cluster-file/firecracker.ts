import * as z from 'zod';
import { absolutePath } from '../actions/fields.ts';
import { nodeName } from '../names.ts';
import { gitRef, interfaceName, oneLine } from './fields.ts';

/** The branch of vHive that still has REAP (user-level page faults). */
export const LEGACY_VHIVE_REF = 'legacy-firecracker-v0.24.0-with-upf-support';

/**
 * The first two numbers of addresses. They must be quoted, because YAML reads 172.17 as a number, and 172.10 as 172.1.
 */
const prefix = z
  .string({ error: 'must be the first two numbers of addresses, in quotes: "172.17"' })
  .regex(/^[0-9]{1,3}\.[0-9]{1,3}$/, 'must be the first two numbers of addresses: "172.17"');

/** `firecracker`: microVMs as the sandbox, and vHive that runs them. */
export const firecrackerSection = z.strictObject({
  snapshots: z
    .boolean()
    .default(false)
    .describe('Functions start from snapshots from their second instance on (vHive -snapshots)'),
  upf: z
    .boolean()
    .default(false)
    .describe(
      `Snapshots are loaded with user-level page faults, REAP (vHive -upf), which needs snapshots and vhiveRef ${LEGACY_VHIVE_REF}`,
    ),
  vhiveRef: gitRef
    .default('main')
    .describe(
      'The branch, tag or commit of the vHive repository from which its source and the binaries of its bin/ come',
    ),
  buildNode: nodeName
    .optional()
    .describe('The node on which vHive is compiled, once for all nodes; default: the control plane'),
  thinPool: z
    .strictObject({
      dataGiB: z.number().int().min(2).max(65_536).default(100).describe('The size of the sparse data file, in GiB'),
      metadataGiB: z.number().int().min(1).max(16).default(2).describe('The size of the sparse metadata file, in GiB'),
    })
    .prefault({})
    .describe('The device-mapper thin pool fc-dev-thinpool, on loop devices'),
  netPoolSize: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(10)
    .describe('How many networks vHive keeps ready (vHive -netPoolSize)'),
  hostInterface: interfaceName
    .optional()
    .describe('The interface by which microVMs reach the world (vHive -hostIface); default: that of the default route'),
  vethPrefix: prefix
    .default('172.17')
    .describe('The first two numbers of the veth addresses, a /16 (vHive -vethPrefix)'),
  clonePrefix: prefix
    .default('172.18')
    .describe('The first two numbers of the clone addresses, a /16 (vHive -clonePrefix)'),
  debug: z.boolean().default(false).describe('vHive logs more than usual (vHive -dbg)'),
  extraFlags: z
    .array(oneLine.regex(/^-./, 'must begin with "-"'))
    .default([])
    .describe('Further flags, which vHive is given as they are. They must hold no secrets'),
  dockerCredentialsFile: absolutePath
    .optional()
    .describe(
      'The JSON file on the control plane that holds the credentials for private images (vHive -dockerCredentials)',
    ),
  smokeBoot: z.boolean().default(false).describe('Boot one microVM on every node before Kubernetes is set up'),
});
