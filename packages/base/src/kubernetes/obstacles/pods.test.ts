import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readEvents } from './events.ts';
import { nodeObject, podObject, readPod, unscheduledStatus, waitingStatus } from './pod-objects.fixture.ts';
import { podObstacles } from './pods.ts';

const quiet = { warnings: [], pulls: [] };
const event = (reason: string, message: string, more: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: message.slice(0, 9), namespace: 'here' } },
  ...{ type: 'Warning', reason, message, involvedObject: { kind: 'Pod', name: 'p' }, ...more },
});
const see = (status: object, surroundings: Partial<Parameters<typeof podObstacles>[1]> = {}, pod: object = {}) =>
  podObstacles([readPod(podObject('p', status, pod))], { said: quiet, ...surroundings });

/** The kubelet's own words, each with how long it must be seen until it counts, in seconds. */
const waits: [reason: string, message: string, holdSeconds: number | undefined][] = [
  [
    'CreateContainerConfigError',
    'container has runAsNonRoot and image will run as root (pod: "p_here(1)", container: main)',
    30,
  ],
  ['CreateContainerConfigError', 'configmap "settings" not found', 45],
  ['CreateContainerConfigError', 'secret "key" not found', 45],
  ['CreateContainerConfigError', "couldn't find key a in ConfigMap here/settings", 45],
  ['InvalidImageName', 'Failed to apply default image tag "A:B:C": invalid reference format', 30],
  ['ErrImageNeverPull', 'Container image "x:1" is not present with pull policy of Never', 30],
  ['ErrImagePull', 'rpc error: code = NotFound desc = failed to resolve reference "x:1": x:1: not found', 300],
  ['ImagePullBackOff', 'Back-off pulling image "x:1": ErrImagePull: failed to authorize: 401 Unauthorized', 300],
  ['ErrImagePull', '403 x:1 is not in the mirror tree: add it to images.preload of the cluster file', 300],
  ['RunContainerError', 'error during container init: exec: "/nope": stat /nope: no such file or directory', 30],
  ['RunContainerError', 'exec: "nope": executable file not found in $PATH', 30],
  ['RunContainerError', 'failed to create shim task: context deadline exceeded', undefined],
  ['ErrImagePull', 'dial tcp 192.0.2.1:443: connect: connection refused', undefined],
  ['ImagePullBackOff', 'Back-off pulling image "x:1"', undefined],
  ['CrashLoopBackOff', 'back-off 40s restarting failed container', undefined],
  ['ContainerCreating', '', undefined],
  ['PodInitializing', '', undefined],
];

it.each(waits)('%s, %s: counts after %s s', (reason, message, holdSeconds) => {
  const [found] = see(waitingStatus(reason, message));
  expect(found?.line).toBe(
    `pod here/p (on node1): main: ${[reason, message.replace(/ \(pod: .*/, '')].filter(Boolean).join(', ')}`,
  );
  expect(found?.final?.holdMs).toBe(holdSeconds && holdSeconds * 1000);
  expect(see(waitingStatus(reason, message), {}, { metadata: { deletionTimestamp: 'now' } })[0]?.final).toBeUndefined();
});

it('a refusal of the registry is the same obstacle while the kubelet pauses between two tries', () => {
  const key = (reason: string) => see(waitingStatus(reason, 'x:1: not found'))[0]?.final?.key;
  expect(key('ErrImagePull')).toBe(key('ImagePullBackOff'));
});

it('a program that the image lacks is the same obstacle while its container is tried again', () => {
  const message = 'exec: "/nope": stat /nope: no such file or directory';
  const ended = { lastState: { terminated: { exitCode: 128, reason: 'StartError', message } } };
  const status = {
    containerStatuses: [{ name: 'main', state: { waiting: { reason: 'CrashLoopBackOff' } }, ...ended }],
  };
  const key = see(waitingStatus('RunContainerError', message))[0]?.final?.key;
  expect(see(status)[0]?.final?.key).toBe(key);
});

