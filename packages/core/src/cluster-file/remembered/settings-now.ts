import type { ClusterSettings } from '@vhive/shared';
import type { Overlay } from '../overlays.ts';
import type { ConfigSources } from '../resolve-config.ts';
import { parseSource } from '../source-file.ts';

/** Is put behind where something was said, so that nobody looks for it in the command that he has just typed. */
const EARLIER = ' (remembered)';

/**
 * Returns the settings that hold now: what is given, and for all else what is remembered. A field that the given cluster
 * file has wins over what a flag said of it earlier; a field that it no longer has falls back to its default.
 */
export function settingsNow(remembered: ClusterSettings | undefined, given: ClusterSettings): ClusterSettings {
  const { mirror = remembered?.mirror } = given;
  const file = given.file ?? remembered?.file;
  const content = given.file === undefined ? {} : parseSource(given.file).content;
  const kept = (remembered?.said ?? []).filter(
    ({ path }) => !given.said.some((now) => samePath(now.path, path)) && valueAt(content, path) === undefined,
  );
  return {
    ...(file === undefined ? {} : { file }),
    said: [...kept, ...given.said],
    ...(mirror === undefined ? {} : { mirror }),
  };
}

/**
 * Returns the sources from which the configuration of these settings is resolved. What was not given by this command is
 * named as remembered in whatever is said of it.
 */
export function sourcesOf(settings: ClusterSettings, given: ClusterSettings): ConfigSources {
  const { file, said } = settings;
  const overlays = said.map(
    (value): Overlay => (given.said.includes(value) ? value : { ...value, where: `${value.where}${EARLIER}` }),
  );
  const earlier = file !== undefined && given.file === undefined;
  return { file: earlier ? { ...file, path: `${file.path}${EARLIER}` } : file, overlays };
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.join('.') === b.join('.');
}

function valueAt(content: unknown, path: readonly string[]): unknown {
  let value = content;
  for (const key of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return value;
}
