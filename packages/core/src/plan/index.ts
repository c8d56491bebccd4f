export type { ImageServer } from '../phases/index.ts';
export { buildPlan, type PlanInput } from './build-plan.ts';
export {
  criticalPath,
  estimator,
  recordedSeconds,
  renderCriticalPath,
} from './critical-path.ts';
export { renderMermaid } from './render-mermaid.ts';
export { renderText } from './render-text.ts';
