/** The version of agent and coordinator, which CHANGELOG.md lists. */
export const VERSION = '0.1.0';
