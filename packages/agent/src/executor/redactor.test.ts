import { createUser } from '@nats-io/nkeys';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, REDACTED } from './redactor.ts';

const secret = fc
  .string({ minLength: 6, maxLength: 40, unit: 'grapheme-ascii' })
  .filter((text) => text.trim().length >= 6);

describe('registered secrets', () => {
  it('never survive, whatever stands around them and however they overlap', () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 5 }),
        fc.array(fc.string(), { maxLength: 6 }),
        (secrets, rest) => {
          const redactor = createRedactor();
          for (const one of secrets) redactor.register(one);
          const text = rest.join('') + secrets.flatMap((one, index) => [one, rest[index] ?? '']).join('');
          const redacted = redactor.redact(text);
          for (const one of secrets) expect(redacted).not.toContain(one.trim());
        },
      ),
    );
  });

  it('never survive inside JSON', () => {
    fc.assert(
      fc.property(secret, fc.string(), (one, rest) => {
        const redactor = createRedactor();
        redactor.register(one);
        const value = redactor.redactValue({ a: [`${rest}${one}`], b: { c: one } });
        expect(JSON.stringify(value)).not.toContain(JSON.stringify(one.trim()).slice(1, -1));
      }),
    );
  });

  it('do not survive when they come line by line', () => {
    const redactor = createRedactor();
    const lines = ['first line of the secret', 'second line of the secret'];
    redactor.register(lines.join('\n'));
    const redactLine = redactor.lines();
    expect(lines.map((line) => redactLine(`> ${line}`))).toEqual([`> ${REDACTED}`, `> ${REDACTED}`]);
  });

  it('are not taken for secrets when they are shorter than 6 characters', () => {
    const redactor = createRedactor();
    redactor.register('a');
    expect(redactor.redact('banana')).toBe('banana');
  });

  it('stay known for the newest 2,000', () => {
    const redactor = createRedactor();
    for (let index = 0; index < 2_100; index++) redactor.register(`secret-${index}-end`);
    expect(redactor.redact('secret-0-end secret-2099-end')).toBe(`secret-0-end ${REDACTED}`);
  });
});

describe('secrets known by their form', () => {
  const hex = 'a1'.repeat(32);
  const forms: [string, string, string][] = [
    ['bootstrap token', 'kubeadm join --token abcdef.0123456789abcdef ok', 'kubeadm join --token *** ok'],
    ['join token', `token ${hex}.abcdefgh.${'0a'.repeat(16)} ok`, 'token *** ok'],
    ['join secret', `abcdefgh.${'0a'.repeat(16)}`, '***'],
    ['certificate key', `--certificate-key ${hex} ok`, '--certificate-key *** ok'],
    ['certificate key in YAML', `certificateKey: ${hex}`, 'certificateKey: ***'],
    ['nkey seed', `seed ${Buffer.from(createUser().getSeed()).toString()} ok`, 'seed *** ok'],
    ['JWT', 'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0abc.c2lnbmF0dXJl ok', 'jwt *** ok'],
    ['bearer', 'authorization: Bearer abcdefgh12345678', 'authorization: Bearer ***'],
    ['client key', 'client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURQ==', 'client-key-data: ***'],
    ['private key', '-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\nok', '***\nok'],
    ['cut private key', 'x -----BEGIN PRIVATE KEY-----\nMHc', 'x ***'],
  ];
  it.each(forms)('%s', (_name, text, expected) => {
    expect(createRedactor().redact(text)).toBe(expected);
  });

  it('leaves what only looks similar', () => {
    const text = `sha256:${hex} docker.io/library/busybox 10.244.0.0/16 kube-proxy.service certificate`;
    expect(createRedactor().redact(text)).toBe(text);
  });

  it('knows a private key over many lines', () => {
    const redactLine = createRedactor().lines();
    const lines = [
      'a',
      '-----BEGIN RSA PRIVATE KEY-----',
      'MIIEpAIB',
      'AAKCAQEA',
      '-----END RSA PRIVATE KEY----- b',
      'c',
    ];
    expect(lines.map(redactLine)).toEqual(['a', '***', '***', '***', '*** b', 'c']);
  });

  it('leaves a box sealed for another agent whole', () => {
    const sealed = { sealed: 'abcdef.0123456789abcdef', from: 'X' };
    expect(createRedactor().redactValue({ token: sealed, text: sealed.sealed })).toEqual({
      token: sealed,
      text: '***',
    });
  });
});
