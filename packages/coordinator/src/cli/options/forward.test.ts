import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandOptions, type Flags } from './command-options.ts';
import { checkForwardable, forwarded } from './forward.ts';
import { flagName, switchedValue, type UpOptionEntry } from './option-entry.ts';
import { parseUp } from './parse-up.fixture.ts';

const entries: Record<string, UpOptionEntry> = commandOptions.up;
const forwardable = Object.entries(entries).filter(([, { inLab }]) => inLab === 'forwarded');

/** Words, some of which are right for each kind of option. */
const words = (choices: readonly string[] = []) => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9./:-]{0,12}$/);
  const number = fc.integer({ min: 0, max: 70_000 }).map(String);
  const time = fc.integer({ min: 1, max: 100_000 }).map((seconds) => `${Math.floor(seconds / 60)}m${seconds % 60}s`);
  const several = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join(', '));
  const shaped = fc.constantFrom('10.9.0.0/24', 'eth0', 'tls://nats.example:4222', './mirror', 'runtime', 'node-1');
  return fc.oneof(
    shaped,
    name,
    number,
    time,
    several,
    fc.string(),
    ...(choices.length > 0 ? [fc.constantFrom(...choices)] : []),
  );
};

/** The values that the option takes. */
function valuesOf(entry: UpOptionEntry): fc.Arbitrary<unknown> {
  const { argument } = entry;
  if (argument === undefined) return fc.constant(switchedValue(entry));
  return (
    words(argument.choices)
      .map((word) => {
        try {
          return { value: argument.parse(word) };
        } catch {
          return undefined;
        }
      })
      .filter((parsed) => parsed !== undefined)
      .map(({ value }) => value)
      // An empty list means the same as no list, and an empty variable says nothing.
      .filter((value) => (Array.isArray(value) ? value.length > 0 : entry.flag !== undefined || value !== ''))
  );
}

const flagsArbitrary = fc.record(Object.fromEntries(forwardable.map(([key, entry]) => [key, valuesOf(entry)])), {
  requiredKeys: [],
});

describe('the up inside a lab', () => {
  it('is given the same values as the one outside', () => {
    fc.assert(
      fc.property(flagsArbitrary, (given) => {
        const flags = { ...parseUp([]), ...given, origins: {} } as Flags<'up'>;
        const { words: inner, variables } = forwarded(flags);
        expect({ ...parseUp(inner, variables), origins: {} }).toEqual(flags);
      }),
    );
  });

  it('is given what variables said outside', () => {
    const flags = parseUp(['--lab', '3'], {
      VHIVE_SANDBOX: 'gvisor',
      VHIVE_STARGZ: '1',
      VHIVE_POD_CIDR: '10.9.0.0/16',
    });
    expect(forwarded(flags)).toEqual({
      words: ['--sandbox', 'gvisor', '--stargz'],
      variables: { VHIVE_POD_CIDR: '10.9.0.0/16' },
    });
  });

  it.each(Object.entries(entries))(
    'is either given %s, or that is the outer one’s or refused, with a reason',
    (_, { inLab }) => {
      if (inLab === 'forwarded') return;
      expect('outer' in inLab ? inLab.outer : inLab.refused).toMatch(/^[a-z].{20}/);
    },
  );

  it.each([['--state-dir'], ['--cache-dir'], ['--https-port']])('cannot be given %s, which is said at once', (flag) => {
    const flags = parseUp(['--lab', '2', flag, '7000']);
    expect(() => checkForwardable(flags)).toThrow(`${flag} cannot be used with --lab: `);
    expect(forwarded(flags).words).toEqual([]);
  });

  it('does not mind variables that speak of this machine', () => {
    const flags = parseUp(['--lab', '2'], { VHIVE_STATE_DIR: '/srv/x', VHIVE_HTTPS_PORT: '7000' });
    expect(() => checkForwardable(flags)).not.toThrow();
    expect(forwarded(flags)).toEqual({ words: [], variables: {} });
  });
});

it('every refusal names an option that has a flag', () => {
  for (const entry of Object.values(entries))
    if (entry.inLab !== 'forwarded' && 'refused' in entry.inLab) expect(flagName(entry)).toMatch(/^--/);
});
