package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"golang.org/x/net/http2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
)

// gateway stands in for Istio's ingress gateway. It passes requests, by HTTP/1.1 or by HTTP/2 without TLS (gRPC), to
// the function whose address they name.
func gateway([]string) error {
	typed, untyped, err := cluster()
	if err != nil {
		return err
	}
	// A Service that kube-proxy does not know yet swallows the first packet and all that follow it, so the dialer gives up
	// soon and the connection is tried again.
	dialer := net.Dialer{Timeout: time.Second}
	plain := func(network, address string, _ *tls.Config) (net.Conn, error) { return dialer.Dial(network, address) }
	proxy := &httputil.ReverseProxy{
		Transport:     &http2.Transport{AllowHTTP: true, DialTLS: plain},
		FlushInterval: -1,
		Director:      func(*http.Request) {},
	}
	overHTTP1 := &httputil.ReverseProxy{Director: func(*http.Request) {}}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target, err := functionOf(r.Context(), typed, untyped, r.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		r.URL.Scheme, r.URL.Host = target.Scheme, target.Host
		if r.ProtoMajor == 2 {
			proxy.ServeHTTP(w, r)
		} else {
			overHTTP1.ServeHTTP(w, r)
		}
	})
	return http.ListenAndServe(":8080", priorKnowledge(handler))
}

// functionOf finds the Service behind the function whose URL has this host.
func functionOf(ctx context.Context, typed kubernetes.Interface, untyped dynamic.Interface, authority string) (*url.URL, error) {
	host := authority
	if name, _, err := net.SplitHostPort(authority); err == nil {
		host = name
	}
	found, err := untyped.Resource(functions).List(ctx, fromCache)
	if err != nil {
		return nil, err
	}
	for _, function := range found.Items {
		address, _, _ := unstructured.NestedString(function.Object, "status", "url")
		name, _, _ := unstructured.NestedString(function.Object, "status", "latestReadyRevisionName")
		if address != "http://"+host || name == "" {
			continue
		}
		service, err := typed.CoreV1().Services(function.GetNamespace()).Get(ctx, name, metav1.GetOptions{ResourceVersion: "0"})
		if err != nil {
			return nil, err
		}
		return &url.URL{Scheme: "http", Host: net.JoinHostPort(service.Spec.ClusterIP, "80")}, nil
	}
	return nil, fmt.Errorf("no function is called %s", host)
}

// priorKnowledge serves HTTP/2 without TLS to clients that begin with it, and HTTP/1.1 to all others.
func priorKnowledge(handler http.Handler) http.Handler {
	server := &http2.Server{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "PRI" || r.Proto != "HTTP/2.0" {
			handler.ServeHTTP(w, r)
			return
		}
		connection, err := afterPreface(w)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer connection.Close()
		server.ServeConn(connection, &http2.ServeConnOpts{Handler: handler})
	})
}

// afterPreface takes a connection over from the HTTP/1.1 server, which has read the first part of the preface already.
func afterPreface(w http.ResponseWriter) (net.Conn, error) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return nil, errors.New("the connection cannot be taken over")
	}
	connection, buffered, err := hijacker.Hijack()
	if err != nil {
		return nil, err
	}
	return &replayed{Conn: connection, first: []byte(http2.ClientPreface[:len(http2.ClientPreface)-len("SM\r\n\r\n")]), rest: buffered}, nil
}
