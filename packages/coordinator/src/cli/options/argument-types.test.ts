import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  type ArgumentType,
  durationUpTo,
  executor,
  lan,
  listOf,
  mirrorTree,
  moment,
  name,
  natsUrl,
  path,
  runId,
  textUpTo,
  tokenId,
  trustedNetwork,
} from './argument-types.ts';

/** What reads a word. What it makes of it does not matter here. */
interface Reader {
  parse(word: string): unknown;
}

const day = 86_400;
const refused: [what: string, type: Reader, words: string[]][] = [
  [
    'a trusted network',
    trustedNetwork,
    ['x', '10.0.0.1/33', '10.0.0.0', '10.0.0.1/24', '0.0.0.0/0', '::/0', '::1/129', '10.0.0.0/', '/8', '', 'a/8'],
  ],
  [
    'a NATS server',
    natsUrl,
    ['http://x', 'x', '', 'tls://', 'tls://u:p@x:4222', 'tls://x:4222/path', 'tls://x:99999', 'tls://x?y'],
  ],
  ['a mirror tree', mirrorTree, ['', 'ftp://x', 'http://', 'a\nb', 'HTTPS:// x']],
  ['a name', name, ['', 'a.b', 'A', '-a', 'a-', '*', '../../x', 'a\n', `${'a'.repeat(64)}`, '__proto__']],
  ['a node or the coordinator', executor, ['*', '>', 'a b', '@x', '']],
  ['a LAN', lan, ['', 'a b', '$(id)', '-x', '10.1.0.0', '10.1.0.0/33', 'a\nb', '..']],
  ['a run', runId, ['', 'run', '../x', 'run-x*', 'typo']],
  ['a token', tokenId, ['', 'a b', '../x', 'x'.repeat(65)]],
  ['a path', path, ['', 'a\0b', 'a\nb', 'x'.repeat(5000)]],
  ['a description', textUpTo(200), ['x'.repeat(201), 'a\nb', '\x1b[2J']],
  ['a duration', durationUpTo(365 * day), ['400d', '0s', '10', '', '9999999999d', '1.5h']],
  ['a moment', moment, ['', 'yesterday', '10', '2026-99-99', 'x2026-01-01']],
  ['a list', listOf(name), ['', ',', 'a,B', 'a,,*']],
];

describe.each(refused)('%s is not', (_, type, words) => {
  it.each(words.map((word) => [word]))('%j', (word) => {
    expect(() => type.parse(word)).toThrow(InvalidArgumentError);
  });
});

it.each([
  [trustedNetwork, ['10.10.1.0/24', '127.0.0.1/32', '127.0.0.0/8', '192.0.2.7/32', 'fd00::/8', '::1/128']],
  [natsUrl, ['tls://10.0.0.1:4222', 'nats://nats.example', 'tls://[::1]:4222']],
  [mirrorTree, ['/srv/mirror', 'https://mirror.example/tree', 'http://127.0.0.1:8080']],
  [name, ['a', 'node-1', 'a'.repeat(63)]],
  [lan, ['10.10.1.0/24', '127.29.216.0/24', 'eth0', 'enp0s31f6', 'br-lan.12', '10.10.1.7/24']],
  [runId, ['run-20260102t030405-ab12cd']],
] as [ArgumentType<string>, string[]][])('and these are taken as they are written', (type, words) => {
  for (const word of words) expect(type.parse(word)).toBe(word);
});

it('the coordinator has one name for people and one for programs', () => {
  expect(executor.parse('coordinator')).toBe('@coordinator');
  expect(executor.parse('@coordinator')).toBe('@coordinator');
});

it('what is wrong with a network says what was meant', () => {
  expect(() => trustedNetwork.parse('10.0.0.0')).toThrow('such as 10.0.0.0/32');
  expect(() => trustedNetwork.parse('10.10.1.7/24')).toThrow('did you mean 10.10.1.0/24?');
});

it('a moment is a time, or how long ago it is', () => {
  expect(moment.parse('2026-01-02T03:04:05Z')).toBe(Date.parse('2026-01-02T03:04:05Z'));
  expect(Math.abs(Date.now() - 600_000 - moment.parse('10m'))).toBeLessThan(60_000);
});
