# shellcheck shell=sh disable=SC2154 # part of start.sh, which sets $results and $host
# Room on the root file system. CloudLab's images have a root partition of 16 GB and leave most of the disk unused.

# In GiB. Preflight of vhive-coord asks for 10; the rest is for images, the build of vHive and what functions write.
needed_gib=30

free_gib() {
  df --output=avail -B1G / | tail -n 1 | tr -d ' '
}

# ensure_root_space grow|keep: ends the script where there is too little room and no more can be had.
ensure_root_space() {
  if [ "$(free_gib)" -ge "$needed_gib" ]; then return; fi
  say "the root file system has $(free_gib) GiB free, $needed_gib are needed"
  if [ "$1" = grow ]; then grow_root >>"$results/log" 2>&1 || say "it could not be grown, see $results/log"; fi
  if [ "$(free_gib)" -ge "$needed_gib" ]; then
    say "the root file system was grown and has $(free_gib) GiB free"
    return
  fi
  refuse 3 preflight "the root file system has only $(free_gib) GiB free, at least $needed_gib are needed" \
    "choose a hardware type with a larger first disk, an image with a larger root, or the parameter growRoot"
}

# Grows the partition of the root file system over what is behind it on its disk, and the file system with it.
grow_root() {
  root=$(findmnt -n -o SOURCE /)
  name=$(basename "$root")
  disk=$(lsblk -n -o PKNAME "$root" | head -n 1)
  if [ -z "$disk" ] || ! number=$(block_fact "$name" partition); then
    echo "$root is no partition of a disk"
    return 1
  fi
  command -v growpart >/dev/null || { apt-get update -q && apt-get install -q -y --no-install-recommends cloud-guest-utils; }
  remove_swap_and_empty_partitions "$disk" "$name"
  # It fails where there is nothing to grow over; then the file system may still be smaller than its partition.
  growpart "/dev/$disk" "$number" || true
  resize2fs "$root"
}

# block_fact PARTITION partition|start: its number, or its first sector.
block_fact() {
  cat "$host/sys/class/block/$1/$2"
}

# remove_swap_and_empty_partitions DISK PARTITION: of what is behind this partition, the one of the root file system.
# Kubernetes wants no swap, and CloudLab keeps empty partitions on the disk for other systems. What has a file system or
# is in use in another way is left alone.
remove_swap_and_empty_partitions() {
  lsblk -n -b -P -o NAME,FSTYPE,MOUNTPOINT,TYPE,PARTTYPE "/dev/$1" | while read -r line; do
    case $line in *"NAME=\"$2\""*) continue ;; esac
    case $line in *'TYPE="part"'*) ;; *) continue ;; esac
    partition=$(printf '%s\n' "$line" | sed 's/^NAME="\([^"]*\)".*/\1/')
    [ "$(block_fact "$partition" start)" -gt "$(block_fact "$2" start)" ] || continue
    case $line in
      *'FSTYPE="swap"'*)
        swapoff "/dev/$partition" 2>/dev/null || true
        sed -i '/^[^#].*[[:space:]]swap[[:space:]]/s/^/# vhive: /' "$host/etc/fstab"
        ;;
      *'FSTYPE="" MOUNTPOINT=""'*)
        # Linux, swap, none; as numbers (MBR) and as UUIDs (GPT).
        case $line in
          *'PARTTYPE="0x0"'* | *'PARTTYPE="0x82"'* | *'PARTTYPE="0x83"'*) ;;
          *'PARTTYPE="00000000-'* | *'PARTTYPE="0657fd6d-'* | *'PARTTYPE="0fc63daf-'*) ;;
          *) continue ;;
        esac
        ;;
      *) continue ;;
    esac
    number=$(block_fact "$partition" partition)
    echo "removing partition $number of $1: $line"
    sfdisk --no-reread --force --delete "/dev/$1" "$number" </dev/null
    partx --delete --nr "$number" "/dev/$1" || true
  done
}
