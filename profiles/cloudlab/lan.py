"""Finds the experiment's LAN in a manifest (GENI RSpec, on standard input), for a node and the master.

Usage: geni-get manifest | python3 lan.py NODE MASTER
Prints the network, the node's address and the master's: 10.10.1.0/24 10.10.1.2 10.10.1.1
"""

import ipaddress
import sys
import xml.etree.ElementTree as ElementTree


def interfaces_of(manifest, node):
    """The IPv4 interfaces that the experiment gave a node, in the order of the manifest."""
    found = []
    for element in manifest.iterfind("{*}node"):
        if element.get("client_id") == node:
            for ip in element.iterfind("{*}interface/{*}ip"):
                if ip.get("type", "ipv4") == "ipv4":
                    found.append(ipaddress.ip_interface("%s/%s" % (ip.get("address"), ip.get("netmask"))))
    return found


def main(node, master):
    try:
        manifest = ElementTree.fromstring(sys.stdin.read())
        theirs = interfaces_of(manifest, master)
        pairs = [(mine, one) for mine in interfaces_of(manifest, node) for one in theirs if one.network == mine.network]
    except (ElementTree.ParseError, ValueError) as error:
        sys.exit("the manifest cannot be read: %s" % error)
    if not pairs:
        sys.exit("the manifest has no LAN that %s and %s are both on" % (node, master))
    mine, one = pairs[0]
    print(mine.network, mine.ip, one.ip)


if __name__ == "__main__":
    main(*sys.argv[1:])
