package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/sets"
	corev1listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/networking/pkg/ingress"
	"knative.dev/networking/pkg/status"
)

// errNoGateway says that no Envoy is there to be asked. It ends by an event: endpoints of the gateway that come.
var errNoGateway = errors.New("no pod of the gateway is ready")

// A targetLister finds the Envoys that must have the routes of an Ingress before it is ready.
type targetLister struct {
	gateways  cache.GenericLister
	services  corev1listers.ServiceLister
	endpoints corev1listers.EndpointsLister
}

var _ status.ProbeTargetLister = (*targetLister)(nil)

// ListProbeTargets returns the ready pods of each gateway of the Ingress, at the port that each of its servers has in
// the pod, with the hosts that are visible there.
func (l *targetLister) ListProbeTargets(ctx context.Context, ing *v1alpha1.Ingress) ([]status.ProbeTarget, error) {
	config := configFrom(ctx)
	gateways, byVisibility := map[string]gateway{}, map[v1alpha1.IngressVisibility]sets.Set[string]{}
	for _, visibility := range []v1alpha1.IngressVisibility{
		v1alpha1.IngressVisibilityExternalIP, v1alpha1.IngressVisibilityClusterLocal,
	} {
		byVisibility[visibility] = sets.New[string]()
		for _, g := range config.gatewaysOf(ing, visibility) {
			gateways[g.reference()] = g
			byVisibility[visibility].Insert(g.reference())
		}
	}
	targets := []status.ProbeTarget{}
	hostsOf := ingress.HostsPerVisibility(ing, byVisibility)
	for _, reference := range sets.List(sets.KeySet(hostsOf)) {
		ofGateway, err := l.targetsOf(gateways[reference], sets.List(hostsOf[reference]))
		if err != nil {
			return nil, fmt.Errorf("gateway %s: %w", reference, err)
		}
		targets = append(targets, ofGateway...)
	}
	return targets, nil
}

func (l *targetLister) targetsOf(g gateway, hosts []string) ([]status.ProbeTarget, error) {
	name, err := g.serviceName()
	if err != nil {
		return nil, err
	}
	object, err := l.gateways.ByNamespace(g.Namespace).Get(g.Name)
	if err != nil {
		return nil, err
	}
	service, err := l.services.Services(name.Namespace).Get(name.Name)
	if err != nil {
		return nil, err
	}
	endpoints, err := l.endpoints.Endpoints(name.Namespace).Get(name.Name)
	if err != nil {
		return nil, err
	}
	targets := []status.ProbeTarget{}
	for _, number := range httpPorts(object.(*unstructured.Unstructured)) {
		portName, ok := servicePortName(service, number)
		if !ok {
			continue
		}
		for _, subset := range endpoints.Subsets {
			target, ok := targetIn(subset, portName, hosts, number)
			if ok {
				targets = append(targets, target)
			}
		}
	}
	if len(targets) == 0 {
		return nil, errNoGateway
	}
	return targets, nil
}

// httpPorts returns the ports of a Gateway's servers that speak plain HTTP.
func httpPorts(gateway *unstructured.Unstructured) []int32 {
	servers, _, _ := unstructured.NestedSlice(gateway.Object, "spec", "servers")
	ports := []int32{}
	for _, server := range servers {
		port, _, _ := unstructured.NestedMap(server.(map[string]interface{}), "port")
		number, isNumber := port["number"].(int64)
		if isNumber && (port["protocol"] == "HTTP" || port["protocol"] == "HTTP2") {
			ports = append(ports, int32(number))
		}
	}
	return ports
}

// servicePortName finds the port of a Service behind which Istio opens a port of a Gateway. That is the port of the
// same number. A Service whose ports are not translated (as knative-local-gateway) has it as its target.
func servicePortName(service *corev1.Service, number int32) (string, bool) {
	for _, port := range service.Spec.Ports {
		if port.Port == number {
			return port.Name, true
		}
	}
	for _, port := range service.Spec.Ports {
		if port.TargetPort.Type == intstr.Int && port.TargetPort.IntVal == number {
			return port.Name, true
		}
	}
	return "", false
}

func targetIn(subset corev1.EndpointSubset, portName string, hosts []string, port int32) (status.ProbeTarget, bool) {
	if len(subset.Addresses) == 0 {
		return status.ProbeTarget{}, false
	}
	for _, candidate := range subset.Ports {
		if candidate.Name != portName {
			continue
		}
		target := status.ProbeTarget{
			PodIPs:  sets.New[string](),
			PodPort: strconv.Itoa(int(candidate.Port)),
			Port:    strconv.Itoa(int(port)),
		}
		for _, address := range subset.Addresses {
			target.PodIPs.Insert(address.IP)
		}
		for _, host := range hosts {
			target.URLs = append(target.URLs, &url.URL{Scheme: "http", Host: host})
		}
		return target, true
	}
	return status.ProbeTarget{}, false
}
