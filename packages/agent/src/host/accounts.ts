import { readFile } from 'node:fs/promises';

/** The names and numbers of users or of groups, read from /etc/passwd or /etc/group. */
export interface Accounts {
  nameOf(id: number): string;
  /** Returns the number of a name. Throws when the name is neither known nor a number itself. */
  idOf(name: string): number;
}

async function read(file: string, what: 'user' | 'group'): Promise<Accounts> {
  const text = await readFile(file, 'utf8').catch(() => 'root:x:0:');
  const byName = new Map<string, number>();
  const byId = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (!name || id === undefined || !/^\d+$/.test(id)) continue;
    if (!byName.has(name)) byName.set(name, Number(id));
    if (!byId.has(Number(id))) byId.set(Number(id), name);
  }
  return {
    nameOf: (id) => byId.get(id) ?? String(id),
    idOf(name) {
      const id = byName.get(name) ?? (/^\d+$/.test(name) ? Number(name) : undefined);
      if (id === undefined) throw new Error(`this host has no ${what} named ${name}`);
      return id;
    },
  };
}

/** Reads the users of the host. They are read again each time, because packages add users while the agent runs. */
export const readUsers = () => read('/etc/passwd', 'user');

/** Reads the groups of the host. */
export const readGroups = () => read('/etc/group', 'group');
