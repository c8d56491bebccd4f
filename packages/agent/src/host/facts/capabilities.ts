import { readText } from './read-text.ts';

/** The number of the capability CAP_SYS_RESOURCE, from linux/capability.h. */
const CAP_SYS_RESOURCE = 24n;

/** Whether this process may raise resource limits and lower OOM scores. */
export async function canRaiseLimits(): Promise<boolean> {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec((await readText('/proc/self/status')) ?? '')?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
}
