/** The first line of every configuration file that vHive writes, in all formats whose comments begin with `#`. */
export const WRITTEN_BY_VHIVE = '# Written by vHive; changes are overwritten.\n';
