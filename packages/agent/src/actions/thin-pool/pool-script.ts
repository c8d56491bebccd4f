import type { Params } from '@vhive/shared';
import type { ManagedFile } from '../kit/managed-file.ts';
import { MAX_METADATA_BLOCKS, METADATA_BLOCK } from './pool-status.ts';
import { SECTOR } from './pool-table.ts';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Returns the path of the script of a pool. */
export const poolScriptPath = (name: string) => `/usr/local/libexec/vhive/thin-pool-${name}`;

/** Returns the script that makes the pool. The unit runs it at installation and at every boot. */
export function poolScript(params: Params<'thin-pool'>): ManagedFile {
  return { path: poolScriptPath(params.name), content: text(params), mode: '0755', owner: 'root', group: 'root' };
}

function text(params: Params<'thin-pool'>): string {
  return `#!/bin/sh
# Written by vhive-agent; changes are overwritten.
# Brings the thin pool up on two sparse files by way of loop devices. Whatever exists already stays: the files are never
# shrunk or made again, and a pool is never made again; one that is smaller than wanted grows.
set -eu

name=${quoted(params.name)}
directory=${quoted(params.directory)}
data_bytes=${params.dataBytes}
metadata_bytes=${params.metadataBytes}
block_sectors=${params.blockSectors}
low_water_mark_blocks=${params.lowWaterMarkBlocks}

# sparse FILE BYTES: makes the file at least that large and prints its size.
sparse() {
  [ -e "$1" ] || (umask 077 && truncate -s "$2" "$1")
  [ "$(stat -c %s "$1")" -ge "$2" ] || truncate -s "$2" "$1"
  stat -c %s "$1"
}

# loop FILE: prints the loop device of the file, which is made when there is none, as after a reboot.
loop() {
  device=$(losetup -j "$1" | sed -n '1s/:.*//p')
  [ -n "$device" ] || device=$(losetup --find --show "$1")
  echo "$device"
}

# fresh DEVICE: lets the loop device notice that its file has grown.
fresh() {
  losetup --set-capacity "$1"
}

mkdir -p "$directory"
data_size=$(sparse "$directory/data" "$data_bytes")
metadata_size=$(sparse "$directory/metadata" "$metadata_bytes")
data=$(loop "$directory/data")
metadata=$(loop "$directory/metadata")
sectors=$((data_size / ${SECTOR}))
table="0 $sectors thin-pool $metadata $data $block_sectors $low_water_mark_blocks 1 skip_block_zeroing"

if ! status=$(dmsetup status "$name" 2>/dev/null); then
  fresh "$data"
  fresh "$metadata"
  dmsetup create "$name" --table "$table" || {
    echo "the kernel refuses the thin pool $name on the files there are: is its metadata damaged? thin_check $directory/metadata" >&2
    exit 1
  }
  status=$(dmsetup status "$name")
fi

# The fields are: start, length, "thin-pool", transaction, used/total metadata blocks, used/total data blocks, ...
set -- $status
case " $* " in
  *' Fail '* | *' Error '* | *' ro '* | *' needs_check '*)
    echo "the thin pool $name needs repair: $status" >&2
    exit 1
    ;;
esac
metadata_blocks=$((metadata_size / ${METADATA_BLOCK}))
# The kernel uses no more metadata blocks than this.
[ "$metadata_blocks" -le ${MAX_METADATA_BLOCKS} ] || metadata_blocks=${MAX_METADATA_BLOCKS}
if [ "$2" -lt "$sectors" ] || [ "\${5#*/}" -lt "$metadata_blocks" ]; then
  fresh "$data"
  fresh "$metadata"
  # The new table waits beside the old one; resume swaps them, with nothing lost if the kernel refuses it.
  dmsetup reload "$name" --table "$table"
  dmsetup resume "$name"
fi
`;
}
