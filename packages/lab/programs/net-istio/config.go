package main

import (
	"context"
	"fmt"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/configmap"
	"sigs.k8s.io/yaml"
)

const configName = "config-istio"

// A gateway is an Istio Gateway that Ingresses are attached to, and the Kubernetes Service in front of its Envoys.
type gateway struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	// The name that the Service has in the cluster, such as istio-ingressgateway.istio-system.svc.cluster.local.
	Service string `json:"service"`
	// The Ingresses that it is for; without it the gateway is for those that no other is for.
	LabelSelector *metav1.LabelSelector `json:"labelSelector,omitempty"`
}

// reference is the name by which a VirtualService calls the gateway.
func (g gateway) reference() string { return g.Namespace + "/" + g.Name }

// serviceName is the namespace and the name of the gateway's Service.
func (g gateway) serviceName() (types.NamespacedName, error) {
	parts := strings.Split(g.Service, ".")
	if len(parts) < 3 || parts[0] == "" || parts[1] == "" || parts[2] != "svc" {
		return types.NamespacedName{}, fmt.Errorf(
			"gateway %s: service %q is not of the form <name>.<namespace>.svc.<cluster domain>", g.reference(), g.Service)
	}
	return types.NamespacedName{Namespace: parts[1], Name: parts[0]}, nil
}

// istioConfig is what the ConfigMap config-istio says.
type istioConfig struct {
	external []gateway
	local    []gateway
}

// The gateways that the manifest brings, for a ConfigMap that names none.
var (
	defaultExternal = gateway{Name: "knative-ingress-gateway", Namespace: "knative-serving",
		Service: "istio-ingressgateway.istio-system.svc.cluster.local"}
	defaultLocal = gateway{Name: "knative-local-gateway", Namespace: "knative-serving",
		Service: "knative-local-gateway.istio-system.svc.cluster.local"}
)

// newIstioConfig reads the ConfigMap, in its present form (external-gateways, local-gateways) or in the older one with
// a key for each gateway (gateway.<namespace>.<name>, local-gateway.<namespace>.<name>).
func newIstioConfig(settings *corev1.ConfigMap) (*istioConfig, error) {
	_, external := settings.Data["external-gateways"]
	_, local := settings.Data["local-gateways"]
	if external || local {
		for key := range settings.Data {
			if strings.HasPrefix(key, "gateway.") || strings.HasPrefix(key, "local-gateway.") {
				return nil, fmt.Errorf("%s: %s is of the older form and cannot stand beside external-gateways or local-gateways",
					configName, key)
			}
		}
	}
	publicGateways, err := readGateways(settings.Data, "external-gateways", "gateway.", defaultExternal)
	if err != nil {
		return nil, err
	}
	localGateways, err := readGateways(settings.Data, "local-gateways", "local-gateway.", defaultLocal)
	if err != nil {
		return nil, err
	}
	return &istioConfig{external: publicGateways, local: localGateways}, nil
}

func readGateways(data map[string]string, key, olderPrefix string, fallback gateway) ([]gateway, error) {
	gateways := []gateway{}
	if text, ok := data[key]; ok {
		if err := yaml.UnmarshalStrict([]byte(text), &gateways); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", configName, key, err)
		}
	} else {
		for name, service := range data {
			if !strings.HasPrefix(name, olderPrefix) {
				continue
			}
			namespace, gatewayName, found := strings.Cut(strings.TrimPrefix(name, olderPrefix), ".")
			if !found {
				return nil, fmt.Errorf("%s: %s is not of the form %s<namespace>.<name>", configName, name, olderPrefix)
			}
			gateways = append(gateways, gateway{Name: gatewayName, Namespace: namespace, Service: service})
		}
		sort.Slice(gateways, func(a, b int) bool { return gateways[a].reference() < gateways[b].reference() })
		if len(gateways) == 0 {
			gateways = []gateway{fallback}
		}
		return gateways, checkServices(gateways)
	}
	plain := 0
	for _, g := range gateways {
		if g.Name == "" || g.Namespace == "" {
			return nil, fmt.Errorf("%s: %s: each gateway needs name, namespace and service", configName, key)
		}
		if _, err := metav1.LabelSelectorAsSelector(g.LabelSelector); err != nil {
			return nil, fmt.Errorf("%s: %s: gateway %s: %w", configName, key, g.reference(), err)
		}
		if g.LabelSelector == nil {
			plain++
		}
	}
	if plain > 1 {
		return nil, fmt.Errorf("%s: %s: only one gateway may be without labelSelector", configName, key)
	}
	return gateways, checkServices(gateways)
}

func checkServices(gateways []gateway) error {
	for _, g := range gateways {
		if _, err := g.serviceName(); err != nil {
			return fmt.Errorf("%s: %w", configName, err)
		}
	}
	return nil
}

// gatewaysOf returns the gateways that rules of a visibility are attached to: those whose selector the Ingress
// matches, else those without one.
func (c *istioConfig) gatewaysOf(ing *v1alpha1.Ingress, visibility v1alpha1.IngressVisibility) []gateway {
	all := c.external
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		all = c.local
	}
	chosen, plain := []gateway{}, []gateway{}
	for _, g := range all {
		if g.LabelSelector == nil {
			plain = append(plain, g)
			continue
		}
		selector, err := metav1.LabelSelectorAsSelector(g.LabelSelector)
		if err == nil && selector.Matches(labels.Set(ing.Labels)) {
			chosen = append(chosen, g)
		}
	}
	if len(chosen) > 0 {
		return chosen
	}
	return plain
}

// A configStore gives each reconciliation the settings as they are when it begins.
type configStore struct{ *configmap.UntypedStore }

type configKey struct{}

func newConfigStore(logger configmap.Logger, onChange func(string, interface{})) *configStore {
	constructors := configmap.Constructors{configName: newIstioConfig}
	return &configStore{configmap.NewUntypedStore("net-istio", logger, constructors, onChange)}
}

// ToContext attaches the present settings to a context.
func (s *configStore) ToContext(ctx context.Context) context.Context {
	return withConfig(ctx, s.UntypedLoad(configName).(*istioConfig))
}

func withConfig(ctx context.Context, config *istioConfig) context.Context {
	return context.WithValue(ctx, configKey{}, config)
}

func configFrom(ctx context.Context) *istioConfig { return ctx.Value(configKey{}).(*istioConfig) }
