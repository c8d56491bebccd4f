import { homedir } from 'node:os';
import { join } from 'node:path';
import { exists } from '@vhive/base/files/exists';
import { formatImageReference, parseImageReference, VhiveError } from '@vhive/shared';
import { type ExecaError, execa } from 'execa';
import { proxyOf } from '../sources/proxy.ts';

/** How to speak to an image registry. */
export interface SkopeoOptions {
  signal: AbortSignal;
  /** Whether the image registry is used without TLS. */
  insecure: boolean;
  /** Called with what the program says. */
  log?: ((line: string) => void) | undefined;
}

const INSTALL = 'apt-get install skopeo';
/** The number of further tries when the image registry, or the way to it, has a problem. */
const RETRIES = 2;

/** Makes sure that skopeo is installed. Throws VhiveError `preflight` when it is not. */
export async function requireSkopeo(signal: AbortSignal): Promise<void> {
  const found = await execa('skopeo', ['--version'], { reject: false, cancelSignal: signal });
  if (found.failed && (found as ExecaError).code === 'ENOENT') throw missing();
}

/**
 * Returns what an image registry has under a name now, to the byte: the manifest of the image, or the index of an image
 * for many architectures. Its digest is that by which the registry knows the image.
 */
export async function publishedManifest(ref: string, arch: string, options: SkopeoOptions): Promise<Buffer> {
  const tls = options.insecure ? ['--tls-verify=false'] : [];
  const inspect = ['inspect', '--retry-times', String(RETRIES), ...tls, '--raw', `docker://${ref}`];
  return await skopeo([...(await global(arch)), ...inspect], ref, options);
}

/**
 * Copies an image of one architecture from its image registry into a folder, as it is there: layers stay compressed as
 * they are. The image is named by its digest, so that it is the one that was looked at. The folder must not exist yet.
 */
export async function copyToDirectory(
  { ref, digest, arch, directory }: { ref: string; digest: string; arch: string; directory: string },
  options: SkopeoOptions,
): Promise<void> {
  const { registry, repository } = parseImageReference(ref);
  const from = `docker://${formatImageReference({ registry, repository, digest })}`;
  const tls = options.insecure ? ['--src-tls-verify=false'] : [];
  const copy = ['copy', '--retry-times', String(RETRIES), ...tls, from, `dir:${directory}`];
  // What is large on its way is beside the folder, where there is room for it, rather than in /var/tmp.
  await skopeo([...(await global(arch)), '--tmpdir', join(directory, '..'), ...copy], ref, options);
}

async function global(arch: string): Promise<string[]> {
  const policies = ['/etc/containers/policy.json', join(homedir(), '.config/containers/policy.json')];
  const hasPolicy = (await Promise.all(policies.map(exists))).includes(true);
  // A policy for signatures that exists was made on purpose and is obeyed. Without any policy, skopeo copies nothing.
  return [...(hasPolicy ? [] : ['--insecure-policy']), '--override-os', 'linux', '--override-arch', arch];
}

/** Runs skopeo and returns what it printed, to the byte. */
async function skopeo(argv: string[], ref: string, { signal, log }: SkopeoOptions): Promise<Buffer> {
  const running = execa('skopeo', argv, { reject: false, cancelSignal: signal, stdin: 'ignore', encoding: 'buffer' });
  const decoder = new TextDecoder();
  for await (const line of running.iterable({ from: 'stderr' })) log?.(decoder.decode(line));
  const ended = await running;
  signal.throwIfAborted();
  if (!ended.failed) return Buffer.from(ended.stdout);
  if ((ended as ExecaError).code === 'ENOENT') throw missing();
  const said = decoder.decode(ended.stderr).trim().split('\n').at(-1);
  throw failure(ref, said || ended.shortMessage || 'skopeo failed');
}

function missing(): VhiveError {
  return new VhiveError({
    code: 'preflight',
    message: 'skopeo, which copies container images from registries, is not installed on this host',
    hint: `${INSTALL}; or give a mirror that has the images: vhive-coord mirror pull fills one`,
  });
}

/**
 * Turns the output of skopeo into an error that says what is wrong. Its last line is `time=... level=fatal msg="..."`.
 */
function failure(ref: string, line: string): VhiveError {
  const said = /msg="(?<text>(?:[^"\\]|\\.)*)"/.exec(line)?.groups?.text?.replaceAll('\\"', '"') ?? line;
  const { registry } = parseImageReference(ref);
  const message = `the image ${ref} cannot be copied from its registry: ${said}`;
  if (/gave HTTP response to HTTPS client/.test(said))
    return new VhiveError({
      code: 'usage',
      message,
      hint: `${registry} does not speak TLS: if that is meant, list it in the cluster file, registry: {insecure: ["${registry}"]}`,
    });
  if (/manifest unknown|name unknown|not found|no image found|status 404/i.test(said))
    return new VhiveError({ code: 'usage', message, hint: 'are name, tag and architecture right?' });
  if (/unauthorized|denied|authentication required/i.test(said))
    return new VhiveError({
      code: 'refused',
      message,
      hint: `is the name right? for a private image: skopeo login ${registry}`,
    });
  const proxy = proxyOf(new URL(`https://${registry}`));
  return new VhiveError({
    code: 'unreachable',
    message,
    hint:
      proxy === undefined
        ? `does this host reach ${registry}? set HTTPS_PROXY for a proxy, or give a mirror that has the image`
        : `does the proxy ${proxy.shown} (${proxy.variable}) reach ${registry}? NO_PROXY names hosts that are asked directly`,
  });
}
