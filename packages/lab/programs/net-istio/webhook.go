package main

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/apis"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/webhook/configmaps"
	"knative.dev/pkg/webhook/resourcesemantics"
	"knative.dev/pkg/webhook/resourcesemantics/defaulting"
)

// newConfigValidation refuses a ConfigMap config-istio that the controller could not read.
func newConfigValidation(ctx context.Context, _ configmap.Watcher) *controller.Impl {
	return configmaps.NewAdmissionController(ctx,
		"config.webhook.istio.networking.internal.knative.dev", "/config-validation",
		configmap.Constructors{configName: newIstioConfig})
}

// newDeploymentDefaulting labels the Deployments of revisions.
func newDeploymentDefaulting(ctx context.Context, _ configmap.Watcher) *controller.Impl {
	kinds := map[schema.GroupVersionKind]resourcesemantics.GenericCRD{
		appsv1.SchemeGroupVersion.WithKind("Deployment"): &revisionDeployment{},
	}
	same := func(ctx context.Context) context.Context { return ctx }
	return defaulting.NewAdmissionController(ctx,
		"webhook.istio.networking.internal.knative.dev", "/defaulting", kinds, same, false)
}

// A revisionDeployment is the Deployment of a revision of a function. The manifest's selector lets no other in.
type revisionDeployment struct{ appsv1.Deployment }

var _ resourcesemantics.GenericCRD = (*revisionDeployment)(nil)

// SetDefaults gives the pods the labels by which Istio groups what it measures: one service for all revisions.
func (d *revisionDeployment) SetDefaults(context.Context) {
	for target, source := range map[string]string{
		"service.istio.io/canonical-name":     "serving.knative.dev/configuration",
		"service.istio.io/canonical-revision": "serving.knative.dev/revision",
	} {
		value, known := d.Labels[source]
		if !known {
			continue
		}
		if d.Spec.Template.Labels == nil {
			d.Spec.Template.Labels = map[string]string{}
		}
		if _, given := d.Spec.Template.Labels[target]; !given {
			d.Spec.Template.Labels[target] = value
		}
	}
}

// Validate accepts every Deployment.
func (d *revisionDeployment) Validate(context.Context) *apis.FieldError { return nil }

// DeepCopyObject returns a copy of the same type, which the embedded method would not.
func (d *revisionDeployment) DeepCopyObject() runtime.Object {
	return &revisionDeployment{*d.Deployment.DeepCopy()}
}
