import * as z from 'zod';
import type { ActionContext } from '../kit/action.ts';

/** What an archive left in a directory. */
const receipt = z.object({
  /** `strip` and `only` it was unpacked with. */
  options: z.string(),
  /** Relative to the directory. `link`: target of a symbolic link, whose size is not looked at. */
  files: z.array(z.object({ path: z.string(), bytes: z.number(), link: z.string().optional() })),
});
/** See {@link receipt}. */
export type Receipt = z.infer<typeof receipt>;

/** Receipts of one directory by SHA-256 of the archive. */
const receipts = z.record(z.string(), receipt);

const recordName = (directory: string) => `artifact.archive ${directory}`;

/** The receipts of a directory; none when there is no readable record. */
export async function readReceipts(context: ActionContext, directory: string): Promise<Record<string, Receipt>> {
  const parsed = receipts.safeParse(await context.records.get(recordName(directory)));
  return parsed.success ? parsed.data : {};
}

/** Stores a receipt. Those of other archives that hold one of the same paths (another version) are void from now on. */
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
