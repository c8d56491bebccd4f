import { expect, it } from 'vitest';
import { createSealingSeed, createSecrets, sealingKeyOf } from './sealing.ts';

it('seals for one agent what no other can open', () => {
  const [from, to, other] = [createSealingSeed(), createSealingSeed(), createSealingSeed()];
  const sealed = createSecrets(() => from).seal(sealingKeyOf(to), 'abcdef.0123456789abcdef');
  expect(JSON.stringify(sealed)).not.toContain('abcdef.');
  expect(createSecrets(() => to).open(sealed)).toBe('abcdef.0123456789abcdef');
  expect(() => createSecrets(() => other).open(sealed)).toThrow(expect.objectContaining({ code: 'refused' }));
  const damaged = { ...sealed, sealed: Buffer.from('damaged').toString('base64') };
  expect(() => createSecrets(() => to).open(damaged)).toThrow(expect.objectContaining({ code: 'refused' }));
});
