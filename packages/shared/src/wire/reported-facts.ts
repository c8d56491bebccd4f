import * as z from 'zod';
import { facts } from './facts.ts';
import { oneLine } from './one-line.ts';

/** The most interfaces, disks and addresses of one interface that an agent reports. It leaves out what is beyond. */
export const MOST_FACTS = { interfaces: 256, disks: 256, addresses: 16 };

const networkInterface = facts.shape.interfaces.element.extend({
  name: oneLine(64),
  mac: oneLine(64),
  addresses: z.array(z.union([z.cidrv4(), z.cidrv6()])).max(MOST_FACTS.addresses),
});

const disk = facts.shape.disks.element.extend({ name: oneLine(64) });

/**
 * The facts as a coordinator takes them from an agent, at enrolment and, when they changed, with a heartbeat. What hosts
 * say of themselves ends up in units, in files and on terminals of others: so everything has its shape and its bounds.
 */
export const reportedFacts = facts.extend({
  machineId: oneLine(128),
  hostname: oneLine(253),
  os: z.object({ id: oneLine(200), version: oneLine(200), name: oneLine(200) }),
  kernel: oneLine(200),
  arch: oneLine(64),
  disks: z.array(disk).max(MOST_FACTS.disks),
  interfaces: z.array(networkInterface).max(MOST_FACTS.interfaces),
  defaultAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
  containerEngines: z.array(oneLine(64)).max(32),
});
