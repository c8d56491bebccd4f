/** The contracts of all actions an agent can do: a file of its own, so that it can be loaded when they are needed. */
export { agentActions as contracts } from '@vhive/shared';
