import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { caCertHash } from './ca-cert-hash.ts';
import { latestTrouble } from './kubelet-words.ts';
import { controlPlaneTaints } from './taints.ts';
import { withoutTokens } from './without-tokens.ts';

test('the CA hash is that of the public key, as openssl computes it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vhive-ca-'));
  const [key, certificate] = [join(directory, 'ca.key'), join(directory, 'ca.crt')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      certificate,
      '-subj',
      '/CN=kubernetes',
      '-days',
      '1',
    ],
    { stdio: 'ignore' },
  );
  const der = execFileSync('openssl', ['rsa', '-in', key, '-pubout', '-outform', 'der'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const digest = execFileSync('openssl', ['dgst', '-sha256', '-hex'], { input: der })
    .toString()
    .trim()
    .split(/\s+/)
    .at(-1);
  expect(caCertHash(readFileSync(certificate))).toBe(`sha256:${digest}`);
});

test('nothing that looks like a bootstrap token stays', () => {
  expect(withoutTokens('kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef --x')).toBe(
    'kubeadm join 10.0.0.1:6443 --token [redacted] --x',
  );
  expect(withoutTokens('registry.k8s.io/pause:3.10')).toBe('registry.k8s.io/pause:3.10');
});

test('control plane taints by both names', () => {
  const taints = [
    { key: 'node-role.kubernetes.io/master', effect: 'NoSchedule' },
    { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
  ];
  expect(controlPlaneTaints({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { taints } })).toEqual([
    'node-role.kubernetes.io/master:NoSchedule',
    'node-role.kubernetes.io/control-plane:NoSchedule',
  ]);
});

test('the latest trouble in the kubelet’s journal, without the head of its line', () => {
  const lines = [
    'E1130 16:03:12.120345    4711 kubelet.go:3126] "Container runtime network not ready" networkReady="false"',
    'E1130 16:03:13.120345    4711 run.go:72] "command failed" err="failed to validate kubelet configuration"',
    'I1130 16:03:14.120345    4711 server.go:1] "Started"',
  ];
  expect(latestTrouble(lines)).toBe('"command failed" err="failed to validate kubelet configuration"');
  expect(latestTrouble(lines.slice(2))).toBeUndefined();
});
