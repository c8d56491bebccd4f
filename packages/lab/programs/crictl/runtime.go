package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
)

func runtimeCommands() []*cobra.Command {
	info := &cobra.Command{
		Use: "info", Short: "Display information of the container runtime", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return onRuntime(0, func(ctx context.Context, runtime cri.RuntimeServiceClient) error {
				answer, err := runtime.Status(ctx, &cri.StatusRequest{Verbose: true})
				if err != nil {
					return err
				}
				return printStatus(answer.Status, answer.Info)
			})
		},
	}
	versions := &cobra.Command{
		Use: "version", Short: "Display runtime version information", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return onRuntime(0, func(ctx context.Context, runtime cri.RuntimeServiceClient) error {
				answer, err := runtime.Version(ctx, &cri.VersionRequest{Version: "v1alpha2"})
				if err != nil {
					return err
				}
				fmt.Println("Version: ", answer.Version)
				fmt.Println("RuntimeName: ", answer.RuntimeName)
				fmt.Println("RuntimeVersion: ", answer.RuntimeVersion)
				fmt.Println("RuntimeApiVersion: ", answer.RuntimeApiVersion)
				return nil
			})
		},
	}
	return []*cobra.Command{info, versions}
}
