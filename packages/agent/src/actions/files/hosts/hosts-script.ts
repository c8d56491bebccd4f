import type { ManagedFile } from '../../kit/managed-file.ts';
import { MARKER } from './hosts-file.ts';

/**
 * The file with the lines of ours that /etc/hosts should have. It is the only place that says so, for the action and
 * for the script.
 */
export const WANTED_ENTRIES = '/etc/vhive/hosts';
/** The path of the script. */
export const HOSTS_SCRIPT = '/usr/local/libexec/vhive/hosts-entries';

/**
 * The script that puts back what is missing in /etc/hosts. It runs at installation, at every boot and whenever somebody
 * rewrites the file. It places lines like `withHostsEntry`. Usage: hosts-entries [wanted entries] [hosts file].
 */
export const hostsScript: ManagedFile = {
  path: HOSTS_SCRIPT,
  mode: '0755',
  owner: 'root',
  group: 'root',
  content: `#!/bin/sh
# Written by vhive-agent; changes are overwritten.
# Brings the entries of ${WANTED_ENTRIES} into /etc/hosts, each before any other line about its names, since the first
# answer counts. Lines of others stay byte for byte. Nothing is written, nor any file made beside it, while all is well:
# a unit that watches the file starts this script.
set -eu
export LC_ALL=C

wanted=\${1:-${WANTED_ENTRIES}}
hosts=$(readlink -f "\${2:-/etc/hosts}")
[ -e "$wanted" ] || exit 0

# now: prints what the hosts file holds.
now() {
  [ ! -e "$hosts" ] || cat "$hosts"
}

# complete: copies standard input to standard output and adds the entries.
complete() {
  awk -v wanted="$wanted" -v marker='${MARKER}' '
    function ours(line) {
      sub(/[ \\t\\r\\f\\v]+$/, "", line)
      return length(line) >= length(marker) && substr(line, length(line) - length(marker) + 1) == marker
    }
    # Whether a line is about one of the names of the entry at hand.
    function about(line, words, count, i) {
      sub(/#.*/, "", line)
      gsub(/[\\t\\r\\f\\v]/, " ", line)
      count = split(tolower(line), words, " ")
      for (i = 2; i <= count; i++) if (words[i] in names) return 1
      return 0
    }
    function take(entry, words, count, i) {
      split("", names)
      sub(/#.*/, "", entry)
      count = split(entry, words, " ")
      for (i = 2; i <= count; i++) names[words[i]] = 1
    }
    { lines[++last] = $0 }
    END {
      while ((getline entry < wanted) > 0) {
        if (!ours(entry)) continue
        take(entry)
        placed = 0
        kept = 0
        for (i = 1; i <= last; i++) {
          if (about(lines[i])) {
            if (!placed) next_lines[++kept] = entry
            placed = 1
            if (ours(lines[i])) continue
          }
          next_lines[++kept] = lines[i]
        }
        if (!placed) next_lines[++kept] = entry
        for (i = 1; i <= kept; i++) lines[i] = next_lines[i]
        last = kept
      }
      for (i = 1; i <= last; i++) print lines[i]
    }
  '
}

if [ -e "$hosts" ] && now | complete | cmp -s - "$hosts"; then exit 0; fi

new=$(mktemp "$hosts.vhive.XXXXXX")
trap 'rm -f "$new"' EXIT
chmod 0644 "$new"
# The new file gets the mode, the owner and the labels of the present one.
[ ! -e "$hosts" ] || cp -a "$hosts" "$new"
now | complete >"$new"
sync "$new"
# A file that is a mount of its own, as in a container, cannot be replaced, so it is written in place.
mv -f "$new" "$hosts" 2>/dev/null || cat "$new" >"$hosts"
`,
};
