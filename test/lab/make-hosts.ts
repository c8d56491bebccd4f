import { defaultLabDirectories, labUp } from '@vhive/lab/index';

// Makes two hosts in the lab of VHIVE_LAB_DIR. It is a program of its own so that a test can kill it at any moment.
await labUp({ ...defaultLabDirectories(), hosts: 2, binds: [], log: (line) => process.stderr.write(`${line}\n`) });
