import * as z from 'zod';
import { readImageReference } from '../image-reference.ts';
import { INTERFACE_NAME, IPV4_RANGE, isHostAndPort, LINES, ONE_LINE } from '../patterns.ts';

/** A range of IPv4 addresses, as text. */
export const cidr = z.string().regex(IPV4_RANGE, 'must be an IPv4 range such as 10.244.0.0/16');

/** A version without "v". */
export const version = z
  .string()
  .max(64)
  .regex(/^(?!.*\.\.)[0-9]+(\.[0-9]+){0,2}([-+.][0-9A-Za-z.-]+)?$/, 'must be a version without "v", such as 1.35.3');

/** A branch, tag or commit of a git repository. The rules are those of git-check-ref-format(1), and narrower. */
export const gitRef = z
  .string()
  .max(200)
  .regex(
    /^(?!.*(\.\.|\.lock(\/|$)|\.$))[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/,
    'must be a branch, tag or commit of git',
  );

/** The name of a host or its IPv4 address, with the port where it is not the usual one. */
export const hostAndPort = z
  .string()
  .refine(isHostAndPort, 'must be a host name or address, with its port where it has one, such as 10.0.0.1:5000');

/** The name of a network interface. */
export const interfaceName = z.string().regex(INTERFACE_NAME, 'must be the name of an interface, such as eno1');

/** The network of a cluster: a range of addresses, or the interface of the coordinator's host that is in it. */
export const lan = z
  .string()
  .refine(
    (text) => IPV4_RANGE.test(text) || (INTERFACE_NAME.test(text) && !/^[0-9.]+$/.test(text)),
    'must be a range such as 10.10.1.0/24, or the name of an interface such as eno1',
  );

/** A DNS name in lower case, as Kubernetes wants it. */
export const dnsName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    'must be a name of the DNS in lower case, such as functions.example.org',
  );

/**
 * The labels of an object. Their syntax is that of
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export const labels = z.record(
  z
    .string()
    .regex(
      /^((?![^/]{254})[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
      'must be a key of a label, such as loader-nodetype or example.org/part',
    ),
  z
    .string()
    .regex(
      /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/,
      'must be a value of a label: at most 63 letters, digits, "-", "_" and "."',
    ),
);

/** The reference of a container image, in short or in full. */
export const imageReference = z
  .string()
  .refine((ref) => readImageReference(ref) !== undefined, 'must be a reference such as ghcr.io/a/b:1');

/** Where the images of a project lie: a registry, and folders in it. */
export const imageRepository = z
  .string()
  .refine(
    (repository) => readImageReference(`${repository}/pause:1`) !== undefined,
    'must be a registry, with folders in it where it has any, such as registry.k8s.io or 10.0.0.1:5000/mirror',
  );

/** The name of a user of a host, also of one from a directory service. A number would be taken for a user's number. */
export const userName = z
  .string()
  .regex(/^(?![0-9]+$)[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}$/, 'must be the name of a user, such as ubuntu');

/** A text in one line that a program is given as it is. */
export const oneLine = z.string().max(4096).regex(ONE_LINE, 'must be one line, without control characters');

/** A text of several lines that a program is given as it is, such as an entry of a ConfigMap. */
export const textOfLines = z
  .string()
  .max(65_536)
  .regex(LINES, 'must be text without control characters other than line breaks and tabs');

/**
 * Returns the schema of the fields of a document of Kubernetes' configuration. The document's kind and version are
 * known, so they may be left out, but they cannot be others.
 */
export function configurationFields(kind: string, apiVersion: string) {
  return z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,99}$/, `must be a field of ${kind}, such as maxPods`), z.unknown())
    .refine((fields) => (fields.kind ?? kind) === kind, { path: ['kind'], error: `must be ${kind}, or be left out` })
    .refine((fields) => (fields.apiVersion ?? apiVersion) === apiVersion, {
      path: ['apiVersion'],
      error: `must be ${apiVersion}, or be left out`,
    });
}
