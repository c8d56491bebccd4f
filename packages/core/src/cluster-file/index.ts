export type { Overlay } from './overlays.ts';
export { type ConfigSources, resolveConfig } from './resolve-config.ts';
export { checkConfig, configProblems } from './semantic-checks.ts';
