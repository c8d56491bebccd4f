package main

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	corev1listers "k8s.io/client-go/listers/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	ingressreconciler "knative.dev/networking/pkg/client/injection/reconciler/networking/v1alpha1/ingress"
	"knative.dev/networking/pkg/status"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/reconciler"
)

// A routing makes Istio route as an Ingress says, and says in its status how far that is.
type routing struct {
	objects  *virtualServiceClient
	services corev1listers.ServiceLister
	prober   *status.Prober
}

var (
	_ ingressreconciler.Interface    = (*routing)(nil)
	_ reconciler.OnDeletionInterface = (*routing)(nil)
)

// ReconcileKind writes the VirtualServices and asks for the probes. It does not wait for them: the prober calls for
// another reconciliation when all of them have succeeded.
func (r *routing) ReconcileKind(ctx context.Context, ing *v1alpha1.Ingress) reconciler.Event {
	config := configFrom(ctx)
	// The reconciler resets the condition Ready when it sees a new generation, so this is about the present one.
	alreadyReady := ing.IsReady()
	ing.SetDefaults(ctx)
	ing.Status.InitializeConditions()

	wanted, err := translate(ing, config, r.portOf)
	if refusal := (unsupported{}); errors.As(err, &refusal) {
		ing.GetConditionSet().Manage(&ing.Status).
			MarkFalse(v1alpha1.IngressConditionNetworkConfigured, refusal.reason, "%s", refusal.message)
		return nil
	}
	if err != nil {
		return err
	}
	if err := r.objects.apply(ctx, ing, wanted); err != nil {
		if foreign := (notOwned{}); errors.As(err, &foreign) {
			ing.Status.MarkResourceNotOwned("VirtualService", foreign.name)
		}
		return err
	}
	ing.Status.MarkNetworkConfigured()

	ready := alreadyReady
	if !ready {
		ready, err = r.prober.IsReady(ctx, ing)
		if errors.Is(err, errNoGateway) || apierrors.IsNotFound(err) {
			// The event that ends this calls for the next reconciliation.
			logging.FromContext(ctx).Infow("Waiting for the gateway", zap.Error(err))
			ing.GetConditionSet().Manage(&ing.Status).
				MarkUnknown(v1alpha1.IngressConditionLoadBalancerReady, "NoGateway", "%s", err.Error())
			return nil
		}
		if err != nil {
			return fmt.Errorf("probing the gateways: %w", err)
		}
	}
	if !ready {
		ing.Status.MarkLoadBalancerNotReady()
		return nil
	}
	ing.Status.MarkLoadBalancerReady(
		addresses(config.gatewaysOf(ing, v1alpha1.IngressVisibilityExternalIP)),
		addresses(config.gatewaysOf(ing, v1alpha1.IngressVisibilityClusterLocal)),
	)
	return nil
}

// ObserveDeletion ends the probes of an Ingress that is gone. Its VirtualServices are Kubernetes' to remove, since
// they belong to it.
func (r *routing) ObserveDeletion(_ context.Context, key types.NamespacedName) error {
	r.prober.CancelIngressProbingByKey(key)
	return nil
}

// addresses returns where the gateways can be called. Without a gateway the sidecars alone know the way.
func addresses(gateways []gateway) []v1alpha1.LoadBalancerIngressStatus {
	if len(gateways) == 0 {
		return []v1alpha1.LoadBalancerIngressStatus{{MeshOnly: true}}
	}
	result := make([]v1alpha1.LoadBalancerIngressStatus, 0, len(gateways))
	for _, g := range gateways {
		result = append(result, v1alpha1.LoadBalancerIngressStatus{DomainInternal: g.Service})
	}
	return result
}

func (r *routing) portOf(namespace, name, port string) (int32, error) {
	service, err := r.services.Services(namespace).Get(name)
	if err != nil {
		return 0, err
	}
	for _, candidate := range service.Spec.Ports {
		if candidate.Name == port {
			return candidate.Port, nil
		}
	}
	return 0, fmt.Errorf("the service has no port of this name")
}
