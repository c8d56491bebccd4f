import { describe, expect, it } from 'vitest';
import { digestFor } from './checksum.ts';

const a = 'a'.repeat(64);
const b = 'b'.repeat(64);
const long = 'c'.repeat(128);
const pick = (text: string, algorithm: 'sha256' | 'sha512' = 'sha256') =>
  digestFor(text, 'runc.amd64', algorithm, 'https://example.org/sums');

describe('digestFor', () => {
  it.each([
    ['a bare digest', `${a}\n`],
    ['upper case', a.toUpperCase()],
    ['text mode', `${b}  runc.arm64\n${a}  runc.amd64\n`],
    ['binary mode', `${b} *runc.arm64\r\n${a} *runc.amd64\r\n`],
    ['a directory before the name', `${a}  ./out/release/runc.amd64`],
    ['one named line', `${a}  runc.amd64`],
    ['the same line twice', `${a}  runc.amd64\n${a}  runc.amd64`],
    ['BSD style', `SHA256 (runc.amd64) = ${a}\nSHA512 (runc.amd64) = ${long}`],
    ['comments and empty lines', `# release 1\n\n${a}  runc.amd64\n`],
    ['both algorithms in one file', `${long}  runc.amd64\n${a}  runc.amd64\n`],
  ])('reads %s', (_, text) => {
    expect(pick(text)).toBe(a);
  });

  it('reads sha512', () => {
    expect(pick(`${long}  runc.amd64`, 'sha512')).toBe(long);
    expect(pick(long, 'sha512')).toBe(long);
  });

  it.each([
    ['no line for the file', `${a}  runc.arm64\n${b}  other`, 'has no line for runc.amd64'],
    ['a name that only ends alike', `${a}  old-runc.amd64`, 'has no line for runc.amd64'],
    ['one line for another file', `${a}  runc.arm64`, 'has no line for runc.amd64'],
    ['a web page', '<html>Please log in</html>', 'has no line for runc.amd64'],
    ['an empty file', '', 'has no line for runc.amd64'],
    ['another algorithm', `${long}  runc.amd64`, 'no sha256 digest'],
    ['two digests', `${a}  runc.amd64\n${b}  runc.amd64`, 'has 2 different sha256 digests'],
    ['a bare digest of another algorithm', long, 'has no line'],
  ])('refuses %s', (_, text, message) => {
    expect(() => pick(text)).toThrow(message);
  });
});
