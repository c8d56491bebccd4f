import { nearestKey } from '@vhive/shared';
import * as z from 'zod';
import { type Problem, problemsError } from '../cluster-file/problem.ts';
import { parseSource, type SourceFile, type SourceText } from '../cluster-file/source-file.ts';
import { type Experiment, experimentFile } from './experiment-file.ts';
import { withPlacement } from './placement.ts';
import { type PointValues, pointsOf, pointText } from './points.ts';
import { type Json, setField } from './set-field.ts';

/** A combination of values that is measured. */
export interface Point {
  /** Its number, from 1, with the zeros that put names in order: p03. */
  id: string;
  /** The values of the fields that the sweep changes. */
  values: PointValues;
  /** The experiment with these values. */
  settings: Experiment;
}

/** An experiment that can be run. */
export interface ReadExperiment {
  experiment: Experiment;
  points: readonly Point[];
}

const TITLE = 'the experiment file';

/** A sweep cannot change these: they belong to the experiment as a whole. */
const WHOLE = new Set(['name', 'seed', 'repetitions', 'order', 'sweep']);

/**
 * Reads an experiment file and makes its points. Throws one `usage` error that names every problem with its line, or the
 * values of the point that cannot be.
 */
export function readExperiment(text: SourceText): ReadExperiment {
  const source = parseSource(text, { title: TITLE, example: 'name: cold-starts' });
  if (source.problems.length > 0) throw problemsError(source.problems, TITLE);
  const experiment = parsed(source.content, source);
  const problems: Problem[] = Object.keys(experiment.sweep.over)
    .filter((path) => WHOLE.has(path.split('.')[0] ?? ''))
    .map((path) => ({
      ...{ code: 'usage' as const, field: `sweep.over.${path}`, where: source.whereIs(['sweep', 'over', path]) },
      message: 'this field belongs to the experiment as a whole, so points cannot differ in it',
    }));
  if (problems.length > 0) throw problemsError(problems, TITLE);
  const all = pointsOf(experiment.sweep);
  const digits = String(all.length).length;
  const points = all.map((values, index) => ({
    ...{ id: `p${String(index + 1).padStart(digits, '0')}`, values },
    settings: Object.keys(values).length === 0 ? experiment : parsed(changed(source, values), source, values),
  }));
  return { experiment, points };
}

function changed(source: SourceFile, values: PointValues): unknown {
  let content: Json = source.content as { [key: string]: Json };
  for (const [path, value] of Object.entries(values)) {
    const next = setField(content, path.split('.'), value);
    if (next === undefined)
      throw problemsError([
        {
          ...{ code: 'usage', field: `sweep.over.${path}`, where: source.whereIs(['sweep', 'over', path]) },
          message: 'there is no such field: the path leads beyond a list or into a value without fields',
        },
      ]);
    content = next;
  }
  return content;
}

function parsed(content: unknown, source: SourceFile, values?: PointValues): Experiment {
  const result = experimentFile.safeParse(content);
  if (result.success) return withPlacement(result.data);
  throw problemsError(
    result.error.issues.flatMap((issue) => problemsOf(issue, source, values)),
    TITLE,
  );
}

function problemsOf(issue: z.core.$ZodIssue, source: SourceFile, values: PointValues | undefined): Problem[] {
  const field = issue.path.join('.');
  const cause = Object.keys(values ?? {}).find(
    (path) => field === path || path.startsWith(`${field}.`) || field.startsWith(`${path}.`),
  );
  const place = cause === undefined ? issue.path : ['sweep', 'over', cause];
  const inPoint = values === undefined ? '' : `, in the point ${pointText(values)}`;
  if (issue.code !== 'unrecognized_keys')
    return [{ code: 'usage', field, where: source.whereIs(place), message: `${issue.message}${inPoint}` }];
  const known = keysAt(issue.path);
  return issue.keys.map((key) => {
    const nearest = nearestKey(key, known);
    return {
      ...{ code: 'usage' as const, field: [...issue.path, key].join('.') },
      where: cause === undefined ? source.whereIs(issue.path, key) : source.whereIs(place),
      message: `there is no such key${inPoint}`,
      fix: nearest === undefined ? `keys here are ${known.join(', ')}` : `did you mean ${nearest}?`,
    };
  });
}

/** The part of a JSON Schema that is looked at here. */
interface ObjectSchema {
  properties?: Record<string, ObjectSchema>;
  items?: ObjectSchema;
}

/** Returns the JSON schema of experiment files, for editors and for people. */
function jsonSchema(): ObjectSchema {
  return z.toJSONSchema(experimentFile, { io: 'input' }) as ObjectSchema;
}

function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: ObjectSchema | undefined = jsonSchema();
  for (const key of path) schema = typeof key === 'number' ? schema?.items : schema?.properties?.[String(key)];
  return Object.keys(schema?.properties ?? {});
}
