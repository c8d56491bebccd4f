import * as z from 'zod';
import { readImageReference } from '../image-reference.ts';

/** A range of IPv4 addresses, as text. */
export const cidr = z.string().regex(/^[0-9.]+\/[0-9]{1,2}$/, 'must be an IPv4 range such as 10.244.0.0/16');

/** A version without "v". */
export const version = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+){0,2}([-+.][0-9A-Za-z.-]+)?$/, 'must be a version without "v", such as 1.35.3');

/** A branch, tag or commit of a git repository. */
export const gitRef = z
  .string()
  .regex(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'must be a branch, tag or commit of git');

/** A host and port, or a host alone. */
export const hostName = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$/, 'must be a host name or address');

/** A DNS name in lower case, as Kubernetes wants it. */
export const dnsName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
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
      /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
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
