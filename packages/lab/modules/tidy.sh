#!/bin/sh
# tidy.sh GROUP [MODULE@VERSION ...]
# Raises modules of a group, and writes its go.mod and go.sum anew. README.md says when.
set -eu
cd "$(dirname "$0")/$1"
shift
own=$(sed -n 's#^module ##p' go.mod)
# The lab's own programs are packages of the group's module while it is tidied and compiled.
programs=$(sed -n "s#^\(tool\)\{0,1\}[[:space:]]*$own/\([a-z0-9-]*\)\$#\2#p" go.mod)
trap 'rm -rf $programs' EXIT
for program in $programs; do
  mkdir -p "$program"
  cp ../../programs/"$program"/*.go "$program"
done
for module in "$@"; do go mod edit -require="$module"; done
go mod tidy
