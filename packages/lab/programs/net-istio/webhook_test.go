package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLabelsRevisions(t *testing.T) {
	deployment := &revisionDeployment{}
	deployment.Labels = map[string]string{
		"serving.knative.dev/configuration": "hello", "serving.knative.dev/revision": "hello-1"}
	deployment.SetDefaults(t.Context())
	want := map[string]string{
		"service.istio.io/canonical-name": "hello", "service.istio.io/canonical-revision": "hello-1"}
	if difference := cmp.Diff(want, deployment.Spec.Template.Labels); difference != "" {
		t.Errorf("the labels differ (-want +got):\n%s", difference)
	}
	deployment.Spec.Template.Labels["service.istio.io/canonical-name"] = "mine"
	deployment.SetDefaults(t.Context())
	if deployment.Spec.Template.Labels["service.istio.io/canonical-name"] != "mine" {
		t.Error("a label that was given was overwritten")
	}
	if _, same := deployment.DeepCopyObject().(*revisionDeployment); !same {
		t.Error("a copy is of another type")
	}
}
