import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseManifest } from '../manifest.ts';
import { addArguments, withArguments } from './add-arguments.ts';

test.for([
  { there: ['--a=1', '--b'], added: ['--a=2'], result: ['--a=2', '--b'] },
  { there: ['--a=1', '--b', '--a=3'], added: ['--a=2'], result: ['--a=2', '--b'] },
  { there: ['--b'], added: ['--b'], result: ['--b'] },
  { there: ['--b', '--c'], added: ['--b=false'], result: ['--b=false', '--c'] },
  { there: ['-log=info'], added: ['--log=debug'], result: ['--log=debug'] },
  { there: ['--log', 'info', '--c'], added: ['--log=debug'], result: ['--log', 'info', '--c', '--log=debug'] },
  { there: ['run'], added: ['run', 'fast'], result: ['run', 'fast'] },
  { there: ['--set=a=1'], added: ['--set=a=2', '--set=b=3'], result: ['--set=a=2', '--set=b=3'] },
  { there: ['--ab=1'], added: ['--a=2'], result: ['--ab=1', '--a=2'] },
])('$there with $added', ({ there, added, result }) => {
  expect(withArguments(there, added)).toEqual(result);
});

const argument = fc.constantFrom('--a', '--a=1', '--a=2', '-a=3', '--b', '--b=1', 'x', 'y', '--', '-', '--c=--a');

test('adding twice is adding once, and every flag has the value that was asked for', () => {
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 6 }), fc.array(argument, { maxLength: 4 }), (there, added) => {
      const once = withArguments(there, added);
      expect(withArguments(once, added)).toEqual(once);
      for (const each of added) expect(once).toContain(each);
    }),
    { numRuns: 3000 },
  );
});

const pod = '{containers: [{name: main, args: ["--a=1"]}, {name: side}], initContainers: [{name: init}]}';

test.for([
  ['Pod', 'v1', pod],
  ['Deployment', 'apps/v1', `{template: {spec: ${pod}}}`],
  ['DaemonSet', 'apps/v1', `{template: {spec: ${pod}}}`],
  ['StatefulSet', 'apps/v1', `{template: {spec: ${pod}}}`],
  ['Job', 'batch/v1', `{template: {spec: ${pod}}}`],
  ['CronJob', 'batch/v1', `{jobTemplate: {spec: {template: {spec: ${pod}}}}}`],
] as const)('containers of a %s get arguments', ([kind, apiVersion, spec]) => {
  const [object] = parseManifest(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: n}\nspec: ${spec}\n`, 'x');
  if (!object) throw new Error('nothing was parsed');
  const changed = JSON.stringify(addArguments(object, { main: ['--a=2'], side: ['--new'], init: ['once'] }));
  expect(changed).toContain('{"name":"main","args":["--a=2"]},{"name":"side","args":["--new"]}');
  expect(changed).toContain('{"name":"init","args":["once"]}');
  expect(() => addArguments(object, { other: ['--x'] })).toThrow(`${kind} n has no container other`);
});

test('what makes no pods cannot get arguments', () => {
  const [object] = parseManifest('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: n, namespace: s}\n', 'x');
  if (!object) throw new Error('nothing was parsed');
  expect(() => addArguments(object, { main: ['--x'] })).toThrow('ConfigMap s/n has no pod template');
});
