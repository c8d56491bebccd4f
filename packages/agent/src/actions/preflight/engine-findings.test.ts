import { expect, test } from 'vitest';
import { engineFindings } from './engine-findings.ts';

const levels = (engines: string[], joined = false) =>
  engineFindings({ containerEngines: engines }, joined).map(({ check, level }) => `${check} ${level}`);

test('another Kubernetes refuses a new host; engines beside ours warn; containerd is ours', () => {
  expect(levels(['containerd', 'cri-dockerd', 'crio', 'docker', 'k3s', 'podman'])).toEqual([
    'cri-dockerd warning',
    'crio warning',
    'docker warning',
    'k3s error',
  ]);
  expect(levels(['microk8s'], true)).toEqual(['microk8s warning']);
});
