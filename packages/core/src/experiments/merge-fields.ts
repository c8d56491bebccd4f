import type { Json } from './set-field.ts';

type Fields = { readonly [key: string]: Json };

const isMap = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the fields of two maps, maps within them merged in the same way; of all else, that of the second wins. */
export function mergeFields(base: Fields, over: Fields): { [key: string]: Json } {
  const merged = Object.entries(over).map(([key, value]): [string, Json] => {
    const before = Object.hasOwn(base, key) ? base[key] : undefined;
    return [key, isMap(before) && isMap(value) ? mergeFields(before, value) : value];
  });
  return { ...base, ...Object.fromEntries(merged) };
}
