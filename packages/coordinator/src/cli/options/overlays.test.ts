import { resolveConfig } from '@vhive/core/cluster-file/index';
import { describe, expect, it } from 'vitest';
import { overlaysOf } from './overlays.ts';
import { parseUp } from './parse-up.fixture.ts';

const configOf = (words: string[], env: NodeJS.ProcessEnv = {}, text = '') =>
  resolveConfig({ file: { path: 'vhive.yaml', text }, overlays: overlaysOf(parseUp(words, env)) });

describe('the cluster’s configuration', () => {
  it('comes from flags over the environment over the file', () => {
    const text = 'nodes: 2\nlan: 10.1.0.0/16\nnetwork: { plugin: bridge, podCidr: 10.50.0.0/16 }\n';
    const env = { VHIVE_NODES: '3', VHIVE_LAN: '10.2.0.0/16', VHIVE_POD_CIDR: '', UNRELATED: 'x' };
    expect(configOf([], {}, text)).toMatchObject({ nodes: 2, lan: '10.1.0.0/16' });
    expect(configOf([], env, text)).toMatchObject({ nodes: 3, lan: '10.2.0.0/16' });
    expect(configOf(['--nodes', '4'], env, text)).toMatchObject({
      nodes: 4,
      lan: '10.2.0.0/16',
      network: { plugin: 'bridge', podCidr: '10.50.0.0/16' },
    });
  });

  it('has the name that --cluster gives, else VHIVE_CLUSTER, else VHIVE_NAME, else the file', () => {
    const env = { VHIVE_NAME: 'named' };
    expect(configOf([], {}, 'name: filed').name).toBe('filed');
    expect(configOf([], env, 'name: filed').name).toBe('named');
    expect(configOf([], { ...env, VHIVE_CLUSTER: 'clustered' }).name).toBe('clustered');
    expect(configOf(['--cluster', 'flagged'], { ...env, VHIVE_CLUSTER: 'clustered' }).name).toBe('flagged');
  });

  it('takes switches', () => {
    expect(configOf([]).ready.smokeTest).toBe(true);
    expect(configOf(['--no-smoke-test']).ready.smokeTest).toBe(false);
    expect(configOf(['--nftables']).kubernetes.kubeProxyConfiguration).toEqual({ mode: 'nftables' });
    expect(configOf(['--sandbox', 'stock-only', '--stargz']).stargz).toBe(true);
  });

  it.each(['1', 'true', 'yes', 'on', 'ON'])('takes the variable of a switch that is %s', (value) => {
    expect(configOf([], { VHIVE_NO_SMOKE_TEST: value }).ready.smokeTest).toBe(false);
    expect(configOf([], { VHIVE_SNAPSHOTS: value }).firecracker.snapshots).toBe(true);
  });

  it.each(['0', 'false', 'no', ''])('leaves the file as it is where the variable of a switch is "%s"', (value) => {
    const text = 'ready: { smokeTest: false }\nfirecracker: { snapshots: true }';
    const config = configOf([], { VHIVE_NO_SMOKE_TEST: value, VHIVE_SNAPSHOTS: value }, text);
    expect(config).toMatchObject({ ready: { smokeTest: false }, firecracker: { snapshots: true } });
  });
});

describe('a refusal names', () => {
  it.each([
    ['the flag', ['--vhive-ref', 'No Name'], {}, /^--vhive-ref: /],
    ['the variable of a field', [], { VHIVE_POD_CIDR: '10.300.0.0/16' }, /^VHIVE_POD_CIDR: network\.podCidr: /],
    ['the variable of a switch', ['--sandbox', 'gvisor'], { VHIVE_STARGZ: '1' }, /^VHIVE_STARGZ: stargz: gVisor/],
    [
      'the variable that is no number',
      [],
      { VHIVE_NODES: 'many' },
      /VHIVE_NODES has the value 'many'.* from 1 to 5000/,
    ],
    ['the variable that is no choice', [], { VHIVE_SANDBOX: 'docker' }, /VHIVE_SANDBOX .*firecracker, gvisor/],
    ['the variable that is no port', [], { VHIVE_HTTPS_PORT: '0' }, /VHIVE_HTTPS_PORT .* from 1 to 65535/],
  ])('%s', (_, words, env, message) => {
    expect(() => configOf(words, env)).toThrow(message);
  });

  it('no variable that a flag wins over', () => {
    expect(configOf(['--nodes', '2'], { VHIVE_NODES: 'many' }).nodes).toBe(2);
  });
});
