# shellcheck shell=sh disable=SC2154 # part of start.sh, which sets $results, $host and $repository
# Node.js and npm for the first start of bin/vhive-coord, which installs everything else by itself. Images of Ubuntu have
# none, or one that is too old. Both are in the archive of Node.js' publisher, which is held against its own list of sums.

node_version=v26.10.0
node_publisher=https://nodejs.org/dist/$node_version

ensure_node_js() {
  if [ -e "$repository/node_modules/.vhive-installed" ] || [ -e "$repository/lib/node" ]; then return; fi
  major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
  if [ "${major:-0}" -ge 20 ] && command -v npx >/dev/null; then return; fi
  tools=$host/opt/vhive-node
  PATH=$tools/bin:$PATH
  export PATH
  if [ -e "$tools/bin/npx" ]; then return; fi
  say "fetching Node.js and npm"
  case $(uname -m) in
    x86_64) archive=node-$node_version-linux-x64.tar.gz ;;
    aarch64) archive=node-$node_version-linux-arm64.tar.gz ;;
    *) refuse 3 preflight "there is no Node.js for $(uname -m)" "choose a hardware type with x86-64 or arm64" ;;
  esac
  rm -rf "$tools" "$tools.part" && mkdir -p "$tools.part"
  for file in SHASUMS256.txt "$archive"; do
    attempts curl -fsSL --max-time 600 -o "$tools.part/$file" "$node_publisher/$file" ||
      refuse 6 unreachable "$node_publisher cannot be reached" "see whether this node reaches the internet, then reboot it"
  done
  (cd "$tools.part" && grep " $archive\$" SHASUMS256.txt | sha256sum --check --status) ||
    refuse 4 step-failed "$archive is not what it should be: its SHA-256 is another" "reboot the node to fetch it again"
  tar -xzf "$tools.part/$archive" -C "$tools.part" --strip-components=1
  rm "$tools.part/$archive"
  # Node.js' official binary needs one library that a minimal image lacks.
  "$tools.part/bin/node" --version >/dev/null 2>&1 ||
    { apt-get update -q && apt-get install -q -y --no-install-recommends libatomic1; } >>"$results/log" 2>&1 ||
    refuse 4 step-failed "libatomic1 could not be installed, which Node.js needs" "see $results/log"
  mv "$tools.part" "$tools"
}
