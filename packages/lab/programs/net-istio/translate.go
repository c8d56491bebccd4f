package main

import (
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/networking/pkg/ingress"
	"knative.dev/pkg/kmeta"
	"knative.dev/pkg/network"
)

// meshGateway is Istio's word for the sidecars of all pods.
const meshGateway = "mesh"

// unsupported says why an Ingress cannot be translated, in words for its status.
type unsupported struct{ reason, message string }

func (u unsupported) Error() string { return u.message }

// A portLookup returns the number of a port of a Service that an Ingress calls by its name.
type portLookup func(namespace, service, port string) (int32, error)

// translate returns the VirtualServices of an Ingress: one for the gateways and, where it has names inside of the
// cluster, one for sidecars. Each route stands there twice. The first one, for requests that ask for the hash of the
// configuration, puts it into the request, by which the prober knows that an Envoy has these routes and no older ones.
func translate(ing *v1alpha1.Ingress, config *istioConfig, portOf portLookup) ([]*unstructured.Unstructured, error) {
	if len(ing.Spec.TLS) > 0 || ing.Spec.HTTPOption == v1alpha1.HTTPOptionRedirected {
		return nil, unsupported{"TLSNotSupported", "the lab's stand-in for net-istio does not know TLS"}
	}
	probed := ing.DeepCopy()
	if _, err := ingress.InsertProbe(probed); err != nil {
		return nil, unsupported{"InvalidRule", err.Error()}
	}
	public, err := specFor(probed, allRules, func(visibility v1alpha1.IngressVisibility) []string {
		return references(config.gatewaysOf(ing, visibility))
	}, portOf)
	if err != nil {
		return nil, err
	}
	mesh, err := specFor(probed, namesInside, func(v1alpha1.IngressVisibility) []string {
		return []string{meshGateway}
	}, portOf)
	if err != nil {
		return nil, err
	}
	objects := []*unstructured.Unstructured{}
	for _, part := range []struct {
		suffix string
		spec   virtualServiceSpec
	}{{"-ingress", public}, {"-mesh", mesh}} {
		if len(part.spec.Hosts) == 0 || len(part.spec.Gateways) == 0 {
			continue
		}
		object, err := virtualService(ing, part.suffix, part.spec)
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

func references(gateways []gateway) []string {
	names := make([]string, 0, len(gateways))
	for _, g := range gateways {
		names = append(names, g.reference())
	}
	return names
}

// allRules returns every host of a rule, with the shorter forms of names inside of the cluster.
func allRules(rule v1alpha1.IngressRule) sets.Set[string] {
	return ingress.ExpandedHosts(sets.New(rule.Hosts...))
}

// namesInside returns the hosts of a rule that are names of the cluster, in all their forms.
func namesInside(rule v1alpha1.IngressRule) sets.Set[string] {
	inside := sets.New[string]()
	for _, host := range rule.Hosts {
		if strings.HasSuffix(host, "."+network.GetClusterDomainName()) {
			inside.Insert(host)
		}
	}
	return ingress.ExpandedHosts(inside)
}

func specFor(
	ing *v1alpha1.Ingress,
	hostsOf func(v1alpha1.IngressRule) sets.Set[string],
	gatewaysOf func(v1alpha1.IngressVisibility) []string,
	portOf portLookup,
) (virtualServiceSpec, error) {
	hosts, gateways, routes := sets.New[string](), sets.New[string](), []httpRoute{}
	for _, rule := range ing.Spec.Rules {
		ruleHosts, ruleGateways := hostsOf(rule), gatewaysOf(rule.Visibility)
		if len(ruleHosts) == 0 || len(ruleGateways) == 0 {
			continue
		}
		hosts, gateways = hosts.Union(ruleHosts), gateways.Insert(ruleGateways...)
		for _, path := range rule.HTTP.Paths {
			route, err := routeFor(path, sets.List(ruleHosts), ruleGateways, portOf)
			if err != nil {
				return virtualServiceSpec{}, err
			}
			routes = append(routes, route)
		}
	}
	return virtualServiceSpec{Hosts: sets.List(hosts), Gateways: sets.List(gateways), HTTP: routes}, nil
}

func routeFor(path v1alpha1.HTTPIngressPath, hosts, gateways []string, portOf portLookup) (httpRoute, error) {
	match := httpMatch{Authority: stringMatch{Regex: anyOf(hosts)}, Gateways: gateways}
	if path.Path != "" {
		match.URI = &stringMatch{Prefix: path.Path}
	}
	for name, value := range path.Headers {
		if match.Headers == nil {
			match.Headers = map[string]stringMatch{}
		}
		// Istio knows names of headers in lower case only.
		match.Headers[strings.ToLower(name)] = stringMatch{Exact: value.Exact}
	}
	route := httpRoute{Match: []httpMatch{match}, Headers: setting(path.AppendHeaders)}
	if path.RewriteHost != "" {
		route.Rewrite = &httpRewrite{Authority: path.RewriteHost}
	}
	for _, split := range path.Splits {
		port, err := portNumber(split.IngressBackend, portOf)
		if err != nil {
			return httpRoute{}, err
		}
		weight := int64(split.Percent)
		if len(path.Splits) == 1 {
			weight = 100
		}
		route.Route = append(route.Route, destination{
			Destination: service{
				Host: network.GetServiceHostname(split.ServiceName, split.ServiceNamespace),
				Port: servicePort{Number: port},
			},
			Weight:  weight,
			Headers: setting(split.AppendHeaders),
		})
	}
	return route, nil
}

// anyOf matches requests to one of the hosts, whichever port they name.
func anyOf(hosts []string) string {
	quoted := make([]string, 0, len(hosts))
	for _, host := range hosts {
		quoted = append(quoted, regexp.QuoteMeta(host))
	}
	return "(" + strings.Join(quoted, "|") + ")(:[0-9]+)?"
}

// setting replaces what the client sent, because an appended header would keep the client's value beside ours.
func setting(values map[string]string) *headers {
	if len(values) == 0 {
		return nil
	}
	return &headers{Request: headerOperations{Set: values}}
}

func portNumber(backend v1alpha1.IngressBackend, portOf portLookup) (int64, error) {
	if backend.ServicePort.Type == intstr.Int {
		return int64(backend.ServicePort.IntValue()), nil
	}
	number, err := portOf(backend.ServiceNamespace, backend.ServiceName, backend.ServicePort.StrVal)
	if err != nil {
		return 0, unsupported{"UnknownPort", fmt.Sprintf("port %q of service %s/%s: %v",
			backend.ServicePort.StrVal, backend.ServiceNamespace, backend.ServiceName, err)}
	}
	return int64(number), nil
}

func virtualService(ing *v1alpha1.Ingress, suffix string, spec virtualServiceSpec) (*unstructured.Unstructured, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&spec)
	if err != nil {
		return nil, fmt.Errorf("the VirtualService of Ingress %s/%s: %w", ing.Namespace, ing.Name, err)
	}
	object := &unstructured.Unstructured{Object: map[string]interface{}{"spec": content}}
	object.SetGroupVersionKind(virtualServiceKind)
	object.SetNamespace(ing.Namespace)
	object.SetName(kmeta.ChildName(ing.Name, suffix))
	object.SetOwnerReferences(ownerOf(ing))
	object.SetLabels(kmeta.UnionMaps(ing.Labels, map[string]string{networking.IngressLabelKey: ing.Name}))
	return object, nil
}
