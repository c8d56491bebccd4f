/**
 * The contracts of all actions that an agent can run. They are re-exported from a file of their own, so that an agent
 * can load them when its first step comes and not when it starts.
 */
export { agentActions as contracts } from '@vhive/shared';
