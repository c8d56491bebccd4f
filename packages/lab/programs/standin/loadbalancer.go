package main

import (
	"context"
	"fmt"
	"net"
	"strings"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var addressPools = schema.GroupVersionResource{Group: "metallb.io", Version: "v1beta1", Resource: "ipaddresspools"}

// loadBalancer stands in for MetalLB's controller. It gives Services of type LoadBalancer an address from the
// IPAddressPools. Nobody announces the address: kube-proxy makes it work on the nodes, but not from outside.
func loadBalancer([]string) error {
	typed, untyped, err := cluster()
	if err != nil {
		return err
	}
	return repeat(func(ctx context.Context) error {
		services, err := typed.CoreV1().Services("").List(ctx, fromCache)
		if err != nil {
			return err
		}
		waiting, taken := []core.Service{}, map[string]bool{}
		for _, service := range services.Items {
			if service.Spec.Type != core.ServiceTypeLoadBalancer {
				continue
			}
			for _, ingress := range service.Status.LoadBalancer.Ingress {
				taken[ingress.IP] = true
			}
			if len(service.Status.LoadBalancer.Ingress) == 0 {
				waiting = append(waiting, service)
			}
		}
		if len(waiting) == 0 {
			return nil
		}
		pools, err := untyped.Resource(addressPools).List(ctx, fromCache)
		if err != nil {
			return err
		}
		for _, service := range waiting {
			address := freeAddress(pools.Items, taken)
			if address == "" {
				return fmt.Errorf("no address is free for %s/%s", service.Namespace, service.Name)
			}
			taken[address] = true
			service.Status.LoadBalancer.Ingress = []core.LoadBalancerIngress{{IP: address}}
			_, err := typed.CoreV1().Services(service.Namespace).UpdateStatus(ctx, &service, metav1.UpdateOptions{})
			if err != nil {
				return err
			}
			fmt.Printf("%s is for %s/%s\n", address, service.Namespace, service.Name)
		}
		return nil
	})
}

// freeAddress returns the first address of the pools that is not taken, or an empty text.
func freeAddress(pools []unstructured.Unstructured, taken map[string]bool) string {
	for _, pool := range pools {
		ranges, _, _ := unstructured.NestedStringSlice(pool.Object, "spec", "addresses")
		for _, one := range ranges {
			first, last := bounds(one)
			for address := first; address != nil && compare(address, last) <= 0; address = next(address) {
				if !taken[address.String()] {
					return address.String()
				}
			}
		}
	}
	return ""
}

// bounds reads a range, written as "a-b" or in CIDR notation. Of the latter all addresses are given away, as MetalLB
// does.
func bounds(text string) (net.IP, net.IP) {
	if _, network, err := net.ParseCIDR(text); err == nil {
		last := append(net.IP{}, network.IP.To4()...)
		for index := range last {
			last[index] |= ^network.Mask[index]
		}
		return network.IP.To4(), last
	}
	ends := strings.SplitN(text, "-", 2)
	return net.ParseIP(strings.TrimSpace(ends[0])).To4(), net.ParseIP(strings.TrimSpace(ends[len(ends)-1])).To4()
}

func compare(a, b net.IP) int {
	return strings.Compare(string(a), string(b))
}

func next(address net.IP) net.IP {
	following := append(net.IP{}, address...)
	for index := len(following) - 1; index >= 0; index-- {
		following[index]++
		if following[index] != 0 {
			return following
		}
	}
	return nil
}
