import type * as z from 'zod';
import type { HttpFailureName } from './http-failure.ts';

/** First part of every path that belongs to this version of the API. */
export const API_PREFIX = '/v1';

/** The content type of a file, as request body or as answer. */
export const FILE_TYPE = 'application/octet-stream';
/** The content type of an answer with one JSON value on each line. */
export const LINES_TYPE = 'application/x-ndjson';

/** Who may call a route: anybody who reaches the port, an enrolled agent, or an operator. */
export type Access = 'everybody' | 'agent' | 'operator';

/**
 * What a successful answer holds. `json` is one value, whose status is 200 where `statuses` names no others; `nothing`
 * is an empty answer with status 204; `lines` is one JSON value on each line; `messages` is a WebSocket on which the
 * server sends one JSON value in each message; `file` is bytes.
 */
export type Reply =
  | {
      readonly kind: 'json';
      readonly schema: z.ZodType;
      /** What each status of success means. */
      readonly statuses?: Readonly<Record<number, string>>;
    }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'lines'; readonly schema: z.ZodType }
  | { readonly kind: 'messages'; readonly schema: z.ZodType }
  | { readonly kind: 'file'; readonly statuses: Readonly<Record<number, string>> };

/** One route of the HTTPS server, from which the server, the client, the OpenAPI document and the docs derive. */
export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** The path from the root, with `:name` for each field of `params`. */
  readonly path: string;
  /** One sentence that says what it does. */
  readonly summary: string;
  /** More sentences, where one is not enough. */
  readonly description?: string;
  readonly auth: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** The JSON body, or that the body is a file. It may be left out where its schema takes an empty object. */
  readonly body?: z.ZodObject | 'file';
  readonly reply: Reply;
  /** How it fails, besides what {@link failuresOf} adds for every route of its kind. */
  readonly errors: readonly HttpFailureName[];
}

/** Defines a route. It only keeps the exact type. */
export function route<const R extends Route>(definition: R): R {
  return definition;
}

/** The path of a request to a route, with the fields of its path filled in. */
export function pathOf({ path }: Pick<Route, 'path'>, fields: Readonly<Record<string, string>> = {}): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(fields[name] ?? ''));
}

type Sent<R, Part extends string> = R extends { readonly [P in Part]: infer S extends z.ZodObject }
  ? z.input<S>
  : object;
type Received<R, Part extends string> = R extends { readonly [P in Part]: infer S extends z.ZodObject }
  ? z.output<S>
  : object;

/** What a caller gives to a route: the fields of its path, its query and its JSON body, in one object. */
export type InputOf<R extends Route> = Sent<R, 'params'> & Sent<R, 'query'> & Sent<R, 'body'>;

/** The same fields as the server reads them: checked, and with defaults filled in. */
export type ReadInputOf<R extends Route> = Received<R, 'params'> & Received<R, 'query'> & Received<R, 'body'>;

/** The value that a route answers with, or each of its values where there are many. */
export type ValueOf<R extends Route> = R['reply'] extends { readonly schema: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

/** What the code behind a route gives, by the kind of its reply. Files are sent in another way. */
interface Answers<T> {
  json: T | Promise<T>;
  nothing: Promise<void>;
  lines: AsyncIterable<T>;
  messages: AsyncIterable<T>;
  file: never;
}
/** What the code behind a route gives: one value, nothing, or values that come one after the other. */
export type AnswerOf<R extends Route> = Answers<ValueOf<R>>[R['reply']['kind']];

/** Whether a request may come without a body. */
export function bodyMayBeAbsent({ body }: Route): boolean {
  return body === undefined || (body !== 'file' && body.safeParse({}).success);
}

/** All ways in which a request to a route can fail, those included that follow from what kind of route it is. */
export function failuresOf({ auth, params, query, body, errors }: Route): HttpFailureName[] {
  const takesInput = params !== undefined || query !== undefined || body !== undefined;
  return [
    ...new Set<HttpFailureName>([
      ...(takesInput ? (['usage'] as const) : []),
      ...(auth === 'everybody' ? [] : (['not-known'] as const)),
      ...errors,
      ...(body === undefined ? [] : (['too-large', 'wrong-type'] as const)),
      'internal',
    ]),
  ];
}
