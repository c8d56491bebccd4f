export type { Overlay } from './overlays.ts';
export { type ConfigSources, resolveConfig } from './resolve-config.ts';
export { checkConfig } from './semantic-checks.ts';
