/** The first line of files that vHive writes and that have comments with `#`, as every configuration it writes says. */
export const WRITTEN_BY_VHIVE = '# Written by vHive; changes are overwritten.\n';
