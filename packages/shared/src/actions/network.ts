import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { noOutputs } from './fields.ts';

/** `nftables.table`. */
export const nftablesTable = defineAction({
  description:
    'A table of nftables that belongs to vHive alone holds exactly these rules, now and, by a oneshot systemd unit, after a reboot. It is replaced atomically, and other tables stay untouched.',
  params: z.object({
    family: z.enum(['ip', 'ip6', 'inet']),
    table: z.string().regex(/^vhive[a-z0-9_-]*$/),
    rules: z.string().describe('What stands between the braces of the table, as nft reads it'),
    unit: z.string().regex(/^[a-z0-9-]+\.service$/),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `hosts.entry`. */
export const hostsEntry = defineAction({
  description:
    'A name leads to this address in /etc/hosts, also after a reboot and after others rewrote the file: a script writes the line, at boot and whenever a systemd path unit sees a change. The lines of others stay as they are.',
  params: z.object({
    names: z.array(z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)).min(1),
    address: z.ipv4(),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});
