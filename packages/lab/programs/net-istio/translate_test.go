package main

import (
	"encoding/hex"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/networking/pkg/ingress"
	"sigs.k8s.io/yaml"
)

const goldenFile = "hello.golden"

// TestGolden holds the VirtualServices of a whole Ingress against a file. UPDATE_GOLDEN=1 writes the file anew.
func TestGolden(t *testing.T) {
	objects, err := translate(exampleIngress(), exampleConfig(), noPorts(t))
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{}
	for _, object := range objects {
		text, err := yaml.Marshal(object.Object)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	got := strings.Join(texts, "---\n")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(goldenFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(string(want), got); difference != "" {
		t.Errorf("the VirtualServices differ from %s (-want +got):\n%s", goldenFile, difference)
	}
}

// specOf translates an Ingress of one rule and returns the VirtualService of the gateways.
func specOf(t *testing.T, ing *v1alpha1.Ingress, portOf portLookup) map[string]interface{} {
	t.Helper()
	objects, err := translate(ing, exampleConfig(), portOf)
	if err != nil {
		t.Fatal(err)
	}
	if name := objects[0].GetName(); name != "hello-ingress" {
		t.Fatalf("the first VirtualService is %s", name)
	}
	return objects[0].Object["spec"].(map[string]interface{})
}

// routes returns those of a VirtualService's routes that answer clients, not the prober.
func routes(spec map[string]interface{}) []map[string]interface{} {
	found := []map[string]interface{}{}
	for _, route := range spec["http"].([]interface{}) {
		match := route.(map[string]interface{})["match"].([]interface{})[0].(map[string]interface{})
		if _, probe, _ := unstructured.NestedString(match, "headers", "k-network-hash", "exact"); !probe {
			found = append(found, route.(map[string]interface{}))
		}
	}
	return found
}

func TestVisibility(t *testing.T) {
	gatewaysByHost := map[string]string{}
	for _, route := range routes(specOf(t, exampleIngress(), noPorts(t))) {
		match := route["match"].([]interface{})[0].(map[string]interface{})
		authority, _, _ := unstructured.NestedString(match, "authority", "regex")
		gateways, _, _ := unstructured.NestedStringSlice(match, "gateways")
		gatewaysByHost[authority] = strings.Join(gateways, " ")
	}
	for host, want := range map[string]string{
		"hello.default.192.0.2.7.sslip.io":    "knative-serving/knative-ingress-gateway",
		"hello.default.192.0.2.7.sslip.io:80": "knative-serving/knative-ingress-gateway",
		"hello.default.svc.cluster.local":     "knative-serving/knative-local-gateway",
		"hello.default.svc":                   "knative-serving/knative-local-gateway",
		"hello.default:8081":                  "knative-serving/knative-local-gateway",
		"hello.default.example":               "",
		"xhello.default":                      "",
		"helloxdefault":                       "",
	} {
		got := []string{}
		for pattern, gateways := range gatewaysByHost {
			if regexp.MustCompile("^(?:" + pattern + ")$").MatchString(host) {
				got = append(got, gateways)
			}
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s is routed at %v, wanted %q", host, got, want)
		}
	}
}

func TestOneNameInsideNeedsNoOther(t *testing.T) {
	ing := exampleIngress()
	ing.Spec.Rules = ing.Spec.Rules[:1]
	objects, err := translate(ing, exampleConfig(), noPorts(t))
	if err != nil || len(objects) != 1 {
		t.Fatalf("an Ingress without names of the cluster gives %d VirtualServices, %v", len(objects), err)
	}
}

// TestProbes holds the routes of the prober: they come first, and carry the hash that the prober computes by itself.
func TestProbes(t *testing.T) {
	ing := exampleIngress()
	hash, err := ingress.ComputeHash(ing)
	if err != nil {
		t.Fatal(err)
	}
	all := specOf(t, ing, noPorts(t))["http"].([]interface{})
	// Two paths and one path, each of them twice.
	if len(all) != 6 {
		t.Fatalf("there are %d routes", len(all))
	}
	for _, index := range []int{0, 1, 4} {
		route := all[index].(map[string]interface{})
		match := route["match"].([]interface{})[0].(map[string]interface{})
		asked, _, _ := unstructured.NestedString(match, "headers", "k-network-hash", "exact")
		set, _, _ := unstructured.NestedString(route, "headers", "request", "set", "K-Network-Hash")
		if asked != "override" || set != hex.EncodeToString(hash[:]) {
			t.Errorf("route %d asks for %q and sets %q", index, asked, set)
		}
	}
}

func TestRewriteAndPath(t *testing.T) {
	ing := exampleIngress()
	ing.Spec.Rules = ing.Spec.Rules[:1]
	path := &ing.Spec.Rules[0].HTTP.Paths[1]
	path.RewriteHost, path.Path, path.Splits = "other.default.svc.cluster.local", "/v1", path.Splits[:1]
	path.Splits[0].Percent = 0
	route := routes(specOf(t, ing, noPorts(t)))[1]
	prefix, _, _ := unstructured.NestedString(route["match"].([]interface{})[0].(map[string]interface{}), "uri", "prefix")
	host, _, _ := unstructured.NestedString(route, "rewrite", "authority")
	weight := route["route"].([]interface{})[0].(map[string]interface{})["weight"]
	if prefix != "/v1" || host != "other.default.svc.cluster.local" || weight != int64(100) {
		t.Errorf("prefix %q, host %q, weight %v", prefix, host, weight)
	}
}

func TestPortByName(t *testing.T) {
	ing := exampleIngress()
	ing.Spec.Rules = ing.Spec.Rules[:1]
	ing.Spec.Rules[0].HTTP.Paths[1].Splits[0].ServicePort = intstr.FromString("http2")
	spec := specOf(t, ing, func(namespace, service, port string) (int32, error) {
		if namespace != "default" || service != "hello-1" || port != "http2" {
			t.Errorf("port %s of %s/%s was looked up", port, namespace, service)
		}
		return 8012, nil
	})
	to := routes(spec)[1]["route"].([]interface{})[0].(map[string]interface{})
	if number, _, _ := unstructured.NestedInt64(to, "destination", "port", "number"); number != 8012 {
		t.Errorf("the port is %d", number)
	}
	_, err := translate(ing, exampleConfig(), func(string, string, string) (int32, error) {
		return 0, errors.New("no such service")
	})
	if refusal := (unsupported{}); !errors.As(err, &refusal) || refusal.reason != "UnknownPort" {
		t.Errorf("an unknown port gives %v", err)
	}
}

func TestRefusals(t *testing.T) {
	for reason, change := range map[string]func(*v1alpha1.Ingress){
		"TLSNotSupported": func(ing *v1alpha1.Ingress) { ing.Spec.TLS = []v1alpha1.IngressTLS{{}} },
		"InvalidRule":     func(ing *v1alpha1.Ingress) { ing.Spec.Rules[0].HTTP = nil },
	} {
		ing := exampleIngress()
		change(ing)
		_, err := translate(ing, exampleConfig(), noPorts(t))
		if refusal := (unsupported{}); !errors.As(err, &refusal) || refusal.reason != reason {
			t.Errorf("wanted %s, got %v", reason, err)
		}
	}
}

// TestLeavesTheIngress makes sure that the prober hashes what is in the cluster, without the routes of its own.
func TestLeavesTheIngress(t *testing.T) {
	ing := exampleIngress()
	if _, err := translate(ing, exampleConfig(), noPorts(t)); err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(exampleIngress(), ing); difference != "" {
		t.Errorf("the Ingress was changed:\n%s", difference)
	}
}
