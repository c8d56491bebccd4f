package main

import (
	"strings"

	"github.com/miekg/dns"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	listers "k8s.io/client-go/listers/core/v1"
)

// clusterRecords knows the names of the cluster's services, as the Kubernetes DNS specification 1.1 defines them:
// https://github.com/kubernetes/dns/blob/master/docs/specification.md
type clusterRecords struct {
	zone      string
	services  listers.ServiceLister
	endpoints listers.EndpointsLister
}

// lookupResult is what is known about a name. When everything is empty, the name exists but has no records.
type lookupResult struct {
	addresses []string
	ports     []servicePort
	// alias is the fully qualified target of an ExternalName service.
	alias string
}

type servicePort struct {
	number uint16
	target string
}

// lookup finds a lower-case, fully qualified name of the zone.
func (c *clusterRecords) lookup(name string) (lookupResult, bool) {
	relative := strings.TrimSuffix(strings.TrimSuffix(name, c.zone), ".")
	if relative == "" || relative == "svc" {
		return lookupResult{}, true
	}
	// The words are read from the right: svc, namespace, service, and then a host or _protocol and _port.
	words := strings.Split(relative, ".")
	last := len(words) - 1
	if words[last] != "svc" {
		return lookupResult{}, false
	}
	if last == 1 {
		services, err := c.services.Services(words[0]).List(labels.Everything())
		return lookupResult{}, err == nil && len(services) > 0
	}
	service, err := c.services.Services(words[last-1]).Get(words[last-2])
	if err != nil {
		return lookupResult{}, false
	}
	below := words[:last-2]
	if service.Spec.Type == core.ServiceTypeExternalName {
		return lookupResult{alias: dns.Fqdn(service.Spec.ExternalName)}, len(below) == 0
	}
	if len(below) == 2 && strings.HasPrefix(below[0], "_") && strings.HasPrefix(below[1], "_") {
		return c.portsOf(service, below[0][1:], below[1][1:])
	}
	if service.Spec.ClusterIP != core.ClusterIPNone {
		return lookupResult{addresses: service.Spec.ClusterIPs}, len(below) == 0
	}
	return c.headless(service, below)
}

// headless finds the addresses of a service without a cluster address, or of one of its hosts.
func (c *clusterRecords) headless(service *core.Service, below []string) (lookupResult, bool) {
	found := lookupResult{}
	if len(below) > 1 {
		return found, false
	}
	endpoints, err := c.endpoints.Endpoints(service.Namespace).Get(service.Name)
	if err != nil {
		return found, len(below) == 0
	}
	for _, subset := range endpoints.Subsets {
		for _, address := range subset.Addresses {
			if len(below) == 0 || below[0] == hostLabel(address) {
				found.addresses = append(found.addresses, address.IP)
			}
		}
	}
	return found, len(below) == 0 || len(found.addresses) > 0
}

// portsOf finds the SRV records of a named port.
func (c *clusterRecords) portsOf(service *core.Service, port string, protocol string) (lookupResult, bool) {
	found := lookupResult{}
	name := c.serviceName(service)
	if service.Spec.ClusterIP != core.ClusterIPNone {
		for _, offered := range service.Spec.Ports {
			if strings.EqualFold(offered.Name, port) && strings.EqualFold(string(offered.Protocol), protocol) {
				found.ports = append(found.ports, servicePort{uint16(offered.Port), name})
			}
		}
		return found, len(found.ports) > 0
	}
	endpoints, err := c.endpoints.Endpoints(service.Namespace).Get(service.Name)
	if err != nil {
		return found, false
	}
	for _, subset := range endpoints.Subsets {
		for _, offered := range subset.Ports {
			if !strings.EqualFold(offered.Name, port) || !strings.EqualFold(string(offered.Protocol), protocol) {
				continue
			}
			for _, address := range subset.Addresses {
				found.ports = append(found.ports, servicePort{uint16(offered.Port), hostLabel(address) + "." + name})
			}
		}
	}
	return found, len(found.ports) > 0
}

// nameOf finds the service whose address a reverse name (in-addr.arpa, ip6.arpa) stands for.
func (c *clusterRecords) nameOf(reverse string) (string, bool) {
	services, err := c.services.List(labels.Everything())
	if err != nil {
		return "", false
	}
	for _, service := range services {
		for _, address := range service.Spec.ClusterIPs {
			if own, err := dns.ReverseAddr(address); err == nil && own == reverse {
				return c.serviceName(service), true
			}
		}
	}
	return "", false
}

// authority is the zone's SOA record, which negative answers carry.
func (c *clusterRecords) authority() dns.RR {
	return &dns.SOA{
		Hdr: header(c.zone, dns.TypeSOA), Ns: "ns.dns." + c.zone, Mbox: "hostmaster." + c.zone,
		Serial: 1, Refresh: 7200, Retry: 1800, Expire: 86400, Minttl: 5,
	}
}

func (c *clusterRecords) serviceName(service *core.Service) string {
	return service.Name + "." + service.Namespace + ".svc." + c.zone
}

// hostLabel returns the name of an endpoint below its service: its hostname, or else its address with dashes.
func hostLabel(address core.EndpointAddress) string {
	if address.Hostname != "" {
		return address.Hostname
	}
	return strings.NewReplacer(".", "-", ":", "-").Replace(address.IP)
}
