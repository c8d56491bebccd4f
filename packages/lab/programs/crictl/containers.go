package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
)

func containerCommands() []*cobra.Command {
	var all, quiet, force bool
	var name, pod, output string
	var timeout int64
	list := &cobra.Command{
		Use: "ps", Short: "List containers", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return onRuntime(0, func(ctx context.Context, runtime cri.RuntimeServiceClient) error {
				filter := &cri.ContainerFilter{PodSandboxId: pod}
				if !all {
					filter.State = &cri.ContainerStateValue{State: cri.ContainerState_CONTAINER_RUNNING}
				}
				answer, err := runtime.ListContainers(ctx, &cri.ListContainersRequest{Filter: filter})
				if err != nil {
					return err
				}
				items, ids := []*cri.Container{}, []string{}
				rows := [][]string{{"CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD"}}
				for _, container := range answer.Containers {
					if !strings.Contains(container.Metadata.Name, name) {
						continue
					}
					items, ids = append(items, container), append(ids, container.Id)
					rows = append(rows, []string{short(container.Id), short(container.ImageRef), age(container.CreatedAt),
						containerState(container.State), container.Metadata.Name, fmt.Sprint(container.Metadata.Attempt),
						short(container.PodSandboxId), container.Labels["io.kubernetes.pod.name"]})
				}
				if output == "json" {
					return printMessage(&cri.ListContainersResponse{Containers: items})
				}
				if quiet {
					return printLines(ids)
				}
				return printTable(rows)
			})
		},
	}
	list.Flags().BoolVarP(&all, "all", "a", false, "also containers that do not run")
	list.Flags().BoolVarP(&quiet, "quiet", "q", false, "only ids")
	list.Flags().StringVar(&name, "name", "", "only containers with this in their name")
	list.Flags().StringVarP(&pod, "pod", "p", "", "only containers of the pod with this id")
	list.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	stop := &cobra.Command{
		Use: "stop CONTAINER-ID...", Short: "Stop running containers", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, ids []string) error {
			limit := 2*time.Minute + time.Duration(timeout)*time.Second
			return onRuntime(limit, func(ctx context.Context, runtime cri.RuntimeServiceClient) error {
				return each(ids, "%s", func(id string) error {
					_, err := runtime.StopContainer(ctx, &cri.StopContainerRequest{ContainerId: id, Timeout: timeout})
					return err
				})
			})
		},
	}
	stop.Flags().Int64Var(&timeout, "grace", 0, "seconds to wait before the container is killed")
	remove := &cobra.Command{
		Use: "rm CONTAINER-ID...", Short: "Remove containers", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, ids []string) error {
			return onRuntime(2*time.Minute, func(ctx context.Context, runtime cri.RuntimeServiceClient) error {
				return each(ids, "%s", func(id string) error {
					if force {
						if _, err := runtime.StopContainer(ctx, &cri.StopContainerRequest{ContainerId: id}); err != nil {
							return err
						}
					}
					_, err := runtime.RemoveContainer(ctx, &cri.RemoveContainerRequest{ContainerId: id})
					return err
				})
			})
		},
	}
	remove.Flags().BoolVarP(&force, "force", "f", false, "stop containers that run")
	inspect := &cobra.Command{
		Use: "inspect CONTAINER-ID", Short: "Display the status of a container", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, ids []string) error {
			return onRuntime(0, func(ctx context.Context, runtime cri.RuntimeServiceClient) error {
				answer, err := runtime.ContainerStatus(ctx, &cri.ContainerStatusRequest{ContainerId: ids[0], Verbose: true})
				if err != nil {
					return err
				}
				return printStatus(answer.Status, answer.Info)
			})
		},
	}
	return []*cobra.Command{list, stop, remove, inspect}
}

func containerState(state cri.ContainerState) string {
	name := strings.ToLower(strings.TrimPrefix(state.String(), "CONTAINER_"))
	return strings.ToUpper(name[:1]) + name[1:]
}
