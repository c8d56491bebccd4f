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

// serving stands for Knative Serving's controller: each function becomes one Deployment with one pod, and a Service.
// There is no queue-proxy and no scaling, to zero or otherwise.
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
		for at := range found.Items {
			if found.Items[at].GetDeletionTimestamp() != nil {
				continue
			}
			if err := serve(ctx, typed, untyped, &found.Items[at]); err != nil {
				return fmt.Errorf("%s/%s: %w", found.Items[at].GetNamespace(), found.Items[at].GetName(), err)
			}
		}
		return nil
	})
}

// serve makes what a function consists of and writes into its status how far it is.
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

// functionDomain is the domain of config-domain that is for all functions, as Knative reads it.
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
