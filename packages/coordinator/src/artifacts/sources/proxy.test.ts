import { expect, test } from 'vitest';
import { proxyOf } from './proxy.ts';

const HTTP_PROXY = 'http://proxy.example.org:3128';
const isDirect = (url: string, NO_PROXY = '') => proxyOf(new URL(url), { HTTP_PROXY, NO_PROXY }) === undefined;

test('each protocol has its variable, small letters before capitals, and credentials are not shown', () => {
  const environment = { HTTP_PROXY, https_proxy: 'http://user:secret@other:1', HTTPS_PROXY: 'http://third:1' };
  expect(proxyOf(new URL('http://a.invalid'), environment)).toMatchObject({
    variable: 'HTTP_PROXY',
    shown: HTTP_PROXY,
  });
  expect(proxyOf(new URL('https://a.invalid'), environment)).toEqual({
    variable: 'https_proxy',
    address: 'http://user:secret@other:1',
    shown: 'http://other:1',
  });
  expect(proxyOf(new URL('https://a.invalid'), { HTTP_PROXY })).toBeUndefined();
});

test.each([
  'http://127.0.0.1:43617/x',
  'http://127.9.9.9/',
  'http://localhost:1/',
  'http://a.localhost/',
  'http://[::1]:8/',
])('%s is this host: no proxy leads there', (url) => expect(isDirect(url)).toBe(true));

test.each([
  ['*', 'http://a.invalid/', true],
  ['a.invalid', 'http://a.invalid/', true],
  ['a.invalid', 'http://b.a.invalid/', true],
  ['a.invalid', 'http://ba.invalid/', false],
  ['.invalid, other', 'http://A.Invalid/', true],
  ['*.a.invalid other', 'http://b.a.invalid/', true],
  ['a.invalid:81', 'http://a.invalid/', false],
  ['a.invalid:80', 'http://a.invalid/', true],
  ['10.0.0.0/8', 'http://10.2.3.4:8080/', true],
  ['10.0.0.0/8', 'http://11.2.3.4/', false],
  ['10.0.0.0/99,10.0.0.0/', 'http://10.2.3.4/', false],
  ['10.2.3.4', 'http://10.2.3.4/', true],
  ['2001:db8::1', 'http://[2001:db8::1]/', true],
  ['2001:db8::/32', 'http://[2001:db8::1]/', true],
  ['', 'http://10.2.3.4/', false],
])('NO_PROXY=%s: %s is asked directly: %s', (noProxy, url, direct) => expect(isDirect(url, noProxy)).toBe(direct));
