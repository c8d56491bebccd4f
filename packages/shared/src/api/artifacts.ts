import * as z from 'zod';
import { sha256 } from '../names.ts';
import { route } from './route.ts';

/** Answer to a file that was put into the store. */
export const artifactStored = z.object({ sha256, bytes: z.number().int() });

const named = z.object({ sha256: z.string().describe('SHA-256 of the content, 64 lower-case hex digits') });

/** The routes by which agents fetch and publish files. */
export const artifactRoutes = {
  artifact: route({
    method: 'GET',
    path: '/v1/artifacts/:sha256',
    summary: 'Sends a file of the store, or the part that the header Range asks for.',
    description: 'The content under an address never changes. If-Range and If-None-Match take the hash as entity tag.',
    auth: 'agent',
    params: named,
    reply: {
      kind: 'file',
      statuses: { 200: 'The whole file.', 206: 'The part that was asked for.', 304: 'The caller has it already.' },
    },
    errors: ['no-such-artifact', 'out-of-range'],
  }),
  artifactHead: route({
    method: 'HEAD',
    path: '/v1/artifacts/:sha256',
    summary: 'Tells whether the store has a file, and how long it is.',
    auth: 'agent',
    params: named,
    reply: {
      kind: 'file',
      statuses: { 200: 'The store has it.', 206: 'The store has that part.', 304: 'The caller has it already.' },
    },
    errors: ['no-such-artifact', 'out-of-range'],
  }),
  publishArtifact: route({
    method: 'PUT',
    path: '/v1/artifacts/:sha256',
    summary: 'Takes a file that an agent has made into the store, under the hash of its content and no other name.',
    description: 'The header Content-Length is required.',
    auth: 'agent',
    params: named,
    body: 'file',
    reply: {
      kind: 'json',
      schema: artifactStored,
      statuses: { 200: 'The store had it already.', 201: 'It is in the store now.' },
    },
    errors: ['cut-off', 'no-length', 'other-content', 'too-many', 'disk-full'],
  }),
};
