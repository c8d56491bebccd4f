package main

import (
	"flag"
	"fmt"
	"io/ioutil"

	"sigs.k8s.io/yaml"
)

// operator holds the parts of an IstioOperator that the stand-in reads.
type operator struct {
	Spec struct {
		Components struct {
			Pilot           struct{ Enabled *bool }
			IngressGateways []gatewayWish
		}
	}
}

type gatewayWish struct {
	Name    string
	Enabled *bool
	Label   map[string]string
	K8s     struct {
		Service map[string]interface{}
	}
}

// istioctl stands in for the program of that name. For `manifest generate -f FILE` it prints Deployments and Services
// with the names and ports of the IstioOperator in FILE. They run the parts of the stand-in.
func istioctl(arguments []string) error {
	if len(arguments) < 2 || arguments[0] != "manifest" || arguments[1] != "generate" {
		return fmt.Errorf("the lab's stand-in for istioctl knows only: istioctl manifest generate -f FILE")
	}
	flags := flag.NewFlagSet("istioctl manifest generate", flag.ExitOnError)
	file := flags.String("f", "", "file with an IstioOperator")
	flags.StringVar(file, "filename", "", "the same")
	if err := flags.Parse(arguments[2:]); err != nil {
		return err
	}
	text, err := ioutil.ReadFile(*file)
	if err != nil {
		return err
	}
	wishes := operator{}
	if err := yaml.Unmarshal(text, &wishes); err != nil {
		return err
	}
	fmt.Println("# Printed by the vHive lab's stand-in for istioctl: these are not Istio's programs.")
	for _, object := range istioObjects(wishes) {
		printed, err := yaml.Marshal(object)
		if err != nil {
			return err
		}
		fmt.Printf("---\n%s", printed)
	}
	return nil
}
