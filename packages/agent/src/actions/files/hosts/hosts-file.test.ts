import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withHostsEntry } from './hosts-file.ts';

const registry = 'docker-registry.registry.svc.cluster.local';
const entry = (address: string) => `${address} ${registry} # managed by vhive-agent`;
const debian = '127.0.0.1\tlocalhost\n127.0.1.1\tnode1\n\n# IPv6\n::1 localhost ip6-localhost\n';

test('a line is added at the end', () => {
  expect(withHostsEntry(debian, [registry], '10.96.0.5')).toBe(`${debian}${entry('10.96.0.5')}\n`);
  expect(withHostsEntry('', [registry], '10.96.0.5')).toBe(`${entry('10.96.0.5')}\n`);
  expect(withHostsEntry('127.0.0.1 localhost', [registry], '10.96.0.5')).toBe(
    `127.0.0.1 localhost\n${entry('10.96.0.5')}\n`,
  );
});

test('a stale address is replaced where it stands', () => {
  expect(withHostsEntry(`${entry('10.96.0.4')}\n${debian}`, [registry], '10.96.0.5')).toBe(
    `${entry('10.96.0.5')}\n${debian}`,
  );
});

test("somebody else's line about the name stays, and ours comes first", () => {
  const text = `127.0.0.1 localhost\n10.1.1.1 ${registry}\n${entry('10.96.0.5')}\n`;
  expect(withHostsEntry(text, [registry], '10.96.0.5')).toBe(
    `127.0.0.1 localhost\n${entry('10.96.0.5')}\n10.1.1.1 ${registry}\n`,
  );
});

/** Returns the address that a resolver takes for a name: that of the first line about it. */
function resolved(text: string, name: string): string | undefined {
  for (const line of text.split('\n')) {
    const [address, ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    if (names.includes(name)) return address;
  }
  return undefined;
}

const name = fc.constantFrom('a', 'b', 'registry.local', 'localhost', 'c.d');
const address = fc.ipV4();
const line = fc.oneof(
  fc.string().map((text) => text.replaceAll('\n', ' ')),
  fc.tuple(address, fc.array(name, { maxLength: 3 })).map(([at, names]) => `${at}\t${names.join('  ')} # site`),
  fc
    .tuple(address, fc.array(name, { minLength: 1, maxLength: 2 }))
    .map(([at, names]) => `${at} ${names.join(' ')} # managed by vhive-agent`),
);
const file = fc.tuple(fc.array(line), fc.boolean()).map(([lines, end]) => lines.join('\n') + (end ? '\n' : ''));
const wanted = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });

test('whatever the file: the names lead there, a second time changes nothing, lines of others stay', () => {
  fc.assert(
    fc.property(file, wanted, address, (text, names, to) => {
      const after = withHostsEntry(text, names, to);
      for (const one of names) expect(resolved(after, one)).toBe(to);
      expect(withHostsEntry(after, names, to)).toBe(after);
      const foreign = (all: string) =>
        all.split('\n').filter((one) => !one.trimEnd().endsWith('managed by vhive-agent'));
      expect(foreign(after).filter((one) => one !== '')).toEqual(foreign(text).filter((one) => one !== ''));
    }),
  );
});
