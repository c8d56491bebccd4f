import { describe, expect, it } from 'vitest';
import { withLabHosts } from './hosts-file.ts';

const one = { name: 'host-1', address: '10.77.0.11' };
const two = { name: 'host-2', address: '10.77.0.12' };

describe('withLabHosts', () => {
  it('gives an empty file what a Debian machine has', () => {
    expect(withLabHosts('', [one])).toBe(
      '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n# hosts of the lab\n10.77.0.11 host-1\n# end of the hosts of the lab\n',
    );
  });

  it("replaces the lab's lines and keeps all others, wherever they are", () => {
    const before = `127.0.0.1 localhost\n${withLabHosts('x', [one]).slice(2)}192.0.2.1 added-later\n`;
    const after = withLabHosts(before, [one, two]);
    expect(after).toContain('127.0.0.1 localhost\n');
    expect(after).toContain('192.0.2.1 added-later\n');
    expect(after.match(/host-1$/gm)).toHaveLength(1);
    expect(after).toContain('10.77.0.12 host-2\n');
  });

  it('changes nothing the second time', () => {
    const text = withLabHosts('127.0.0.1 localhost\n', [one, two]);
    expect(withLabHosts(text, [one, two])).toBe(text);
  });
});
