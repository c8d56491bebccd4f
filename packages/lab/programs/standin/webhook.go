package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"time"

	admission "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// webhook stands in for an admission webhook that allows everything. As the webhooks of Knative and MetalLB do, it
// makes its own certificate and writes it into its configurations.
func webhook(arguments []string) error {
	flags := flag.NewFlagSet("webhook", flag.ExitOnError)
	host := flags.String("host", "", "name of its service: webhook.knative-serving.svc")
	validating := flags.String("validating", "", "ValidatingWebhookConfigurations it is for, with commas")
	mutating := flags.String("mutating", "", "MutatingWebhookConfigurations it is for, with commas")
	port := flags.Int("port", 8443, "TCP port")
	delay := flags.Duration("delay", 0, "time before it listens, though its pod runs already")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	certificate, authority, err := ownCertificate(*host)
	if err != nil {
		return err
	}
	client, _, err := cluster()
	if err != nil {
		return err
	}
	go repeat(func(ctx context.Context) error {
		return introduce(ctx, client, names(*validating), names(*mutating), authority)
	})
	time.Sleep(*delay)
	server := &http.Server{
		Addr:      fmt.Sprintf(":%d", *port),
		Handler:   http.HandlerFunc(allow),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}},
	}
	fmt.Printf("answering for %s on port %d\n", *host, *port)
	return server.ListenAndServeTLS("", "")
}

// allow answers a review of anything with yes.
func allow(w http.ResponseWriter, r *http.Request) {
	review := admission.AdmissionReview{}
	if err := json.NewDecoder(r.Body).Decode(&review); err != nil || review.Request == nil {
		http.Error(w, "not an AdmissionReview", http.StatusBadRequest)
		return
	}
	review.Response = &admission.AdmissionResponse{UID: review.Request.UID, Allowed: true}
	review.Request = nil
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(review)
}

// introduce writes the certificate authority into every webhook of the configurations that has another one.
func introduce(ctx context.Context, client kubernetes.Interface, validating, mutating []string, authority []byte) error {
	for _, name := range validating {
		configurations := client.AdmissionregistrationV1().ValidatingWebhookConfigurations()
		found, err := configurations.Get(ctx, name, metav1.GetOptions{ResourceVersion: "0"})
		if err != nil {
			return err
		}
		changed := false
		for index := range found.Webhooks {
			changed = trust(&found.Webhooks[index].ClientConfig.CABundle, authority) || changed
		}
		if changed {
			if _, err := configurations.Update(ctx, found, metav1.UpdateOptions{}); err != nil {
				return err
			}
		}
	}
	for _, name := range mutating {
		configurations := client.AdmissionregistrationV1().MutatingWebhookConfigurations()
		found, err := configurations.Get(ctx, name, metav1.GetOptions{ResourceVersion: "0"})
		if err != nil {
			return err
		}
		changed := false
		for index := range found.Webhooks {
			changed = trust(&found.Webhooks[index].ClientConfig.CABundle, authority) || changed
		}
		if changed {
			if _, err := configurations.Update(ctx, found, metav1.UpdateOptions{}); err != nil {
				return err
			}
		}
	}
	return nil
}

func trust(bundle *[]byte, authority []byte) bool {
	if string(*bundle) == string(authority) {
		return false
	}
	*bundle = authority
	return true
}

// names splits a list at its commas.
func names(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}
