package main

type object = map[string]interface{}

const istioNamespace = "istio-system"

func istioObjects(wishes operator) []object {
	access := []object{
		{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": named("istio-gateway", nil)},
		{
			"apiVersion": "rbac.authorization.k8s.io/v1",
			"kind":       "ClusterRoleBinding",
			"metadata":   object{"name": "istio-gateway-" + istioNamespace},
			"roleRef":    object{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
			"subjects":   []object{{"kind": "ServiceAccount", "name": "istio-gateway", "namespace": istioNamespace}},
		},
	}
	objects := append(access,
		definition("networking.istio.io", "gateways", "Gateway"),
		definition("networking.istio.io", "virtualservices", "VirtualService"),
		definition("security.istio.io", "peerauthentications", "PeerAuthentication"),
	)
	if pilot := wishes.Spec.Components.Pilot.Enabled; pilot == nil || *pilot {
		objects = append(objects, deployment("istiod", map[string]string{"app": "istiod", "istio": "pilot"}, "discovery", "idle"))
	}
	for _, wish := range wishes.Spec.Components.IngressGateways {
		if wish.Enabled != nil && !*wish.Enabled {
			continue
		}
		labels := map[string]string{"app": wish.Name, "istio": "ingressgateway"}
		for name, value := range wish.Label {
			labels[name] = value
		}
		service := object{"type": "LoadBalancer", "ports": []object{
			{"name": "http2", "port": 80, "targetPort": 8080},
			{"name": "https", "port": 443, "targetPort": 8443},
		}}
		for field, value := range wish.K8s.Service {
			service[field] = value
		}
		service["selector"] = labels
		objects = append(objects,
			deployment(wish.Name, labels, "istio-proxy", "gateway"),
			object{"apiVersion": "v1", "kind": "Service", "metadata": named(wish.Name, labels), "spec": service},
		)
	}
	return objects
}

func named(name string, labels map[string]string) object {
	return object{"name": name, "namespace": istioNamespace, "labels": labels}
}

func deployment(name string, labels map[string]string, container, part string) object {
	run := object{"name": container, "image": image, "args": []string{part}}
	pod := object{"containers": []object{run}}
	if part == "gateway" {
		run["ports"] = []object{{"containerPort": 8080}}
		run["readinessProbe"] = object{"tcpSocket": object{"port": 8080}, "periodSeconds": 1}
		pod["serviceAccountName"] = "istio-gateway"
	}
	return object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": named(name, labels), "spec": object{
		"selector": object{"matchLabels": labels},
		"template": object{"metadata": object{"labels": labels}, "spec": pod},
	}}
}

// definition returns the definition of a custom resource of Istio with any content.
func definition(group, plural, kind string) object {
	version := func(name string, storage bool) object {
		return object{"name": name, "served": true, "storage": storage, "schema": object{
			"openAPIV3Schema": object{"type": "object", "x-kubernetes-preserve-unknown-fields": true},
		}}
	}
	return object{
		"apiVersion": "apiextensions.k8s.io/v1",
		"kind":       "CustomResourceDefinition",
		"metadata":   object{"name": plural + "." + group},
		"spec": object{
			"group":    group,
			"scope":    "Namespaced",
			"names":    object{"plural": plural, "kind": kind, "listKind": kind + "List"},
			"versions": []object{version("v1", true), version("v1beta1", false)},
		},
	}
}
