import { defined } from '@vhive/shared';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { existingCoordinator, type SaidCoordinatorFlags } from '../../options/coordinator-options.ts';
import { joinTokenTable } from '../../render/token-table.ts';
import { withTokens } from './token-store.ts';

/** Makes a token. Only the token goes to standard output, so that it can be piped. */
export async function createToken(flags: Flags<'token create'>, context: CliContext): Promise<void> {
  const { io } = context;
  const request = { ttlSeconds: flags.ttl, description: flags.description, ...defined({ node: flags.node }) };
  const coordinator = await existingCoordinator(flags, io.env);
  const created = await withTokens(coordinator, context.hooks, (tokens) => tokens.create(request), { existing: false });
  if (io.json) return io.line({ type: 'token', ...created });
  io.stdout.write(`${created.token}\n`);
  if (!io.stdout.isTTY) return;
  io.stderr.write(
    `It can be used until ${created.view.expiresAt.slice(0, 19)}Z. On each host, as root:\n` +
      '  VHIVE_TOKEN=<the token> vhive-agent install --coordinator <address of this host>\n',
  );
}

/** Prints all tokens. */
export async function listTokens(flags: SaidCoordinatorFlags, context: CliContext): Promise<void> {
  const { io } = context;
  const tokens = await withTokens(await existingCoordinator(flags, io.env), context.hooks, (store) => store.list());
  if (io.json) return io.line({ type: 'tokens', tokens });
  if (tokens.length === 0) return io.say('there are no join tokens; make one: vhive-coord token create');
  for (const line of joinTokenTable(tokens, { width: io.width, now: new Date() }, io.style)) io.say(line);
}

/** Revokes tokens. Stops at the first one that is not known. */
export async function revokeTokens(ids: string[], flags: SaidCoordinatorFlags, context: CliContext): Promise<void> {
  const { io } = context;
  await withTokens(await existingCoordinator(flags, io.env), context.hooks, async (tokens) => {
    for (const id of ids) {
      await tokens.revoke(id);
      io.tell(`revoked ${id}`);
    }
  });
}
