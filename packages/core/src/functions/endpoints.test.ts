import { expect, it } from 'vitest';
import { endpointsText } from './endpoints.ts';

it('writes what Go’s json.MarshalIndent writes for vSwarm’s endpoints', () => {
  expect(endpointsText([{ hostname: 'a-0.default.192.168.1.240.sslip.io', eventing: false }])).toBe(
    '[\n\t{\n\t\t"hostname": "a-0.default.192.168.1.240.sslip.io",\n\t\t"eventing": false,\n\t\t"matchers": null\n\t}\n]',
  );
  expect(endpointsText([])).toBe('[]');
});
