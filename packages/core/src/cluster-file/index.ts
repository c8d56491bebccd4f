export type { Overlay } from './overlays.ts';
export {
  type ComparedSettings,
  changeLine,
  refuseChanges,
  type SettingChange,
  settingsChanges,
} from './remembered/settings-changes.ts';
export { settingsNow, sourcesOf } from './remembered/settings-now.ts';
export { type ConfigSources, resolveConfig } from './resolve-config.ts';
export { checkConfig } from './semantic-checks.ts';
