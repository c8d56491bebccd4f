/**
 * Returns those of the fields that have a value: `{ name, ...defined({ hint, details }) }` has no key `hint` where
 * there is no hint. With exactOptionalPropertyTypes, an optional field must be absent rather than undefined.
 */
export function defined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
}
