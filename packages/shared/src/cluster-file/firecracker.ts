import * as z from 'zod';
import { absolutePath } from '../actions/fields.ts';
import { nodeName } from '../names.ts';
import { gitRef, interfaceName, oneLine } from './fields.ts';

/** The repository of vHive on GitHub. */
export const VHIVE_REPOSITORY = 'vhive-serverless/vHive';
/** The branch of vHive for the Firecracker of its time, whose stack is that of 2022. */
export const LEGACY_VHIVE_REF = 'legacy-firecracker-v0.24.0-with-upf-support';
/** The last commit of that branch. */
export const LEGACY_VHIVE_COMMIT = '612788a3ca013b6abdd3f2038092ea2509ba1876';
/** The commit of vHive's main with which this release was made: what is pinned around it fits. */
export const VHIVE_COMMIT = '86fb026c767902ca37a7632cbcd01420b6e6b2f4';

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
      'Snapshots are loaded with user-level page faults, REAP (vHive -upf, on today’s vHive with -lazy), which implies snapshots',
    ),
  vhiveRepository: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
      'must be the owner and the name of a repository on GitHub, such as vhive-serverless/vHive',
    )
    .default(VHIVE_REPOSITORY)
    .describe('The repository on GitHub from which vHive comes: the owner and the name, such as those of a fork'),
  vhiveRef: gitRef
    .default(VHIVE_COMMIT)
    .describe(
      'The branch, tag or commit of that repository from which its source and the binaries of its bin/ come. The default is the commit with which this release was made; a branch moves',
    ),
  vhiveTree: absolutePath
    .optional()
    .describe(
      'A checkout of vHive on the control plane, with the files of Git LFS (git lfs pull), that is used in place of the repository. What is not committed is used too',
    ),
  generation: z
    .enum(['current', 'legacy'])
    .optional()
    .describe(
      'Which vHive it is: legacy speaks CRI v1alpha2 and gets the Kubernetes, containerd and Knative of its time. Default: legacy where the name of the ref has "legacy" in it. The fetched source is held against it',
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
    .describe(
      'The interface by which microVMs reach the world (vHive -hostIface); default: that of the default route, else that of the node’s address',
    ),
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
      'The JSON file on the control plane that holds the credentials for eStargz images (vHive -dockerCredentials): {"docker-credentials": {"<registry>": {"username": "…", "password": "…"}}}, with an entry for each registry, empty strings where none are needed; "https://index.docker.io/v1/" for Docker Hub',
    ),
  smokeBoot: z.boolean().default(false).describe('Boot one microVM on every node before Kubernetes is set up'),
});
