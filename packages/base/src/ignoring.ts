/**
 * For a failure that does no harm: `await rmdir(path).catch(ignoring('it is gone already'))`. The result is then
 * undefined.
 *
 * @param _reason why the failure may be ignored, for whoever reads the code
 */
export function ignoring(_reason: string): () => undefined {
  return nothing;
}

function nothing(): undefined {}
