import type { HostFinding, Params } from '@vhive/shared';
import * as z from 'zod';
import type { Host } from '../../host/host.ts';

/** The JSON that vHive's -dockerCredentials takes (ctriface/orch.go, DockerCredentials). */
const credentials = z.object({
  'docker-credentials': z.record(z.string(), z.object({ username: z.string(), password: z.string() })),
});

const SHAPE = '{"docker-credentials": {"<registry>": {"username": "…", "password": "…"}}}';

/**
 * Reports a file of credentials with which vHive would not start, or with which the test function's image could not be
 * pulled. Nothing of its content is said.
 */
export async function credentialsFindings(
  host: Host,
  wanted: Params<'preflight.host'>['dockerCredentials'],
): Promise<HostFinding[]> {
  if (wanted === null) return [];
  const { path, registries } = wanted;
  const problem = (level: HostFinding['level'], message: string, hint: string): HostFinding[] => [
    { check: 'docker credentials', level, message: `${path} ${message}`, hint },
  ];
  const content = await host.readFile(path);
  if (content === undefined)
    return problem('error', 'is not there', 'firecracker.dockerCredentialsFile is a path of the control plane');
  const parsed = credentials.safeParse(jsonOf(content.toString()));
  if (!parsed.success)
    return problem(
      'error',
      'is not what vHive takes, and vHive would not start with it',
      `it must be JSON such as ${SHAPE}; that is not Docker's own config.json`,
    );
  const named = Object.keys(parsed.data['docker-credentials']);
  const missing = registries.filter((registry) => !named.includes(registry));
  if (missing.length === 0) return [];
  return problem(
    'warning',
    `has no entry for ${missing.join(', ')}, from which the test function's image comes`,
    'within microVMs nothing is pulled from a registry without one; empty strings do where no credentials are needed',
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
