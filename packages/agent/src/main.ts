import { main } from './program/program.ts';

// Handles of an action that was given up may still be open: the end is the end.
process.exit(await main(process.argv, process.env));
