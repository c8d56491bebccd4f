import { VhiveError } from '@vhive/shared';

/** The unit template with the launcher's path in place of the one it names. */
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

/** Settings in the form of an EnvironmentFile (systemd.exec(5)). */
export function environmentFile(settings: Record<string, string>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}="${value.replaceAll(/["\\$`]/g, '\\$&')}"`);
  return `# Written by vhive-agent install.\n${lines.join('\n')}\n`;
}

/** systemd.service(5): specifiers and variables are written twice, blanks need quotes. */
function quoted(path: string): string {
  const escaped = path.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\;]/.test(escaped) ? `"${escaped.replaceAll(/["\\]/g, '\\$&')}"` : escaped;
}
