import type { ClusterSettings } from '@vhive/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveConfig, settingsNow, sourcesOf } from '../index.ts';

const said = (where: string, field: string, value: unknown) => ({ path: field.split('.'), value, where });
const stockOnly = said('--sandbox', 'sandbox', 'stock-only');
const file = (text: string, path = 'vhive.yaml') => ({ path, text });
const nothing: ClusterSettings = { said: [] };

/** Returns the configuration that holds after these commands, each of which remembers what the ones before it said. */
function after(...commands: ClusterSettings[]) {
  let remembered: ClusterSettings | undefined;
  let config = resolveConfig({});
  for (const given of commands) {
    remembered = settingsNow(remembered, given);
    config = resolveConfig(sourcesOf(remembered, given));
  }
  return { config, settings: remembered };
}

describe('what a cluster remembers', () => {
  it('holds for a command that says nothing', () => {
    expect(after({ said: [stockOnly, said('--nodes', 'nodes', 2)] }, nothing).config).toMatchObject({
      sandbox: 'stock-only',
      nodes: 2,
    });
    const first = { file: file('knative: { eventing: false }\n'), said: [], mirror: '/mirror' };
    expect(after(first, nothing)).toMatchObject({
      config: { knative: { eventing: false } },
      settings: { mirror: '/mirror' },
    });
  });

  it('yields to what is said now, also when that is the default', () => {
    expect(after({ said: [stockOnly] }, { said: [said('--sandbox', 'sandbox', 'firecracker')] }).config.sandbox).toBe(
      'firecracker',
    );
    const stargz = (value: boolean) => ({ said: [stockOnly, said('--stargz', 'stargz', value)] });
    expect(after(stargz(true), stargz(false), nothing).config.stargz).toBe(false);
    expect(after({ said: [], mirror: '/mirror' }, { said: [], mirror: 'internet' }, nothing).settings?.mirror).toBe(
      'internet',
    );
  });

  it('yields to a cluster file that speaks of the field, not to one that is silent', () => {
    const given = { said: [stockOnly, said('--nodes', 'nodes', 2)] };
    expect(after(given, { file: file('nodes: 3\n'), said: [] }).config).toMatchObject({
      nodes: 3,
      sandbox: 'stock-only',
    });
  });

  it('is a whole file: a line that is gone from it has its default again', () => {
    const text = 'sandbox: stock-only\nlimits: { joinConcurrency: 3 }\n';
    const { config } = after({ file: file(text), said: [] }, { file: file('sandbox: stock-only\n'), said: [] });
    expect(config.limits.joinConcurrency).toBe(25);
  });

  it('is named as remembered where it is wrong with what is said now', () => {
    const snapshots = said('--snapshots', 'firecracker.snapshots', true);
    expect(() => after({ said: [snapshots] }, { said: [stockOnly] })).toThrow(/--snapshots \(remembered\)/);
    const text = file('firecracker:\n  snapshots: true\n');
    expect(() => after({ file: text, said: [] }, { said: [stockOnly] })).toThrow(/vhive\.yaml \(remembered\):2/);
  });

  it('does not depend on how often a command is repeated', () => {
    const value = fc.record({
      nodes: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      eventing: fc.option(fc.boolean(), { nil: undefined }),
      file: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    });
    const command = value.map(
      ({ nodes, eventing, file: inFile }): ClusterSettings => ({
        ...(inFile === undefined ? {} : { file: file(`nodes: ${inFile}\n`) }),
        said: [
          ...(nodes === undefined ? [] : [said('--nodes', 'nodes', nodes)]),
          ...(eventing === undefined ? [] : [said('VHIVE_X', 'knative.eventing', eventing)]),
        ],
      }),
    );
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 6 }), (commands) => {
        const once = after(...commands);
        const twice = after(...commands.flatMap((given) => [given, given]), nothing);
        expect(twice.config).toEqual(once.config);
        // What is remembered does not grow with the number of commands.
        expect(once.settings?.said.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
