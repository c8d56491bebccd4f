package main

import (
	"bufio"
	"net"
	"os"
	"strings"

	"github.com/miekg/dns"
)

// corefile holds the parts of a Corefile that this server follows.
type corefile struct {
	// zone is the cluster domain, fully qualified: "cluster.local."
	zone string
	// upstreams are the servers, as host:port, to which other names are forwarded. Without any, other names are refused.
	upstreams []string
}

func readCorefile(path string) (corefile, error) {
	read := corefile{zone: "cluster.local."}
	file, err := os.Open(path)
	if err != nil {
		return read, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		words := strings.Fields(strings.TrimRight(strings.TrimSpace(lines.Text()), "{"))
		if len(words) >= 2 && words[0] == "kubernetes" {
			read.zone = dns.Fqdn(strings.ToLower(words[1]))
		}
		if len(words) >= 3 && words[0] == "forward" && words[1] == "." {
			read.upstreams = append(read.upstreams, upstreamAddresses(words[2:])...)
		}
	}
	return read, lines.Err()
}

// upstreamAddresses turns what follows "forward ." (addresses, or the path of a resolv.conf) into host:port.
func upstreamAddresses(targets []string) []string {
	addresses := []string{}
	for _, target := range targets {
		if strings.HasPrefix(target, "/") {
			if resolver, err := dns.ClientConfigFromFile(target); err == nil {
				for _, server := range resolver.Servers {
					addresses = append(addresses, net.JoinHostPort(server, resolver.Port))
				}
			}
		} else if net.ParseIP(target) != nil {
			addresses = append(addresses, net.JoinHostPort(target, "53"))
		} else {
			addresses = append(addresses, target)
		}
	}
	return addresses
}
