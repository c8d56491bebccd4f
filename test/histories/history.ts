import { readdirSync, readFileSync } from 'node:fs';
import { type RunEvent, runEvent } from '@vhive/shared';

/** Writes one event per line, so that a difference is readable. */
export function format(events: readonly RunEvent[]): string {
  return `[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]\n`;
}

/** Returns all recorded histories by name, validated as the event store validates them. */
export function histories(): [name: string, events: RunEvent[]][] {
  const directory = new URL('./', import.meta.url);
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json') && file !== 'package.json')
    .map((file) => {
      const events = JSON.parse(readFileSync(new URL(file, directory), 'utf8')) as unknown[];
      return [file.replace('.json', ''), events.map((event) => runEvent.parse(event))];
    });
}
