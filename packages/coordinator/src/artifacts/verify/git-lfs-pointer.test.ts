import { describe, expect, it } from 'vitest';
import { parseLfsPointer } from './git-lfs-pointer.ts';

const oid = '4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393';
const good = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`;
const read = (text: string) => parseLfsPointer(text, 'https://example.org/bin/tool');
const refusal = (text: string) => {
  try {
    return read(text);
  } catch (error) {
    return error;
  }
};

describe('parseLfsPointer', () => {
  it('reads digest and size', () => {
    expect(read(good)).toEqual({ sha256: oid, bytes: 12_345 });
    expect(read(good.replace('12345', '0'))).toMatchObject({ bytes: 0 });
  });

  it.each([
    ['another algorithm', good.replace('sha256', 'sha512')],
    ['a short digest', good.replace(oid, oid.slice(1))],
    ['upper case', good.replace(oid, oid.toUpperCase())],
    ['no size', good.replace(/size.*\n/, '')],
    ['a size that is no number', good.replace('12345', '-1')],
    ['another order', `version https://git-lfs.github.com/spec/v1\nsize 12345\noid sha256:${oid}\n`],
    ['line ends of Windows', good.replaceAll('\n', '\r\n')],
    ['more lines', `${good}more\n`],
    ['no end', good.trimEnd()],
    ['another version of the format', good.replace('spec/v1', 'spec/v2')],
  ])('refuses %s', (_, text) => {
    expect(refusal(text)).toMatchObject({ code: 'refused', message: expect.stringContaining('of another version') });
  });

  it('tells a web page, and the file itself, from a pointer', () => {
    expect(refusal('<!DOCTYPE html><html>sign in</html>')).toMatchObject({
      message: 'https://example.org/bin/tool answers with a web page',
    });
    expect(refusal('\u007fELF\u0002\u0001')).toMatchObject({
      message: expect.stringContaining('the file itself'),
      hint: expect.stringContaining('firecracker.vhiveRef'),
    });
    expect(refusal('')).toMatchObject({ code: 'refused' });
  });
});
