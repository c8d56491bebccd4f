package main

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

func configOf(data map[string]string) (*istioConfig, error) {
	return newIstioConfig(&corev1.ConfigMap{Data: data})
}

func TestConfig(t *testing.T) {
	ours := strings.Join(references([]gateway{defaultExternal}), " ") + " / " + defaultLocal.reference()
	for _, test := range []struct {
		name string
		data map[string]string
		want string
	}{
		{"nothing", nil, ours},
		{"an example", map[string]string{"_example": "anything"}, ours},
		{"older keys", map[string]string{"gateway.one.two.three": "a.b.svc.cluster.local"}, "one/two.three / " + defaultLocal.reference()},
		{"present keys", map[string]string{
			"external-gateways": "[{name: g, namespace: front, service: a.b.svc.cluster.local}]",
			"local-gateways":    "[]",
		}, "front/g / "},
	} {
		config, err := configOf(test.data)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		ing := exampleIngress()
		got := strings.Join(references(config.gatewaysOf(ing, v1alpha1.IngressVisibilityExternalIP)), " ") + " / " +
			strings.Join(references(config.gatewaysOf(ing, v1alpha1.IngressVisibilityClusterLocal)), " ")
		if got != test.want {
			t.Errorf("%s: gateways %q, wanted %q", test.name, got, test.want)
		}
	}
}

func TestConfigRefusals(t *testing.T) {
	for name, data := range map[string]map[string]string{
		"no YAML":          {"external-gateways": "{"},
		"an unknown field": {"external-gateways": "[{name: g, namespace: front, service: a.b.svc.x, nom: x}]"},
		"no name":          {"local-gateways": "[{namespace: front, service: a.b.svc.x}]"},
		"no service":       {"local-gateways": "[{name: g, namespace: n}]"},
		"two plain ones":   {"local-gateways": "[{name: g, namespace: front, service: a.b.svc.x}, {name: h, namespace: front, service: a.b.svc.x}]"},
		"both forms":       {"local-gateways": "[]", "gateway.a.b": "a.b.svc.x"},
		"an older key":     {"gateway.a": "a.b.svc.x"},
		"an odd selector":  {"external-gateways": "[{name: g, namespace: front, service: a.b.svc.x, labelSelector: {matchExpressions: [{key: a, operator: Like}]}}]"},
	} {
		if config, err := configOf(data); err == nil {
			t.Errorf("%s is read as %+v", name, config)
		}
	}
}

func TestGatewaysBySelector(t *testing.T) {
	config, err := configOf(map[string]string{"external-gateways": `
- { name: plain, namespace: front, service: a.b.svc.x }
- { name: chosen, namespace: front, service: a.b.svc.x, labelSelector: { matchLabels: { tier: two } } }
`})
	if err != nil {
		t.Fatal(err)
	}
	ing := exampleIngress()
	if got := config.gatewaysOf(ing, v1alpha1.IngressVisibilityExternalIP); len(got) != 1 || got[0].Name != "plain" {
		t.Errorf("without the label: %+v", got)
	}
	ing.Labels = map[string]string{"tier": "two"}
	if got := config.gatewaysOf(ing, v1alpha1.IngressVisibilityExternalIP); len(got) != 1 || got[0].Name != "chosen" {
		t.Errorf("with the label: %+v", got)
	}
}
