package main

import (
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
)

var functions = schema.GroupVersionResource{Group: "serving.knative.dev", Version: "v1", Resource: "services"}

// serving stands in for Knative Serving's controller. Each function becomes one Deployment with one pod, and a Service.
// There is no queue-proxy and no scaling, neither to zero nor otherwise.
func serving([]string) error {
	typed, untyped, err := cluster()
	if err != nil {
		return err
	}
	return repeat(func(ctx context.Context) error {
		found, err := untyped.Resource(functions).List(ctx, fromCache)
		if err != nil {
			return err
		}
		for index := range found.Items {
			if found.Items[index].GetDeletionTimestamp() != nil {
				continue
			}
			if err := serve(ctx, typed, untyped, &found.Items[index]); err != nil {
				return fmt.Errorf("%s/%s: %w", found.Items[index].GetNamespace(), found.Items[index].GetName(), err)
			}
		}
		return nil
	})
}

// serve makes the objects of a function and writes into the function's status how far they are.
func serve(ctx context.Context, typed kubernetes.Interface, untyped dynamic.Interface, function *unstructured.Unstructured) error {
	deployment, service, err := revision(function)
	if err != nil {
		return err
	}
	available, err := ensure(ctx, typed, deployment, service)
	if err != nil {
		return err
	}
	domain, err := functionDomain(ctx, typed)
	if err != nil {
		return err
	}
	status := map[string]interface{}{
		"observedGeneration":        function.GetGeneration(),
		"url":                       "http://" + strings.Join([]string{function.GetName(), function.GetNamespace(), domain}, "."),
		"latestCreatedRevisionName": revisionName(function),
		"conditions":                []interface{}{condition("ConfigurationsReady", available), condition("Ready", available), condition("RoutesReady", available)},
	}
	if available {
		status["latestReadyRevisionName"] = revisionName(function)
	}
	if fmt.Sprint(function.Object["status"]) == fmt.Sprint(status) {
		return nil
	}
	function.Object["status"] = status
	_, err = untyped.Resource(functions).Namespace(function.GetNamespace()).UpdateStatus(ctx, function, metav1.UpdateOptions{})
	return err
}

func condition(name string, holds bool) map[string]interface{} {
	if holds {
		return map[string]interface{}{"type": name, "status": "True"}
	}
	return map[string]interface{}{"type": name, "status": "Unknown", "reason": "Deploying", "message": "Its pod is not ready yet."}
}

// functionDomain returns the domain in config-domain that applies to all functions, as Knative reads it.
func functionDomain(ctx context.Context, typed kubernetes.Interface) (string, error) {
	config, err := typed.CoreV1().ConfigMaps("knative-serving").Get(ctx, "config-domain", metav1.GetOptions{ResourceVersion: "0"})
	if err != nil {
		return "", err
	}
	for domain, selector := range config.Data {
		if !strings.HasPrefix(domain, "_") && !strings.Contains(selector, "selector") {
			return domain, nil
		}
	}
	return "svc.cluster.local", nil
}
