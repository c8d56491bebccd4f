import type { Import } from './imports.ts';
import { roomOf, rooms } from './rooms.ts';

/** The files that only tests and benchmarks use. */
const supporting = /\.(?:test|fixture)\.ts$|^(?:test|bench)\/|(?:^|\/)vitest\.config\.ts$/;

/** True for the files that make the product, and the tools of this repository. */
export function isProduction(file: string): boolean {
  return !supporting.test(file);
}

/** What is wrong with the imports, a sentence each; empty where every import goes through a door. */
export function breaches(imports: readonly Import[]): string[] {
  return imports.flatMap(breachOf);
}

function breachOf({ from, to, inside }: Import): string[] {
  if (!isProduction(from)) return [];
  const room = roomOf(from);
  if (room === undefined) return [`${from} stands in no room: add its folder to lint/rooms.ts`];
  if (!inside) return allowsPackage(room, to) ? [] : [`${from} imports ${to}, which ${room} may not`];
  if (!isProduction(to)) return [`${from} imports ${to}, which is for tests`];
  const other = roomOf(to);
  if (other !== undefined && (other === room || allowsRoom(room, other))) return [];
  return [`${from} imports ${to}, but ${room} has no door to ${other ?? 'it'}`];
}

const floors = Object.keys(rooms);

/** A door leads to a room that stands above in the table, so that rooms cannot stand in a circle. */
function allowsRoom(room: string, other: string): boolean {
  const named = rooms[room]?.rooms.some((name) => other === name || other.startsWith(`${name}/`)) === true;
  return named && floors.indexOf(other) < floors.indexOf(room);
}

function allowsPackage(room: string, name: string): boolean {
  const allowed = rooms[room]?.packages ?? [];
  return allowed.includes(name) || (name.startsWith('node:') && allowed.includes('node:*'));
}
