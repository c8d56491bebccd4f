/**
 * Capabilities no host has, by their names without `cap_`: the clock and the loadable modules are the machine's.
 * All others stay; container runtimes need nearly all.
 */
export const withheldCapabilities = ['sys_time', 'sys_module'] as const;
