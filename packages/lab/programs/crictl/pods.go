package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
)

func podCommands() []*cobra.Command {
	var quiet, force bool
	var name, namespace, state, output string
	list := &cobra.Command{
		Use: "pods", Short: "List pods", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return onRuntime(0, func(ctx context.Context, runtime cri.RuntimeServiceClient) error {
				answer, err := runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{})
				if err != nil {
					return err
				}
				items := []*cri.PodSandbox{}
				for _, pod := range answer.Items {
					shown := podState(pod.State)
					if strings.Contains(pod.Metadata.Name, name) && (namespace == "" || namespace == pod.Metadata.Namespace) &&
						(state == "" || strings.EqualFold(state, shown)) {
						items = append(items, pod)
					}
				}
				if output == "json" {
					return printMessage(&cri.ListPodSandboxResponse{Items: items})
				}
				ids, rows := []string{}, [][]string{{"POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT"}}
				for _, pod := range items {
					ids = append(ids, pod.Id)
					rows = append(rows, []string{short(pod.Id), age(pod.CreatedAt), podState(pod.State), pod.Metadata.Name,
						pod.Metadata.Namespace, fmt.Sprint(pod.Metadata.Attempt)})
				}
				if quiet {
					return printLines(ids)
				}
				return printTable(rows)
			})
		},
	}
	list.Flags().BoolVarP(&quiet, "quiet", "q", false, "only ids")
	list.Flags().StringVar(&name, "name", "", "only pods with this in their name")
	list.Flags().StringVar(&namespace, "namespace", "", "only pods of this namespace")
	list.Flags().StringVarP(&state, "state", "s", "", "only pods in this state: ready or notready")
	list.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	stop := &cobra.Command{
		Use: "stopp POD-ID...", Short: "Stop running pods", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, ids []string) error {
			return onRuntime(2*time.Minute, func(ctx context.Context, runtime cri.RuntimeServiceClient) error {
				return each(ids, "Stopped sandbox %s", func(id string) error {
					_, err := runtime.StopPodSandbox(ctx, &cri.StopPodSandboxRequest{PodSandboxId: id})
					return err
				})
			})
		},
	}
	remove := &cobra.Command{
		Use: "rmp POD-ID...", Short: "Remove pods", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, ids []string) error {
			return onRuntime(2*time.Minute, func(ctx context.Context, runtime cri.RuntimeServiceClient) error {
				return each(ids, "Removed sandbox %s", func(id string) error {
					if force {
						if _, err := runtime.StopPodSandbox(ctx, &cri.StopPodSandboxRequest{PodSandboxId: id}); err != nil {
							return err
						}
					}
					_, err := runtime.RemovePodSandbox(ctx, &cri.RemovePodSandboxRequest{PodSandboxId: id})
					return err
				})
			})
		},
	}
	remove.Flags().BoolVarP(&force, "force", "f", false, "stop pods that run")
	inspect := &cobra.Command{
		Use: "inspectp POD-ID", Short: "Display the status of a pod", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, ids []string) error {
			return onRuntime(0, func(ctx context.Context, runtime cri.RuntimeServiceClient) error {
				answer, err := runtime.PodSandboxStatus(ctx, &cri.PodSandboxStatusRequest{PodSandboxId: ids[0], Verbose: true})
				if err != nil {
					return err
				}
				return printStatus(answer.Status, answer.Info)
			})
		},
	}
	return []*cobra.Command{list, stop, remove, inspect}
}

func podState(state cri.PodSandboxState) string {
	if state == cri.PodSandboxState_SANDBOX_READY {
		return "Ready"
	}
	return "NotReady"
}

// each calls work for every id. It goes on after an error and returns the last one.
func each(ids []string, done string, work func(string) error) error {
	var last error
	for _, id := range ids {
		if err := work(id); err != nil {
			last = fmt.Errorf("%s: %v", id, err)
			continue
		}
		fmt.Printf(done+"\n", id)
	}
	return last
}
