// The lab's stand-in for CoreDNS, which Debian does not package. It runs under kubeadm's unmodified add-on (with its
// arguments, ports, probes and permissions), answers for the cluster's services from the API server and forwards
// everything else.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/miekg/dns"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// kubernetesVersion is set by the linker.
var kubernetesVersion = "unknown"

func main() {
	configuration := flag.String("conf", "/etc/coredns/Corefile", "the Corefile, of which only the kubernetes and forward lines are read")
	showVersion := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *showVersion {
		fmt.Println("the vHive lab's DNS server, for Kubernetes " + kubernetesVersion)
		return
	}
	read, err := readCorefile(*configuration)
	stopOn(err)
	access, err := rest.InClusterConfig()
	stopOn(err)
	client, err := kubernetes.NewForConfig(access)
	stopOn(err)
	factory := informers.NewSharedInformerFactory(client, 10*time.Minute)
	services, endpoints := factory.Core().V1().Services(), factory.Core().V1().Endpoints()
	servicesSynced, endpointsSynced := services.Informer().HasSynced, endpoints.Informer().HasSynced
	factory.Start(make(chan struct{}))

	go serveProbe(":8080", func() bool { return true })
	synced := func() bool { return servicesSynced() && endpointsSynced() }
	go serveProbe(":8181", synced)

	records := &clusterRecords{zone: read.zone, services: services.Lister(), endpoints: endpoints.Lister()}
	handler := &answerer{records: records, upstreams: read.upstreams, synced: synced}
	for _, network := range []string{"udp", "tcp"} {
		server := &dns.Server{Addr: ":53", Net: network, Handler: handler}
		go func() { stopOn(server.ListenAndServe()) }()
	}
	fmt.Printf("serving %s, forwarding other names to %v\n", read.zone, read.upstreams)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	<-stop
}

// serveProbe answers the kubelet's liveness or readiness probe.
func serveProbe(address string, healthy func() bool) {
	stopOn(http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !healthy() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "OK")
	})))
}

func stopOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
