# shellcheck shell=sh disable=SC2034,SC2154 # part of start.sh, which sets $here and $results
# The network of the experiment, as CloudLab says it in the manifest. The control network must not be used by clusters.

manifest_is_there() {
  geni-get manifest >"$results/manifest.xml" 2>>"$results/log" && [ -s "$results/manifest.xml" ]
}

has_lan_address() {
  ip -o -4 address show | grep -qF " $lan_address/"
}

# Sets lan_network (CIDR), lan_address (this node's) and lan_master (that of node-0).
find_lan() {
  attempts manifest_is_there ||
    refuse 6 unreachable "geni-get does not give the manifest of this experiment" "type: geni-get manifest"
  name=$(geni-get client_id)
  found=$(python3 "$here/lan.py" "$name" node-0 <"$results/manifest.xml" 2>&1) ||
    refuse 3 preflight "$name has no LAN: $found" "instantiate the profile with a LAN that all nodes are on"
  lan_network=${found%% *} lan_master=${found##* }
  lan_address=${found#* } lan_address=${lan_address% *}
  attempts has_lan_address ||
    refuse 3 preflight "no interface of $name has its address in the LAN, $lan_address" "type: ip address show"
  say "the LAN is $lan_network, with $name at $lan_address"
}
