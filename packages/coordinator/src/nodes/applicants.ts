import { nkeyFingerprint } from '@vhive/base/nkey/fingerprint';
import type { ApplicantView } from '@vhive/shared';
import { addressGroup } from './node-address.ts';
import type { NodeRecord } from './node-record.ts';

/** So many are remembered, in all, for one name, and from one address. Anybody who reaches the port can be one. */
const MOST = 256;
const MOST_PER_NAME = 4;
const MOST_PER_ADDRESS = 16;
/** One that has not asked for this long, in milliseconds, is forgotten. Agents ask again within a minute. */
const FORGET_AFTER_MS = 5 * 60_000;

/** A host that asked to be let in and was refused. */
export interface Applicant {
  node: string;
  publicKey: string;
  address: string;
  hostname: string;
  message: string;
  hint: string;
  /** The record that an approval of the key brings in; undefined when there is nothing to approve. */
  record?: NodeRecord | undefined;
}

/** The hosts that were refused lately, by name and key. They are kept in memory only, because they ask again. */
export interface Applicants {
  /** Returns whether the operator sees something new. One that finds no place is not remembered. */
  note(applicant: Applicant): boolean;
  /** Returns the one with this name and key fingerprint, if its key can be approved. */
  approvable(node: string, fingerprint: string): NodeRecord | undefined;
  /** Forgets a name, or one key of it. Returns whether there was one. */
  forget(node: string, publicKey?: string): boolean;
  /** All of them, newest first. */
  views(): ApplicantView[];
}

/** Makes an empty list. `now` is in milliseconds of a clock that is never set. */
export function applicants(now: () => number = () => performance.now()): Applicants {
  const known = new Map<string, Applicant & { at: number; askedAt: string }>();

  function current() {
    for (const [id, { at }] of known) if (now() - at > FORGET_AFTER_MS) known.delete(id);
    return [...known.values()];
  }

  return {
    note(applicant) {
      const id = `${applicant.node} ${applicant.publicKey}`;
      const others = current();
      const before = known.get(id);
      const group = addressGroup(applicant.address);
      if (
        before === undefined &&
        (others.length >= MOST ||
          others.filter(({ node }) => node === applicant.node).length >= MOST_PER_NAME ||
          others.filter(({ address }) => addressGroup(address) === group).length >= MOST_PER_ADDRESS)
      )
        return false;
      known.set(id, { ...applicant, at: now(), askedAt: new Date().toISOString() });
      return before?.message !== applicant.message;
    },
    approvable(node, fingerprint) {
      return current().find((one) => one.node === node && nkeyFingerprint(one.publicKey) === fingerprint)?.record;
    },
    forget(node, publicKey) {
      const gone = current().filter((one) => one.node === node && (publicKey ?? one.publicKey) === one.publicKey);
      for (const one of gone) known.delete(`${one.node} ${one.publicKey}`);
      return gone.length > 0;
    },
    views: () =>
      current()
        .toSorted((a, b) => b.at - a.at)
        .map(({ node, publicKey, address, hostname, askedAt, record, message, hint }) => ({
          ...{ node, key: nkeyFingerprint(publicKey), address, hostname, askedAt },
          ...{ approvable: record !== undefined, message, hint },
        })),
  };
}
