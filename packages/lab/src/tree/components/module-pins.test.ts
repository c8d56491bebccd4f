import { expect, test } from 'vitest';
import { modulePins, modulesOfProgram, pinsOf } from './module-pins.ts';

const goMod = `module vhive/lab/example

go 1.26.0

godebug default=go1.25

require example.org/alone v1.0.0 // indirect

require (
	example.org/one v1.2.3
	example.org/two/v2 v2.0.0 // indirect
)

replace (
	example.org/one => example.org/fork v1.2.4 // a reason
)

tool example.org/one/cmd/x
`;
const goSum = `example.org/one v1.2.3/go.mod h1:aaa=
example.org/two/v2 v2.0.0 h1:bbb=
example.org/two/v2 v2.0.0/go.mod h1:ccc=
`;

test('reads settings and what pins each module, on lines of their own and in blocks', () => {
  const pins = modulePins(goMod, goSum);
  expect(pins.go).toBe('1.26.0');
  expect(pins.settings).toEqual(['go 1.26.0', 'godebug default=go1.25']);
  expect(Object.fromEntries(pins.modules)).toEqual({
    'example.org/alone': ['require v1.0.0'],
    'example.org/one': ['require v1.2.3', 'replace => example.org/fork v1.2.4'],
    'example.org/two/v2': ['require v2.0.0', 'v2.0.0 h1:bbb='],
  });
});

test('the pins of some modules do not change with others, comments or order', () => {
  const before = pinsOf(modulePins(goMod, goSum), ['example.org/two/v2', 'example.org/one']);
  const changed = goMod.replace('alone v1.0.0', 'alone v1.1.0').replace(' // indirect\n)', '\n)');
  expect(
    pinsOf(modulePins(changed, `${goSum}example.org/alone v1.1.0 h1:ddd=\n`), [
      'example.org/one',
      'example.org/two/v2',
    ]),
  ).toEqual(before);
  const raised = modulePins(goMod.replace('v2.0.0', 'v2.0.1'), goSum);
  expect(pinsOf(raised, ['example.org/two/v2', 'example.org/one'])).not.toEqual(before);
  const otherSum = modulePins(goMod, goSum.replace('bbb', 'zzz'));
  expect(pinsOf(otherSum, ['example.org/two/v2', 'example.org/one'])).not.toEqual(before);
});

test('reads the modules out of programs', () => {
  const output = `/bin/x: go1.26.8
\tpath\texample.org/one/cmd/x
\tmod\texample.org/one\tv1.2.3\th1:aaa=
\tdep\texample.org/two/v2\tv2.0.0
\t=>\texample.org/fork\tv2.0.1\th1:bbb=
\tbuild\t-trimpath=true
`;
  expect(modulesOfProgram(output)).toEqual(['example.org/one', 'example.org/two/v2']);
});
