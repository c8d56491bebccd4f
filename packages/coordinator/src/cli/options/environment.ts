import { type Command, Option } from 'commander';

/** An option that the environment variable of its name sets too: `--https-port` and `VHIVE_HTTPS_PORT`. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  if (takesValue(made)) return made.env(variableOf(made));
  // Commander takes any value of a switch's variable, "0" too, as on: read below instead.
  made.description = `${description} (env: ${variableOf(made)})`;
  return made;
}

/** Reads the environment variables of switches: 1, true, yes or on; anything else is off. Flags win. */
export function applySwitchVariables(command: Command, env: NodeJS.ProcessEnv): void {
  for (const made of command.options) {
    const value = env[variableOf(made)];
    if (takesValue(made) || value === undefined) continue;
    const name = made.attributeName();
    if (command.getOptionValueSource(name) === 'cli' || !made.description.includes('(env: ')) continue;
    const on = /^(1|true|yes|on)$/i.test(value);
    command.setOptionValueWithSource(name, made.negate ? !on : on, 'env');
  }
}

function variableOf(made: Option): string {
  return `VHIVE_${made.name().replaceAll('-', '_').toUpperCase()}`;
}

function takesValue(made: Option): boolean {
  return made.required || made.optional;
}
