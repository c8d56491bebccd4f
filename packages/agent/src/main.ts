import { main } from './program/program.ts';

// An action that was given up may have left handles open. They must not keep the process alive after its end.
process.exit(await main(process.argv, process.env));
