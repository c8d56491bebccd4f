package main

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// The kinds of Istio that are written or read, at the version that upstream's net-istio uses.
var (
	virtualServiceKind = schema.GroupVersionKind{
		Group: "networking.istio.io", Version: "v1beta1", Kind: "VirtualService"}
	virtualServices = schema.GroupVersionResource{
		Group: "networking.istio.io", Version: "v1beta1", Resource: "virtualservices"}
	istioGateways = schema.GroupVersionResource{
		Group: "networking.istio.io", Version: "v1beta1", Resource: "gateways"}
)

// These are the parts of Istio's VirtualService that are used, named and nested as in
// https://istio.io/latest/docs/reference/config/networking/virtual-service/. Istio's own types would bring protocol
// buffers and a client of their own for the same JSON.

type virtualServiceSpec struct {
	Hosts    []string    `json:"hosts"`
	Gateways []string    `json:"gateways"`
	HTTP     []httpRoute `json:"http"`
}

type httpRoute struct {
	Name    string        `json:"name,omitempty"`
	Match   []httpMatch   `json:"match"`
	Route   []destination `json:"route"`
	Rewrite *httpRewrite  `json:"rewrite,omitempty"`
	Headers *headers      `json:"headers,omitempty"`
	// An empty object: without it Istio tries a failed request twice more.
	Retries struct{} `json:"retries"`
}

type httpMatch struct {
	Authority stringMatch            `json:"authority"`
	URI       *stringMatch           `json:"uri,omitempty"`
	Headers   map[string]stringMatch `json:"headers,omitempty"`
	Gateways  []string               `json:"gateways"`
}

type stringMatch struct {
	Exact  string `json:"exact,omitempty"`
	Prefix string `json:"prefix,omitempty"`
	Regex  string `json:"regex,omitempty"`
}

type httpRewrite struct {
	Authority string `json:"authority"`
}

type destination struct {
	Destination service  `json:"destination"`
	Weight      int64    `json:"weight"`
	Headers     *headers `json:"headers,omitempty"`
}

type service struct {
	Host string      `json:"host"`
	Port servicePort `json:"port"`
}

type servicePort struct {
	Number int64 `json:"number"`
}

type headers struct {
	Request headerOperations `json:"request"`
}

type headerOperations struct {
	Set map[string]string `json:"set"`
}
