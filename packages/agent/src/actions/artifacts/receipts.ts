import * as z from 'zod';
import type { ActionContext } from '../kit/action.ts';

/** A receipt: what an archive left in a directory. */
const receipt = z.object({
  /** The settings `strip` and `only` with which it was unpacked. */
  options: z.string(),
  /**
   * The files, with paths relative to the directory. `link` is the target of a symbolic link, whose size is not looked
   * at.
   */
  files: z.array(z.object({ path: z.string(), bytes: z.number(), link: z.string().optional() })),
});
/** See {@link receipt}. */
export type Receipt = z.infer<typeof receipt>;

/** The receipts of one directory, by the SHA-256 of the archive. */
const receipts = z.record(z.string(), receipt);

const recordName = (directory: string) => `artifact.archive ${directory}`;

/** Reads the receipts of a directory. There are none when there is no readable record. */
export async function readReceipts(context: ActionContext, directory: string): Promise<Record<string, Receipt>> {
  const parsed = receipts.safeParse(await context.records.get(recordName(directory)));
  return parsed.success ? parsed.data : {};
}

/**
 * Stores a receipt. The receipts of other archives that hold one of the same paths (another version, for example) are
 * void from now on.
 */
export async function storeReceipt(
  context: ActionContext,
  directory: string,
  sha256: string,
  stored: Receipt,
): Promise<void> {
  const paths = new Set(stored.files.map(({ path }) => path));
  const others = Object.entries(await readReceipts(context, directory)).filter(
    ([other, { files }]) => other !== sha256 && !files.some(({ path }) => paths.has(path)),
  );
  await context.records.set(recordName(directory), { ...Object.fromEntries(others), [sha256]: stored });
}
