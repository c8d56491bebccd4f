package main

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/kmeta"
)

// notOwned says that an object of the wanted name is another's.
type notOwned struct{ name string }

func (n notOwned) Error() string { return fmt.Sprintf("VirtualService %q belongs to another", n.name) }

// ownerOf makes an object belong to an Ingress, so that Kubernetes removes it with the Ingress.
func ownerOf(ing *v1alpha1.Ingress) []metav1.OwnerReference {
	return []metav1.OwnerReference{*kmeta.NewControllerRef(ing)}
}

// A virtualServiceClient brings the VirtualServices of Ingresses to what is wanted.
type virtualServiceClient struct {
	client dynamic.Interface
	lister cache.GenericLister
}

// apply creates and updates the wanted objects, and removes those of the Ingress that are wanted no more.
func (c *virtualServiceClient) apply(
	ctx context.Context, ing *v1alpha1.Ingress, wanted []*unstructured.Unstructured,
) error {
	names := map[string]bool{}
	for _, object := range wanted {
		names[object.GetName()] = true
		if err := c.applyOne(ctx, ing, object); err != nil {
			return err
		}
	}
	mine, err := c.lister.ByNamespace(ing.Namespace).List(
		labels.SelectorFromSet(labels.Set{networking.IngressLabelKey: ing.Name}))
	if err != nil {
		return err
	}
	for _, found := range mine {
		object := found.(*unstructured.Unstructured)
		if names[object.GetName()] || !metav1.IsControlledBy(object, ing) {
			continue
		}
		err := c.of(ing).Delete(ctx, object.GetName(), metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	return nil
}

func (c *virtualServiceClient) of(ing *v1alpha1.Ingress) dynamic.ResourceInterface {
	return c.client.Resource(virtualServices).Namespace(ing.Namespace)
}

func (c *virtualServiceClient) applyOne(
	ctx context.Context, ing *v1alpha1.Ingress, wanted *unstructured.Unstructured,
) error {
	found, err := c.lister.ByNamespace(ing.Namespace).Get(wanted.GetName())
	if apierrors.IsNotFound(err) {
		_, err = c.of(ing).Create(ctx, wanted, metav1.CreateOptions{})
		return err
	}
	if err != nil {
		return err
	}
	present := found.(*unstructured.Unstructured)
	if !metav1.IsControlledBy(present, ing) {
		return notOwned{wanted.GetName()}
	}
	if equality.Semantic.DeepEqual(present.Object["spec"], wanted.Object["spec"]) &&
		equality.Semantic.DeepEqual(present.GetLabels(), wanted.GetLabels()) {
		return nil
	}
	changed := present.DeepCopy()
	changed.Object["spec"] = wanted.Object["spec"]
	changed.SetLabels(wanted.GetLabels())
	_, err = c.of(ing).Update(ctx, changed, metav1.UpdateOptions{})
	return err
}
