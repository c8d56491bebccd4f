import { VhiveError } from '@vhive/shared';
import * as z from 'zod';

/** Who is known to a registry. */
export interface Credentials {
  user: string;
  /** The password or token. */
  secret: string;
}

const dockerConfig = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).default({}),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

/** Reads the credentials for a registry out of docker's config.json. Throws `usage` where it has none that can be read. */
export function readDockerConfig(text: string, file: string, registry: string): Credentials {
  const parsed = dockerConfig.safeParse(parseJson(text));
  if (!parsed.success)
    throw refusal(file, "is not docker's config.json", 'name a file with <user>:<token> in one line');
  const { auths, credsStore, credHelpers } = parsed.data;
  const [, { auth = undefined } = {}] = Object.entries(auths).find(([key]) => hostOf(key) === registry) ?? [];
  const { user, secret } =
    /^(?<user>[^:]+):(?<secret>.+)$/s.exec(Buffer.from(auth ?? '', 'base64').toString())?.groups ?? {};
  if (user !== undefined && secret !== undefined) return { user, secret };
  if (credsStore !== undefined || credHelpers !== undefined)
    throw refusal(
      file,
      'docker keeps its passwords elsewhere (credsStore, credHelpers)',
      'name a file with <user>:<token> in one line, or use --user',
    );
  const known = Object.keys(auths).join(', ');
  throw refusal(
    file,
    `has no credentials for ${registry}${known === '' ? '' : `, but for ${known}`}`,
    `docker login ${registry}`,
  );
}

/** Returns the registry that a key means. Docker Hub has an address of its own there. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(file: string, why: string, hint: string): VhiveError {
  return new VhiveError({ code: 'usage', message: `--credentials-file ${file}: ${why}`, hint });
}
