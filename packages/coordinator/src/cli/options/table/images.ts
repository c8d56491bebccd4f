import { choice, listOf, name, path, textUpTo } from '../argument-types.ts';
import type { OptionEntries } from '../option-entry.ts';

/** Which node prepares images, and for what. */
const prepare = {
  node: {
    flag: '--node <name>',
    variable: false,
    description: 'the node that does it; default: the master',
    argument: name,
  },
  platform: {
    flag: '--platform <platform>',
    variable: false,
    description: 'platform of the image; default: that of the node',
    argument: choice('linux/amd64', 'linux/arm64'),
  },
} as const satisfies OptionEntries;

/** How a registry is asked to take images. */
const access = {
  credentialsFile: {
    flag: '--credentials-file <file>',
    variable: false,
    description: "file that only you can read, with <user>:<token>, or docker's config.json",
    argument: path,
  },
  user: {
    flag: '-u, --user <name>',
    variable: false,
    description: 'user of the registry; the password or token is asked for, or read from standard input',
    argument: textUpTo(255),
    excludes: { key: 'credentialsFile', because: 'the file says who you are' },
  },
  plainHttp: {
    flag: '--plain-http',
    variable: false,
    description: 'the registry speaks HTTP without TLS; that of the cluster is known to',
  },
} as const satisfies OptionEntries;

const from = {
  flag: '--from <file>',
  variable: false,
  description: 'text file of images, one a line; # begins a comment',
  argument: path,
} as const;

/** The options of `image optimize` alone. */
export const optimizeTable = {
  ...prepare,
  push: { flag: '--no-push', variable: false, description: 'leave the eStargz image on the node' },
  ...access,
} as const satisfies OptionEntries;

/** The options of `image push` alone. */
export const imagePushTable = {
  from,
  registry: {
    flag: '--registry <address>',
    variable: false,
    description: 'another registry, or a folder of one: HOST:PORT/FOLDER; default: the registry in the cluster',
    argument: textUpTo(255),
  },
  ...prepare,
  ...access,
} as const satisfies OptionEntries;

/** The options of `image preload` alone. */
export const preloadTable = {
  from,
  node: {
    flag: '--node <names>',
    variable: false,
    description: 'only these nodes; default: all',
    argument: listOf(name),
  },
} as const satisfies OptionEntries;
