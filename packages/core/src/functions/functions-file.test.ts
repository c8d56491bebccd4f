import { VhiveError } from '@vhive/shared';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFunctionsFile } from './functions-file.ts';

const read = (text: string) => readFunctionsFile({ path: 'functions.json', text });

it('reads what vSwarm’s deployer reads', () => {
  const text = `{
  "functions": [
    { "name": "helloworld", "file": "helloworld.yaml", "count": 4, "eventing": false, "applyScript": "" },
    { "name": "pyaes", "file": "pyaes.yaml" },
    { "name": "off", "file": "off.yaml", "count": 0 },
    { "name": "chain", "eventing": true, "applyScript": "chain/apply.sh", "count": 1 }
  ]
}`;
  expect(read(text)).toEqual([
    expect.objectContaining({ name: 'helloworld', file: 'helloworld.yaml', count: 4, where: 'functions.json:3' }),
    expect.objectContaining({ name: 'pyaes', count: 1, eventing: false, applyScript: '' }),
    expect.objectContaining({ name: 'off', count: 0 }),
    expect.objectContaining({ name: 'chain', eventing: true, applyScript: 'chain/apply.sh' }),
  ]);
});

const one = (fields: object) => JSON.stringify({ functions: [{ name: 'a', file: 'a.yaml', ...fields }] }, undefined, 1);

it.each([
  ['', /^functions\.json: it is empty$/],
  ['{"functions": [\n{"name": "a",,}]}', /^functions\.json:2: it cannot be read/],
  ['[]', /^functions\.json:1: the file: /],
  ['{"functions": {}}', /^functions\.json:1: functions: /],
  ['{"functions": []}', /^functions\.json:1: it lists no function$/],
  ['{}\n---\n{}', /^functions\.json:\d: it goes on after its end$/],
  [one({ name: 'My_Function' }), /^functions\.json:4: "My_Function-0" is no name for a function/],
  [one({ name: `${'a'.repeat(60)}`, count: 2000 }), /^functions\.json:4: .* has 65 characters/],
  [one({ count: -1 }), /^functions\.json:6: functions\.0\.count: /],
  [one({ count: 1.5 }), /^functions\.json:6: functions\.0\.count: /],
  [one({ count: 1e9 }), /^functions\.json:6: functions\.0\.count: /],
  [one({ count: '2' }), /^functions\.json:6: functions\.0\.count: /],
  [one({ name: 7 }), /^functions\.json:4: functions\.0\.name: /],
  [one({ file: '' }), /^functions\.json:4: the function a names no file$/],
  [
    '{"functions": [\n{"name": "a", "file": "a"},\n{"name": "a", "file": "b"}]}',
    /^functions\.json:3: .* listed twice$/,
  ],
])('%j is refused with its line', (text, message) => {
  expect(() => read(text)).toThrow(message);
});

it('whatever is in the file, it is read or refused as a mistake of usage', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.anything().map((value) => JSON.stringify({ functions: [value] })),
      ),
      (text) => {
        try {
          expect(read(text).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(VhiveError);
          expect(error).toMatchObject({ code: 'usage' });
        }
      },
    ),
  );
});
