import type { TokenView } from '@vhive/shared';
import { describeDuration } from '../duration.ts';
import type { Style } from './style.ts';
import { table } from './text-table.ts';

/** Writes all join tokens, one per row. */
export function joinTokenTable(
  tokens: readonly TokenView[],
  room: { width: number; now: Date },
  style: Style,
): string[] {
  const rows = tokens.map((token) => {
    const left = (Date.parse(token.expiresAt) - room.now.getTime()) / 1000;
    const usable = !token.revoked && left > 0;
    const state = token.revoked ? 'revoked' : left > 0 ? `usable for ${describeDuration(left)}` : 'expired';
    return [
      { text: token.id },
      { text: state, style: usable ? style.good : style.dim },
      { text: String(token.uses) },
      { text: token.createdAt.slice(0, 19) },
      { text: [...(token.node === null ? [] : [`for node ${token.node} alone`]), token.description].join(' ').trim() },
    ];
  });
  const columns = [
    { heading: 'ID' },
    { heading: 'STATE' },
    { heading: 'USES', align: 'right' as const },
    { heading: 'CREATED (UTC)' },
    { heading: 'DESCRIPTION', elastic: true },
  ];
  return table(columns, rows, { width: room.width, heading: style.dim });
}
