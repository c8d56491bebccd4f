import { type Facts, MOST_FACTS, printable } from '@vhive/shared';

/** The longest names, in characters. */
const LONGEST = 64;
/** The longest texts that are more than a name, in characters. */
const LONGEST_SENTENCE = 200;

/**
 * Returns facts that the coordinator takes, whatever the host is called and has: texts are cut and shown printably, and
 * of very many disks or interfaces the first are named. Of the interfaces, those with addresses matter most.
 */
export function fitFacts(facts: Facts): Facts {
  const text = (value: string, most = LONGEST) => printable(value).slice(0, most);
  const [addressed, bare] = [facts.interfaces.filter(hasAddress), facts.interfaces.filter((link) => !hasAddress(link))];
  const kept = new Set([...addressed, ...bare].slice(0, MOST_FACTS.interfaces));
  return {
    ...facts,
    machineId: text(facts.machineId),
    hostname: text(facts.hostname, LONGEST_SENTENCE),
    os: {
      id: text(facts.os.id),
      version: text(facts.os.version),
      name: text(facts.os.name, LONGEST_SENTENCE),
    },
    kernel: text(facts.kernel, LONGEST_SENTENCE),
    disks: facts.disks.slice(0, MOST_FACTS.disks).map((disk) => ({ ...disk, name: text(disk.name) })),
    interfaces: facts.interfaces
      .filter((link) => kept.has(link))
      .map(({ name, mac, up, addresses }) => ({
        ...{ name: text(name), mac: text(mac), up },
        addresses: addresses.slice(0, MOST_FACTS.addresses),
      })),
  };
}

function hasAddress({ addresses }: Facts['interfaces'][number]): boolean {
  return addresses.length > 0;
}
