export type { CheckedNode } from './checked-node.ts';
export type { Overlay } from './overlays.ts';
export type { Problem } from './problem.ts';
export { type ConfigSources, resolveConfig } from './resolve-config.ts';
export { clusterFileJsonSchema } from './schema.ts';
export { checkConfig, configProblems } from './semantic-checks.ts';
export type { SourceText } from './source-file.ts';
