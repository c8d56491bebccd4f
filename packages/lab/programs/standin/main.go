// The lab's stand-in for the programs of MetalLB, Istio and Knative, whose images cannot be built from Debian. It is
// one program, of which each pod runs one part. It does for one small function what those programs do for many, and
// nothing else.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// image is the reference of this program's image in the lab. The linker sets it, and istioctl writes it into its
// manifest.
var image = "unknown"

// parts are the parts of the program, by the first argument.
var parts = map[string]func(arguments []string) error{
	"webhook":       webhook,
	"load-balancer": loadBalancer,
	"serving":       serving,
	"gateway":       gateway,
	"greeter":       greeter,
	"idle":          idle,
	"istioctl":      istioctl,
}

func main() {
	arguments := os.Args[1:]
	if filepath.Base(os.Args[0]) == "istioctl" {
		arguments = append([]string{"istioctl"}, arguments...)
	}
	if len(arguments) == 0 || parts[arguments[0]] == nil {
		fmt.Fprintln(os.Stderr, "which part? one of webhook, load-balancer, serving, gateway, greeter, idle, istioctl")
		os.Exit(2)
	}
	// A pod is asked to end by SIGTERM, which the first process of a container ignores unless it listens for it.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-stop
		os.Exit(0)
	}()
	if err := parts[arguments[0]](arguments[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// idle stands in for a program of which the lab only needs that it runs. It prints the kernel that it runs on, by which
// gVisor can be told from Linux.
func idle([]string) error {
	kernel, err := os.ReadFile("/proc/version")
	if err != nil {
		return err
	}
	fmt.Print(string(kernel))
	select {}
}

// cluster returns clients of the API server that use the pod's service account.
func cluster() (kubernetes.Interface, dynamic.Interface, error) {
	access, err := rest.InClusterConfig()
	if err != nil {
		return nil, nil, err
	}
	typed, err := kubernetes.NewForConfig(access)
	if err != nil {
		return nil, nil, err
	}
	untyped, err := dynamic.NewForConfig(access)
	return typed, untyped, err
}
