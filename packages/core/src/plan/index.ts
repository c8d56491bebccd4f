export { buildPlan, type PlanInput, type PlanSelection } from './build-plan.ts';
export {
  type CriticalPath,
  criticalPath,
  estimator,
  recordedSeconds,
  renderCriticalPath,
} from './critical-path.ts';
export { renderMermaid } from './render-mermaid.ts';
export { renderText } from './render-text.ts';
