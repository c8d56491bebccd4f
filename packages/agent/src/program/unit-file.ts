import { VhiveError } from '@vhive/shared';

/** Returns the unit template with the launcher's path in place of the one that it names. */
export function unitFile(template: string, launcher: string): string {
  const line = /^ExecStart=.*$/m;
  if (!line.test(template))
    throw new VhiveError({
      code: 'internal',
      message: 'the template of the unit has no ExecStart',
      hint: 'install it again',
    });
  return template.replace(line, () => `ExecStart=${quoted(launcher)} run`);
}

/** Writes settings in the form of an EnvironmentFile (systemd.exec(5)). */
export function environmentFile(settings: Record<string, string>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}="${value.replaceAll(/["\\$`]/g, '\\$&')}"`);
  return `# Written by vhive-agent install.\n${lines.join('\n')}\n`;
}

/**
 * Quotes a path for an ExecStart line. According to systemd.service(5), `%` and `$` must be doubled, and blanks need
 * quotes.
 */
function quoted(path: string): string {
  const escaped = path.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\;]/.test(escaped) ? `"${escaped.replaceAll(/["\\]/g, '\\$&')}"` : escaped;
}
