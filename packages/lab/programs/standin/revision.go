package main

import (
	"context"
	"errors"
	"fmt"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
)

// revisionName returns the name of the objects that belong to one state of a function.
func revisionName(function *unstructured.Unstructured) string {
	return fmt.Sprintf("%s-%05d", function.GetName(), function.GetGeneration())
}

// revision returns the Deployment and the Service of a function. They run the pod as it is written and reach it by port
// 80.
func revision(function *unstructured.Unstructured) (*apps.Deployment, *core.Service, error) {
	written, _, err := unstructured.NestedMap(function.Object, "spec", "template", "spec")
	if err != nil {
		return nil, nil, err
	}
	pod := core.PodSpec{}
	// The conversion leaves out the fields that Knative adds to a pod (containerConcurrency, timeoutSeconds).
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(written, &pod); err != nil {
		return nil, nil, err
	}
	if len(pod.Containers) == 0 {
		return nil, nil, errors.New("it has no container")
	}
	if pod.Containers[0].Name == "" {
		pod.Containers[0].Name = "user-container"
	}
	if len(pod.Containers[0].Ports) == 0 {
		pod.Containers[0].Ports = []core.ContainerPort{{ContainerPort: 8080}}
	}
	port := intstr.FromInt(int(pod.Containers[0].Ports[0].ContainerPort))
	if pod.Containers[0].ReadinessProbe == nil {
		// Knative's queue-proxy also tests whether the port is open.
		connect := core.Handler{TCPSocket: &core.TCPSocketAction{Port: port}}
		pod.Containers[0].ReadinessProbe = &core.Probe{Handler: connect, PeriodSeconds: 1}
	}
	labels := map[string]string{"serving.knative.dev/service": function.GetName(), "serving.knative.dev/revision": revisionName(function)}
	owner := *metav1.NewControllerRef(function, functions.GroupVersion().WithKind("Service"))
	meta := metav1.ObjectMeta{
		Name:            revisionName(function),
		Namespace:       function.GetNamespace(),
		Labels:          labels,
		OwnerReferences: []metav1.OwnerReference{owner},
	}
	deployment := &apps.Deployment{ObjectMeta: meta, Spec: apps.DeploymentSpec{
		Selector: &metav1.LabelSelector{MatchLabels: labels},
		Template: core.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: pod},
	}}
	service := &core.Service{ObjectMeta: meta, Spec: core.ServiceSpec{
		Selector: labels,
		Ports:    []core.ServicePort{{Name: "http2", Port: 80, TargetPort: port}},
	}}
	return deployment, service, nil
}

// ensure makes the objects that are missing and tells whether the pod is available. The objects of an older revision
// are deleted together with their function.
func ensure(ctx context.Context, typed kubernetes.Interface, deployment *apps.Deployment, service *core.Service) (bool, error) {
	_, err := typed.CoreV1().Services(service.Namespace).Create(ctx, service, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return false, err
	}
	deployments := typed.AppsV1().Deployments(deployment.Namespace)
	found, err := deployments.Get(ctx, deployment.Name, metav1.GetOptions{ResourceVersion: "0"})
	if apierrors.IsNotFound(err) {
		found, err = deployments.Create(ctx, deployment, metav1.CreateOptions{})
	}
	if err != nil {
		return false, err
	}
	return found.Status.AvailableReplicas > 0, nil
}
