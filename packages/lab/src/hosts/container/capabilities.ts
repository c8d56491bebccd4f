/**
 * The capabilities that no host has, by their names without `cap_`: the clock and the loadable modules belong to the
 * machine. Hosts keep all others, because container runtimes need nearly all of them.
 */
export const withheldCapabilities = ['sys_time', 'sys_module'] as const;
