package main

import (
	"context"

	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	ingressinformer "knative.dev/networking/pkg/client/injection/informers/networking/v1alpha1/ingress"
	ingressreconciler "knative.dev/networking/pkg/client/injection/reconciler/networking/v1alpha1/ingress"
	listers "knative.dev/networking/pkg/client/listers/networking/v1alpha1"
	"knative.dev/networking/pkg/status"
	endpointsinformer "knative.dev/pkg/client/injection/kube/informers/core/v1/endpoints"
	serviceinformer "knative.dev/pkg/client/injection/kube/informers/core/v1/service"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection/clients/dynamicclient"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/reconciler"
)

const ingressClass = "istio.ingress.networking.knative.dev"

// newController watches what the routes follow from and what they become. Nothing is asked for at intervals but the
// probes.
func newController(ctx context.Context, settings configmap.Watcher) *controller.Impl {
	logger := logging.FromContext(ctx)
	ingresses := ingressinformer.Get(ctx)
	services, endpoints := serviceinformer.Get(ctx), endpointsinformer.Get(ctx)
	client := dynamicclient.Get(ctx)
	istio := dynamicinformer.NewDynamicSharedInformerFactory(client, controller.GetResyncPeriod(ctx))
	routes, gateways := istio.ForResource(virtualServices), istio.ForResource(istioGateways)

	r := &routing{
		objects:  &virtualServiceClient{client: client, lister: routes.Lister()},
		services: services.Lister(),
	}
	ours := reconciler.AnnotationFilterFunc(networking.IngressClassAnnotationKey, ingressClass, false)
	var store *configStore
	impl := ingressreconciler.NewImpl(ctx, r, ingressClass, func(impl *controller.Impl) controller.Options {
		store = newConfigStore(logger.Named("config-store"), func(string, interface{}) {
			impl.FilteredGlobalResync(ours, ingresses.Informer())
		})
		store.WatchConfigs(settings)
		return controller.Options{ConfigStore: store, PromoteFilterFunc: ours}
	})
	targets := &targetLister{gateways: gateways.Lister(), services: services.Lister(), endpoints: endpoints.Lister()}
	r.prober = status.NewProber(logger.Named("prober"), targets, func(ing *v1alpha1.Ingress) {
		impl.EnqueueKey(types.NamespacedName{Namespace: ing.Namespace, Name: ing.Name})
	})
	r.prober.Start(ctx.Done())

	probeAgain := func() { probeWaiting(impl, r.prober, ingresses.Lister(), ours) }
	for _, watch := range []struct {
		informer cache.SharedIndexInformer
		handler  cache.ResourceEventHandler
	}{
		{ingresses.Informer(), cache.FilteringResourceEventHandler{
			FilterFunc: ours, Handler: controller.HandleAll(impl.Enqueue)}},
		{routes.Informer(), cache.FilteringResourceEventHandler{
			FilterFunc: controller.FilterController(&v1alpha1.Ingress{}),
			Handler:    controller.HandleAll(impl.EnqueueControllerOf)}},
		{gateways.Informer(), controller.HandleAll(func(interface{}) { probeAgain() })},
		{endpoints.Informer(), gatewayEndpoints(store, probeAgain)},
	} {
		if _, err := watch.informer.AddEventHandler(watch.handler); err != nil {
			logger.Fatalw("Could not watch", zap.Error(err))
		}
	}
	if err := controller.StartInformers(ctx.Done(), routes.Informer(), gateways.Informer()); err != nil {
		logger.Fatalw("Could not read Istio's objects", zap.Error(err))
	}
	return impl
}

// probeWaiting begins the probes of all Ingresses that are not ready anew, with the gateways as they are now.
func probeWaiting(
	impl *controller.Impl, prober *status.Prober, ingresses listers.IngressLister, ours func(interface{}) bool,
) {
	all, err := ingresses.List(labels.Everything())
	if err != nil {
		return
	}
	for _, ing := range all {
		if ours(ing) && !ing.IsReady() {
			prober.CancelIngressProbing(ing)
			impl.Enqueue(ing)
		}
	}
}

// gatewayEndpoints calls back when pods of a gateway come or go.
func gatewayEndpoints(store *configStore, changed func()) cache.ResourceEventHandler {
	isGateway := func(object interface{}) bool {
		endpoints, ok := object.(*corev1.Endpoints)
		config, loaded := store.UntypedLoad(configName).(*istioConfig)
		if !ok || !loaded {
			return false
		}
		for _, g := range append(append([]gateway{}, config.external...), config.local...) {
			name, err := g.serviceName()
			if err == nil && name.Namespace == endpoints.Namespace && name.Name == endpoints.Name {
				return true
			}
		}
		return false
	}
	return cache.FilteringResourceEventHandler{FilterFunc: isGateway, Handler: cache.ResourceEventHandlerFuncs{
		AddFunc: func(interface{}) { changed() },
		UpdateFunc: func(before, after interface{}) {
			if !equality.Semantic.DeepEqual(before.(*corev1.Endpoints).Subsets, after.(*corev1.Endpoints).Subsets) {
				changed()
			}
		},
		DeleteFunc: func(interface{}) { changed() },
	}}
}
