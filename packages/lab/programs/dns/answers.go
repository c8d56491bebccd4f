package main

import (
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// answerer answers questions about the cluster's zone and forwards all others.
type answerer struct {
	records   *clusterRecords
	upstreams []string
	// synced tells whether the records are complete. Until then a missing name means nothing.
	synced func() bool
}

const ttl = 30

func (a *answerer) ServeDNS(w dns.ResponseWriter, request *dns.Msg) {
	if len(request.Question) != 1 {
		refuse(w, request, dns.RcodeFormatError)
		return
	}
	question := request.Question[0]
	name := strings.ToLower(question.Name)
	if dns.IsSubDomain(a.records.zone, name) {
		a.answerFromCluster(w, request, question, name)
		return
	}
	if question.Qtype == dns.TypePTR {
		if target, found := a.records.nameOf(name); found {
			reply := authoritative(request)
			reply.Answer = []dns.RR{&dns.PTR{Hdr: header(question.Name, dns.TypePTR), Ptr: target}}
			w.WriteMsg(reply)
			return
		}
	}
	a.forward(w, request)
}

func (a *answerer) answerFromCluster(w dns.ResponseWriter, request *dns.Msg, question dns.Question, name string) {
	if !a.synced() {
		refuse(w, request, dns.RcodeServerFailure)
		return
	}
	reply := authoritative(request)
	found, exists := a.records.lookup(name)
	switch {
	case !exists:
		reply.Rcode = dns.RcodeNameError
	case found.alias != "":
		reply.Answer = a.followAlias(w.RemoteAddr().Network(), question, found.alias)
	case question.Qtype == dns.TypeSRV:
		for _, port := range found.ports {
			record := &dns.SRV{Hdr: header(question.Name, dns.TypeSRV), Weight: 100, Port: port.number, Target: port.target}
			reply.Answer = append(reply.Answer, record)
		}
	default:
		reply.Answer = addressRecords(question, found.addresses)
	}
	if len(reply.Answer) == 0 {
		// Some resolvers, such as musl's, take an empty answer without an SOA record for a broken server.
		reply.Ns = []dns.RR{a.records.authority()}
	}
	if w.RemoteAddr().Network() == "udp" {
		size := dns.MinMsgSize
		if option := request.IsEdns0(); option != nil {
			size = int(option.UDPSize())
		}
		for reply.Len() > size && len(reply.Answer) > 0 {
			// The resolver will ask again over TCP.
			reply.Answer, reply.Truncated = reply.Answer[:len(reply.Answer)-1], true
		}
	}
	w.WriteMsg(reply)
}

func addressRecords(question dns.Question, addresses []string) []dns.RR {
	answers := []dns.RR{}
	for _, address := range addresses {
		ip := net.ParseIP(address)
		if four := ip.To4(); four != nil && question.Qtype == dns.TypeA {
			answers = append(answers, &dns.A{Hdr: header(question.Name, dns.TypeA), A: four})
		} else if four == nil && ip != nil && question.Qtype == dns.TypeAAAA {
			answers = append(answers, &dns.AAAA{Hdr: header(question.Name, dns.TypeAAAA), AAAA: ip})
		}
	}
	return answers
}

// followAlias answers for an ExternalName service with the alias and with what its target resolves to, because the
// resolvers of pods do not ask again. The target is a name outside the cluster or that of another service.
func (a *answerer) followAlias(network string, question dns.Question, target string) []dns.RR {
	answers := []dns.RR{&dns.CNAME{Hdr: header(question.Name, dns.TypeCNAME), Target: target}}
	if question.Qtype == dns.TypeCNAME {
		return answers
	}
	if dns.IsSubDomain(a.records.zone, target) {
		found, _ := a.records.lookup(strings.ToLower(target))
		onward := dns.Question{Name: target, Qtype: question.Qtype, Qclass: question.Qclass}
		return append(answers, addressRecords(onward, found.addresses)...)
	}
	onward := new(dns.Msg)
	if reply := a.askUpstream(network, onward.SetQuestion(target, question.Qtype)); reply != nil {
		answers = append(answers, reply.Answer...)
	}
	return answers
}

// forward passes a question on to the upstream servers, over the network by which it came.
func (a *answerer) forward(w dns.ResponseWriter, request *dns.Msg) {
	if reply := a.askUpstream(w.RemoteAddr().Network(), request); reply != nil {
		w.WriteMsg(reply)
		return
	}
	if len(a.upstreams) == 0 {
		refuse(w, request, dns.RcodeRefused)
		return
	}
	refuse(w, request, dns.RcodeServerFailure)
}

// askUpstream asks the upstream servers in turn. It returns nil when none of them answers.
func (a *answerer) askUpstream(network string, question *dns.Msg) *dns.Msg {
	client := &dns.Client{Net: network, Timeout: 2 * time.Second}
	for _, upstream := range a.upstreams {
		if reply, _, err := client.Exchange(question, upstream); err == nil {
			return reply
		}
	}
	return nil
}

func authoritative(request *dns.Msg) *dns.Msg {
	reply := new(dns.Msg)
	reply.SetReply(request)
	reply.Authoritative = true
	reply.RecursionAvailable = true
	return reply
}

func refuse(w dns.ResponseWriter, request *dns.Msg, code int) {
	reply := new(dns.Msg)
	w.WriteMsg(reply.SetRcode(request, code))
}

func header(name string, kind uint16) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: ttl}
}
