// Command net-istio is the lab's stand-in for Knative's net-istio, whose module cannot be had from the module registry.
// It does the same work on the same objects: `net-istio controller` turns Knative's Ingress objects into Istio's
// VirtualServices and says in their status when every Envoy of the gateways has them; `net-istio webhook` judges the
// ConfigMap config-istio and labels the Deployments of revisions for Istio. It knows neither TLS nor redirection to it.
package main

import (
	"fmt"
	"os"

	"knative.dev/pkg/injection/sharedmain"
	"knative.dev/pkg/signals"
	"knative.dev/pkg/webhook"
	"knative.dev/pkg/webhook/certificates"
)

func main() {
	role := ""
	if len(os.Args) > 1 {
		role = os.Args[1]
		// The library below reads flags of its own, and they come after the role.
		os.Args = append(os.Args[:1], os.Args[2:]...)
	}
	switch role {
	case "controller":
		fmt.Fprintln(os.Stderr, "the vHive lab's stand-in for net-istio: controller")
		sharedmain.MainWithContext(signals.NewContext(), "net-istio-controller", newController)
	case "webhook":
		fmt.Fprintln(os.Stderr, "the vHive lab's stand-in for net-istio: webhook")
		ctx := webhook.WithOptions(signals.NewContext(), webhook.Options{
			ServiceName: webhook.NameFromEnv(),
			Port:        webhook.PortFromEnv(8443),
			SecretName:  "net-istio-webhook-certs",
		})
		// The webhook's own port answers the kubelet's probes.
		ctx = sharedmain.WithHealthProbesDisabled(ctx)
		sharedmain.WebhookMainWithContext(ctx, "net-istio-webhook",
			certificates.NewController, newConfigValidation, newDeploymentDefaulting)
	default:
		fmt.Fprintln(os.Stderr, "usage: net-istio controller|webhook")
		os.Exit(2)
	}
}