const none = '0/2 nodes are available: ';
const scheduling: [message: string, nodes: Parameters<typeof nodeObject>[1][], leaving: boolean, isFinal: boolean][] = [
  [
    `${none}2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available.`,
    [{}, {}],
    true,
    true,
  ],
  [`${none}1 Insufficient cpu, 1 node(s) had untolerated taint(s).`, [{}, { taints: ['mine'] }], false, true],
  [`${none}2 Insufficient cpu.`, [{}, {}], true, false],
  [`${none}2 node(s) had untolerated taint(s).`, [{}, { taints: ['node.kubernetes.io/not-ready'] }], false, false],
  [`${none}2 node(s) had untolerated taint(s).`, [{}, { ready: false }], false, false],
  [`${none}2 pod has unbound immediate PersistentVolumeClaims.`, [{}, {}], false, false],
  ['no nodes available to schedule pods', [], false, false],
  [`${none}2 Insufficient memory`, [], false, false],
];
it.each(scheduling)('%s with nodes %j, pods leaving %s: is final %s', (message, nodes, isMakingRoom, isFinal) => {
  const cluster = { nodes: nodes.map((given, index) => nodeObject(`node${index}`, given)), isMakingRoom };
  const [found] = see(unscheduledStatus(message), { cluster }, { node: null });
  expect(found?.line).toBe(`pod here/p (not scheduled): Pending, ${message}`);
  expect(found?.final !== undefined).toBe(isFinal);
  // Nobody who may not see the nodes decides about them.
  expect(see(unscheduledStatus(message), {}, { node: null })[0]?.final).toBeUndefined();
});

it('says since when an image is being pulled, in steps, and which probe fails', () => {
  const pulling = event('Pulling', 'Pulling image "x:1"', { type: 'Normal', lastTimestamp: '2026-01-01T00:00:00Z' });
  const done = event('Pulled', 'Successfully pulled image "x:1" in 40s', { lastTimestamp: '2026-01-01T00:00:40Z' });
  const probe = event('Unhealthy', 'Readiness probe failed: connection refused');
  const at = (events: object[], second: number) =>
    readEvents(events as Parameters<typeof readEvents>[0], new Set(['p']), Date.UTC(2026, 0, 1, 0, 0, second));
  const line = (events: object[], second: number) =>
    see(waitingStatus('ContainerCreating'), { said: at(events, second) })[0]?.line;
  const head = 'pod here/p (on node1): main: ContainerCreating';
  expect(line([pulling], 3)).toBe(`${head}; the image x:1 is being pulled`);
  expect(line([pulling], 34)).toBe(`${head}; the image x:1 is being pulled, for 30 s by now`);
  expect(line([{ ...done, type: 'Normal' }, pulling], 50)).toBe(head);
  expect(line([probe], 50)).toBe(`${head}; last event: Unhealthy, Readiness probe failed: connection refused`);
});

it('what crashes says how it ended, and its last words', () => {
  const ended = { lastState: { terminated: { exitCode: 2, reason: 'Error' } } };
  const lastLines = new Map([['here/p/main', ['opening the port', 'panic: no permission']]]);
  expect(see(waitingStatus('CrashLoopBackOff', 'back-off 10s', ended), { lastLines })[0]?.line).toBe(
    'pod here/p (on node1): main: CrashLoopBackOff, back-off 10s, before ended with exit status 2 (Error); its last words: opening the port | panic: no permission',
  );
});

it('of any pods: one line for each that is not ready, those that waiting does not heal first', () => {
  const state = fc.constantFrom(...waits.map(([reason, message]) => waitingStatus(reason, message)), {
    phase: 'Running',
    containerStatuses: [{ name: 'main', ready: true }],
  });
  fc.assert(
    fc.property(fc.array(state, { maxLength: 12 }), (states) => {
      const pods = states.map((status, index) => readPod(podObject(`p${index}`, status)));
      const found = podObstacles(pods, { said: quiet });
      expect(found).toHaveLength(states.filter((status) => !('phase' in status)).length);
      const finals = found.map(({ final }) => final !== undefined);
      expect(finals).toEqual(finals.toSorted((a, b) => Number(b) - Number(a)));
      const keys = found.flatMap(({ final }) => final?.key ?? []);
      expect(new Set(keys).size).toBe(keys.length);
    }),
  );
});
