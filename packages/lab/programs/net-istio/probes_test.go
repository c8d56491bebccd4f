package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/sets"
	corev1listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

// clusterWith has the manifest's gateways and their Services, with the given pods behind both of them.
func clusterWith(t *testing.T, pods ...string) *targetLister {
	t.Helper()
	namespaced := cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc}
	gateways, services, endpoints := cache.NewIndexer(cache.MetaNamespaceKeyFunc, namespaced),
		cache.NewIndexer(cache.MetaNamespaceKeyFunc, namespaced), cache.NewIndexer(cache.MetaNamespaceKeyFunc, namespaced)
	for _, part := range []struct {
		gateway             gateway
		server, port, inPod int32
	}{{defaultExternal, 80, 80, 8080}, {defaultLocal, 8081, 80, 8081}} {
		name, err := part.gateway.serviceName()
		if err != nil {
			t.Fatal(err)
		}
		meta := metav1.ObjectMeta{Namespace: name.Namespace, Name: name.Name}
		addresses := []corev1.EndpointAddress{}
		for _, pod := range pods {
			addresses = append(addresses, corev1.EndpointAddress{IP: pod})
		}
		object := &unstructured.Unstructured{Object: map[string]interface{}{
			"metadata": map[string]interface{}{"namespace": part.gateway.Namespace, "name": part.gateway.Name},
			"spec": map[string]interface{}{"servers": []interface{}{
				map[string]interface{}{"port": map[string]interface{}{"number": int64(part.server), "protocol": "HTTP"}},
				map[string]interface{}{"port": map[string]interface{}{"number": int64(443), "protocol": "HTTPS"}},
			}},
		}}
		for _, err := range []error{
			gateways.Add(object),
			services.Add(&corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{
				{Name: "http2", Port: part.port, TargetPort: intstr.FromInt32(part.inPod)},
			}}}),
			endpoints.Add(&corev1.Endpoints{ObjectMeta: meta, Subsets: []corev1.EndpointSubset{
				{Addresses: addresses, Ports: []corev1.EndpointPort{{Name: "http2", Port: part.inPod}}},
			}}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return &targetLister{
		gateways:  cache.NewGenericLister(gateways, schema.GroupResource{Resource: "gateways"}),
		services:  corev1listers.NewServiceLister(services),
		endpoints: corev1listers.NewEndpointsLister(endpoints),
	}
}

func TestProbesEveryPodOfEachGateway(t *testing.T) {
	lister := clusterWith(t, "192.0.2.1", "192.0.2.2")
	targets, err := lister.ListProbeTargets(withConfig(t.Context(), exampleConfig()), exampleIngress())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, target := range targets {
		for _, url := range target.URLs {
			key := fmt.Sprint(sets.List(target.PodIPs), target.PodPort)
			got[key] = append(got[key], url.String())
		}
	}
	want := map[string][]string{
		"[192.0.2.1 192.0.2.2]8080": {"http://hello.default.192.0.2.7.sslip.io"},
		"[192.0.2.1 192.0.2.2]8081": {
			"http://hello.default", "http://hello.default.svc", "http://hello.default.svc.cluster.local"},
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("the probes differ (-want +got):\n%s", difference)
	}
}

func TestNoPodIsNoReadiness(t *testing.T) {
	_, err := clusterWith(t).ListProbeTargets(withConfig(t.Context(), exampleConfig()), exampleIngress())
	if !errors.Is(err, errNoGateway) {
		t.Errorf("without a pod: %v", err)
	}
}
