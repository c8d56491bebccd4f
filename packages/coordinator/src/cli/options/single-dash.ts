/** How a flag of another tool is written here; `isSwitch`: it takes no argument, or `=true` and `=false`. */
interface Spelling {
  flag: string;
  isSwitch?: true;
}

/** tools/deployer of vSwarm. */
const deployer: Readonly<Record<string, Spelling>> = {
  funcPath: { flag: '--func-dir' },
  jsonFile: { flag: '--functions' },
  endpointsFile: { flag: '--endpoints-file' },
  conc: { flag: '--concurrency' },
  gatewayURL: { flag: '--gateway-url' },
  namespace: { flag: '--namespace' },
};

/**
 * Words that experimenters' scripts give to the tools which these commands replace, by command. Those tools are written in
 * Go, where `-rps 10`, `--rps 10` and `-rps=10` are the same.
 */
const spellings: Readonly<Record<string, Readonly<Record<string, Spelling>>>> = {
  'fn deploy': deployer,
  deploy: deployer,
  // tools/invoker of vSwarm
  invoke: {
    endpointsFile: { flag: '--endpoints' },
    rps: { flag: '--rps' },
    time: { flag: '--time' },
    latf: { flag: '--latf' },
    durf: { flag: '--durf' },
    profile: { flag: '--profile', isSwitch: true },
    port: { flag: '--port' },
    trace: { flag: '--trace', isSwitch: true },
    zipkin: { flag: '--zipkin' },
    grpcTimeout: { flag: '--timeout' },
    dbg: { flag: '--verbose', isSwitch: true },
  },
};

/**
 * Returns the words of the command line (`process.argv`) with the flags of the tools that a command replaces written as
 * ours. All other words, and all words of other commands, stay as they are.
 */
export function withDoubleDashes(argv: readonly string[]): string[] {
  const words = argv.slice(2);
  const command = Object.keys(spellings).find((name) => name.split(' ').every((word, index) => words[index] === word));
  if (command === undefined) return [...argv];
  const end = argv.indexOf('--');
  return argv.flatMap((word, index) =>
    end !== -1 && index > end ? [word] : translated(word, spellings[command] ?? {}),
  );
}

function translated(word: string, known: Readonly<Record<string, Spelling>>): string[] {
  const { name = '', value } = /^--?(?<name>[A-Za-z]+)(?:=(?<value>.*))?$/s.exec(word)?.groups ?? {};
  const spelling = Object.hasOwn(known, name) ? known[name] : undefined;
  if (spelling === undefined) return [word];
  if (value === undefined) return [spelling.flag];
  if (!spelling.isSwitch) return [`${spelling.flag}=${value}`];
  return ['true', '1', 't', 'T', 'TRUE', 'True'].includes(value) ? [spelling.flag] : [];
}
