package main

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// exampleConfig has the gateways that the manifest brings.
func exampleConfig() *istioConfig {
	return &istioConfig{external: []gateway{defaultExternal}, local: []gateway{defaultLocal}}
}

// exampleIngress is as Serving writes it for a function `hello` with two revisions, the later
// of which is also reached by the tag `next`.
func exampleIngress() *v1alpha1.Ingress {
	backend := func(revision string, percent int) v1alpha1.IngressBackendSplit {
		return v1alpha1.IngressBackendSplit{
			IngressBackend: v1alpha1.IngressBackend{
				ServiceNamespace: "default", ServiceName: revision, ServicePort: intstr.FromInt32(81)},
			Percent:       percent,
			AppendHeaders: map[string]string{"Knative-Serving-Revision": revision},
		}
	}
	rule := func(visibility v1alpha1.IngressVisibility, host string, paths ...v1alpha1.HTTPIngressPath) v1alpha1.IngressRule {
		return v1alpha1.IngressRule{Hosts: []string{host}, Visibility: visibility,
			HTTP: &v1alpha1.HTTPIngressRuleValue{Paths: paths}}
	}
	tagged := v1alpha1.HTTPIngressPath{
		Headers:       map[string]v1alpha1.HeaderMatch{"Knative-Serving-Tag": {Exact: "next"}},
		AppendHeaders: map[string]string{"Knative-Serving-Default-Route": "false"},
		Splits:        []v1alpha1.IngressBackendSplit{backend("hello-2", 100)},
	}
	plain := v1alpha1.HTTPIngressPath{
		AppendHeaders: map[string]string{"Knative-Serving-Default-Route": "true"},
		Splits:        []v1alpha1.IngressBackendSplit{backend("hello-1", 90), backend("hello-2", 10)},
	}
	return &v1alpha1.Ingress{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "default", Name: "hello", UID: types.UID("1"), Generation: 1,
			Labels:      map[string]string{"serving.knative.dev/route": "hello"},
			Annotations: map[string]string{"networking.knative.dev/ingress.class": ingressClass},
		},
		Spec: v1alpha1.IngressSpec{HTTPOption: v1alpha1.HTTPOptionEnabled, Rules: []v1alpha1.IngressRule{
			rule(v1alpha1.IngressVisibilityExternalIP, "hello.default.192.0.2.7.sslip.io", tagged, plain),
			rule(v1alpha1.IngressVisibilityClusterLocal, "hello.default.svc.cluster.local", plain),
		}},
	}
}

// noPorts is for Ingresses that call no port by its name.
func noPorts(t *testing.T) portLookup {
	return func(namespace, service, port string) (int32, error) {
		t.Errorf("port %s of %s/%s was looked up", port, namespace, service)
		return 0, nil
	}
}
