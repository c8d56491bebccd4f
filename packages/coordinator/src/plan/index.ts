export { buildPlan, type PlanInput, type PlanSelection } from './build-plan.ts';
export { renderMermaid } from './render-mermaid.ts';
export { renderText } from './render-text.ts';
