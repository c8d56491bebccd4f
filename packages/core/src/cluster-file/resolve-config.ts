import { type ClusterConfig, nearestKey } from '@vhive/shared';
import type * as z from 'zod';

import { type Overlay, overlay } from './overlays.ts';
import { MOST_PROBLEMS, type Problem, problemsError } from './problem.ts';
import { knownKeys, readableClusterFile } from './schema.ts';
import { configProblems } from './semantic-checks.ts';
import { parseSource, type SourceFile, type SourceText } from './source-file.ts';

/** What a configuration is made from. */
export interface ConfigSources {
  file?: SourceText | undefined;
  /** The values that replace fields of the file: those of the environment, then those of flags. Later ones win. */
  overlays?: readonly Overlay[];
}

/**
 * Resolves the configuration: overlays win over the file, and the file wins over the defaults. This is pure. It throws
 * one VhiveError that names every problem with its line, flag or variable, the reason and the fix. The code of the
 * error is `usage`: what depends on the hosts is looked at later (see checkConfig).
 */
export function resolveConfig({ file, overlays = [] }: ConfigSources): ClusterConfig {
  const source = parseSource(file ?? { path: 'cluster file', text: '' });
  if (source.problems.length > 0) throw problemsError(source.problems);
  const parsed = readableClusterFile.safeParse(overlay(source.content, overlays));
  if (!parsed.success)
    throw problemsError(
      parsed.error.issues.flatMap((issue, place) => problemsOf(issue, source, overlays, place < MOST_PROBLEMS)),
    );
  const config = withImplied(parsed.data);
  const problems = configProblems(config).map((problem) => {
    const at = (field: string | undefined) => (field ? whereIs(field.split('.'), source, overlays) : undefined);
    return { ...problem, where: at(problem.field) ?? at(problem.otherField) };
  });
  if (problems.length > 0) throw problemsError(problems);
  return config;
}

/** Adds what the configuration implies: REAP works on snapshots, so it turns them on. */
function withImplied(config: ClusterConfig): ClusterConfig {
  const { firecracker } = config;
  return { ...config, firecracker: { ...firecracker, snapshots: firecracker.snapshots || firecracker.upf } };
}

/** Returns what an issue says. That of a key says only that it is invalid, and has the reasons within it. */
function messageOfIssue(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_key') return issue.message;
  const reasons = issue.issues.flatMap((inner) =>
    inner.code === 'invalid_union' ? inner.errors.flat().map(({ message }) => message) : [inner.message],
  );
  const key = String(issue.path.at(-1));
  // A name with dots is most likely a whole host name, as a testbed gives it.
  const first = key.split('.')[0];
  const guess =
    issue.path.at(-2) === 'nodeLabels' && key.includes('.')
      ? `; a node is known by the first label of its host name: ${first}`
      : '';
  return `${JSON.stringify(key)} ${[...new Set(reasons)][0] ?? 'is no valid key'}${guess}`;
}

/** Returns the problems that an issue stands for. Where each one is takes a search, which `located` asks for. */
function problemsOf(
  issue: z.core.$ZodIssue,
  source: SourceFile,
  overlays: readonly Overlay[],
  located: boolean,
): Problem[] {
  const field = issue.path.join('.');
  const message = messageOfIssue(issue);
  if (!located) return [{ code: 'usage', field, message }];
  if (issue.code !== 'unrecognized_keys')
    return [{ code: 'usage', field, where: whereIs(issue.path, source, overlays), message }];
  const known = knownKeys(issue.path);
  return issue.keys.map((key, place) => {
    if (place >= MOST_PROBLEMS) return { code: 'usage', field: key, message: 'there is no such key' };
    const nearest = nearestKey(key, known);
    return {
      code: 'usage',
      field: [...issue.path, key].join('.'),
      where: source.whereIs(issue.path, key),
      message: 'there is no such key',
      fix: nearest === undefined ? `keys here are ${known.join(', ')}` : `did you mean ${nearest}?`,
    };
  });
}

/** Returns the flag, variable or `file:line` that a field comes from, or undefined for a default. */
function whereIs(path: readonly PropertyKey[], source: SourceFile, overlays: readonly Overlay[]): string | undefined {
  const field = path.join('.');
  const winner = overlays.findLast((item) => item.path.join('.') === field);
  if (winner !== undefined) return winner.where;
  let value: unknown = source.content;
  for (const key of path)
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  return value === undefined ? undefined : source.whereIs(path);
}
