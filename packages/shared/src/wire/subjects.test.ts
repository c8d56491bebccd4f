import { expect, test } from 'vitest';
import { COORDINATOR } from '../names.ts';
import {
  agentInboxPrefix,
  agentLinkPermissions,
  agentPermissions,
  agentSubject,
  executorOfLogSubject,
  logSubject,
  nodeOfSubject,
  runSubject,
  streamNames,
} from './subjects.ts';

test('an agent may publish and subscribe below its own name only, and never on its command subject', () => {
  const { publish, subscribe } = agentPermissions('lab', 'node-1');
  for (const subject of [...publish, ...subscribe]) expect(subject).toMatch(/^vhive\.lab\.agent\.node-1\./);
  expect(publish).not.toContain(agentSubject('lab', 'node-1', 'cmd'));
  expect(publish.some((subject) => subject.includes('*') || subject.includes('>'))).toBe(false);
});

test('in the account of the agents, the coordinator may send nothing but commands and answers', () => {
  for (const subject of agentLinkPermissions('lab').publish)
    expect(subject).toMatch(/^vhive\.lab\.agent\.\*\.(cmd|inbox\.>)$/);
});

test('what is stored has subjects that no agent and no answer can name', () => {
  const { publish } = agentLinkPermissions('lab');
  for (const stored of [runSubject('lab', 'run-1'), logSubject('lab', 'node-1'), logSubject('lab', COORDINATOR)])
    expect([...publish, ...agentPermissions('lab', 'node-1').publish]).not.toContain(stored);
  expect(executorOfLogSubject('lab', logSubject('lab', COORDINATOR))).toBe(COORDINATOR);
  expect(executorOfLogSubject('lab', agentSubject('lab', 'node-1', 'log'))).toBeUndefined();
});

test('the sender is read from the subject', () => {
  expect(nodeOfSubject('lab', agentSubject('lab', 'node-1', 'evt'))).toBe('node-1');
  expect(nodeOfSubject('lab', agentSubject('other', 'node-1', 'evt'))).toBeUndefined();
  expect(nodeOfSubject('lab', runSubject('lab', 'run-1'))).toBeUndefined();
  expect(agentInboxPrefix('lab', 'node-1')).toBe('vhive.lab.agent.node-1.inbox');
});

test('stream names have no dots and differ between clusters', () => {
  const names = Object.values(streamNames('a-b'));
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[A-Z0-9_]+$/);
  expect(streamNames('a').runs).not.toBe(streamNames('b').runs);
});
