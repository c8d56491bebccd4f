export { labCheck } from './check.ts';
export { defaultLabDirectories } from './directories.ts';
export { labDown } from './down.ts';
export { type LabExecOptions, type LabExecution, labExec } from './exec.ts';
export { type LabHostStatus, type LabSelector, labHost, labList } from './list.ts';
export { labKill, labLink, labReboot, type PowerOptions } from './power.ts';
export type { LabBind, LabDirectories, LabHost, LabLog, LabUpOptions } from './types.ts';
export { labUp } from './up.ts';
