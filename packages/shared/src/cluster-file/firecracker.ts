import * as z from 'zod';
import { absolutePath } from '../actions/fields.ts';
import { nodeName } from '../names.ts';
import { gitRef } from './fields.ts';

/** The branch of vHive that still has REAP (user-level page faults). */
export const LEGACY_VHIVE_REF = 'legacy-firecracker-v0.24.0-with-upf-support';

/** YAML reads 172.17 as a number, and 172.10 as 172.1. */
const prefix = z
  .string({ error: 'must be the first two numbers of addresses, in quotes: "172.17"' })
  .regex(/^[0-9]{1,3}\.[0-9]{1,3}$/, 'must be the first two numbers of addresses: "172.17"');

/** `firecracker`: microVMs as the sandbox, and vHive that runs them. */
export const firecrackerSection = z.strictObject({
  snapshots: z
    .boolean()
    .default(false)
    .describe('vHive -snapshots: functions start from snapshots from their second instance on'),
  upf: z.boolean().default(false).describe(`vHive -upf (REAP): needs snapshots and vhiveRef ${LEGACY_VHIVE_REF}`),
  vhiveRef: gitRef
    .default('main')
    .describe('Branch, tag or commit of the vHive repository: its source and the binaries of its bin/'),
  buildNode: nodeName.optional().describe('Where vHive is compiled, once for all nodes; default: the control plane'),
  thinPool: z
    .strictObject({
      dataGiB: z.number().int().min(2).default(100).describe('Size of the sparse data file, GiB'),
      metadataGiB: z.number().int().min(1).max(16).default(2).describe('Size of the sparse metadata file, GiB'),
    })
    .prefault({})
    .describe('The device-mapper thin pool fc-dev-thinpool, on loop devices'),
  netPoolSize: z.number().int().min(0).max(1000).default(10).describe('vHive -netPoolSize: networks kept ready'),
  hostInterface: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,15}$/, 'must be the name of an interface, such as eno1')
    .optional()
    .describe('vHive -hostIface: interface that microVMs reach the world by; default: that of the default route'),
  vethPrefix: prefix.default('172.17').describe('vHive -vethPrefix: first two numbers of its veth addresses (/16)'),
  clonePrefix: prefix.default('172.18').describe('vHive -clonePrefix: first two numbers of its clone addresses (/16)'),
  debug: z.boolean().default(false).describe('vHive -dbg'),
  extraFlags: z
    .array(z.string().regex(/^-[^\p{Cc}]+$/u, 'must begin with "-" and be one line'))
    .default([])
    .describe('Further flags of vHive, as they are; never secrets'),
  dockerCredentialsFile: absolutePath
    .optional()
    .describe('JSON file on the control plane with the credentials for private images (vHive -dockerCredentials)'),
  smokeBoot: z.boolean().default(false).describe('Boot one microVM on every node before Kubernetes is set up'),
});
