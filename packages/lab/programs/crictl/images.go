package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
)

func imageCommands() []*cobra.Command {
	var quiet bool
	var output string
	list := &cobra.Command{
		Use: "images [REPOSITORY[:TAG]]", Aliases: []string{"image"}, Short: "List images", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, names []string) error {
			return onImages(0, func(ctx context.Context, images cri.ImageServiceClient) error {
				request := &cri.ListImagesRequest{}
				if len(names) == 1 {
					request.Filter = &cri.ImageFilter{Image: &cri.ImageSpec{Image: names[0]}}
				}
				answer, err := images.ListImages(ctx, request)
				if err != nil {
					return err
				}
				if output == "json" {
					return printMessage(answer)
				}
				ids, rows := []string{}, [][]string{{"IMAGE", "TAG", "IMAGE ID", "SIZE"}}
				for _, image := range answer.Images {
					ids = append(ids, image.Id)
					tags := image.RepoTags
					if len(tags) == 0 {
						tags = []string{"<none>:<none>"}
					}
					for _, tag := range tags {
						colon := strings.LastIndex(tag, ":")
						size := fmt.Sprintf("%.3gMB", float64(image.Size_)/1e6)
						rows = append(rows, []string{tag[:colon], tag[colon+1:], short(image.Id), size})
					}
				}
				if quiet {
					return printLines(ids)
				}
				return printTable(rows)
			})
		},
	}
	list.Flags().BoolVarP(&quiet, "quiet", "q", false, "only ids")
	list.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	inspect := &cobra.Command{
		Use: "inspecti IMAGE", Short: "Display the status of an image", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, names []string) error {
			return onImages(0, func(ctx context.Context, images cri.ImageServiceClient) error {
				request := &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: names[0]}, Verbose: true}
				answer, err := images.ImageStatus(ctx, request)
				if err != nil {
					return err
				}
				if answer.Image == nil {
					return fmt.Errorf("no such image %q present", names[0])
				}
				return printStatus(answer.Image, answer.Info)
			})
		},
	}
	pull := &cobra.Command{
		Use: "pull NAME[:TAG]", Short: "Pull an image from a registry", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, names []string) error {
			return onImages(10*time.Minute, func(ctx context.Context, images cri.ImageServiceClient) error {
				answer, err := images.PullImage(ctx, &cri.PullImageRequest{Image: &cri.ImageSpec{Image: names[0]}})
				if err != nil {
					return fmt.Errorf("pulling image: %v", err)
				}
				fmt.Println("Image is up to date for " + answer.ImageRef)
				return nil
			})
		},
	}
	remove := &cobra.Command{
		Use: "rmi IMAGE...", Short: "Remove images", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, names []string) error {
			return onImages(time.Minute, func(ctx context.Context, images cri.ImageServiceClient) error {
				return each(names, "Deleted: %s", func(name string) error {
					_, err := images.RemoveImage(ctx, &cri.RemoveImageRequest{Image: &cri.ImageSpec{Image: name}})
					return err
				})
			})
		},
	}
	return []*cobra.Command{list, inspect, pull, remove}
}
