import { BlockList, isIP } from 'node:net';

/** A proxy that the environment of this process names. */
export interface Proxy {
  /** The variable that names it, such as HTTPS_PROXY. */
  variable: string;
  /** Its address as the variable has it, credentials included. */
  address: string;
  /** Its address without credentials, for people. */
  shown: string;
}

/** Returns the value of a variable by its name in small or in capital letters, and which of the two it was. */
function variableOf(name: string, environment: NodeJS.ProcessEnv): { variable: string; value: string } | undefined {
  for (const variable of [name.toLowerCase(), name]) {
    const value = environment[variable];
    if (value !== undefined && value !== '') return { variable, value };
  }
  return undefined;
}

/** Whether a host is this one: no proxy leads there. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host);
}

/** Whether a range such as 10.0.0.0/8 holds a host that is given by its address. */
function inRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const [family, own] = [isIP(network), isIP(host)];
  if (family === 0 || own !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, Number(bits), type);
  return list.check(host, type);
}

/** Whether an entry of NO_PROXY means a host: "*", a host or domain with or without a port, or a range of addresses. */
function isMeant(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inRange(host, entry);
  const address = entry.replace(/^\[|\]$/g, '');
  if (isIP(address) === 6) return host === address.toLowerCase();
  const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const wanted = name.replace(/^\*?\./, '').toLowerCase();
  return host === wanted || host.endsWith(`.${wanted}`);
}

/**
 * Returns the proxy through which a URL is asked: that of HTTP_PROXY or HTTPS_PROXY, unless NO_PROXY or the URL itself
 * means a direct way.
 */
export function proxyOf(url: URL, environment: NodeJS.ProcessEnv = process.env): Proxy | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const found = variableOf(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY', environment);
  if (found === undefined || isLoopback(host)) return undefined;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const direct = (variableOf('NO_PROXY', environment)?.value ?? '').split(/[\s,]+/).filter(Boolean);
  if (direct.some((entry) => isMeant(entry, host, port))) return undefined;
  return { variable: found.variable, address: found.value, shown: found.value.replace(/\/\/[^@/]*@/, '//') };
}
