package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/containerd/containerd"
	"github.com/containerd/containerd/content"
	"github.com/containerd/containerd/images"
	"github.com/containerd/containerd/images/converter"
	"github.com/containerd/containerd/platforms"
	"github.com/containerd/log"
	"github.com/containerd/stargz-snapshotter/analyzer"
	"github.com/containerd/stargz-snapshotter/analyzer/fanotify/service"
	"github.com/containerd/stargz-snapshotter/estargz"
	layers "github.com/containerd/stargz-snapshotter/nativeconverter/estargz"
	"github.com/containerd/stargz-snapshotter/recorder"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// watchCommand is the name by which the library's analyzer starts this program again, to watch the files of a container.
const watchCommand = "fanotify"

// watch tells on standard output which files below a folder are read, in the way of the library.
func watch(arguments []string) error {
	if len(arguments) != 1 {
		return errUsage
	}
	return service.Serve(arguments[0], os.Stdin, os.Stdout)
}

// optimize converts an image, with the files first that a container of it reads.
func optimize(flags *flag.FlagSet) func(context.Context, *containerd.Client) error {
	oci := flags.Bool("oci", false, "write media types of OCI, which layers of eStargz need")
	period := flags.Int("period", 10, "seconds for which the image is run, to see what it reads")
	blindly := flags.Bool("no-optimize", false, "convert without running the image")
	platform := flags.String("platform", platforms.DefaultString(), "platform of the image")
	return func(ctx context.Context, client *containerd.Client) error {
		if flags.NArg() != 2 {
			return errUsage
		}
		source, target := flags.Arg(0), flags.Arg(1)
		wanted, err := platforms.Parse(*platform)
		if err != nil {
			return err
		}
		match := platforms.OnlyStrict(wanted)
		ctx, done, err := client.WithLease(ctx)
		if err != nil {
			return err
		}
		defer done(ctx)
		first := map[digest.Digest][]estargz.Option{}
		// An image of another architecture does not run here.
		if !*blindly && match.Match(platforms.DefaultSpec()) {
			record, err := analyzer.Analyze(ctx, client, source, analyzer.WithPeriod(time.Duration(*period)*time.Second))
			if err != nil {
				return fmt.Errorf("running %s: %w", source, err)
			}
			if first, err = filesFirst(ctx, client, source, match, record); err != nil {
				return err
			}
		}
		layer := layers.LayerConvertWithLayerAndCommonOptsFunc(first)
		image, err := converter.Convert(ctx, client, target, source,
			converter.WithPlatform(match),
			converter.WithDockerToOCI(*oci),
			converter.WithLayerConvertFunc(func(ctx context.Context, store content.Store, desc ocispec.Descriptor) (*ocispec.Descriptor, error) {
				log.G(ctx).WithField("digest", desc.Digest).Info("converting...")
				return layer(ctx, store, desc)
			}))
		if err != nil {
			return err
		}
		fmt.Println(image.Target.Digest)
		return nil
	}
}

// filesFirst reads which files of each layer were read, in the order in which they were.
func filesFirst(ctx context.Context, client *containerd.Client, source string, match platforms.MatchComparer, record digest.Digest) (map[digest.Digest][]estargz.Option, error) {
	store := client.ContentStore()
	image, err := client.ImageService().Get(ctx, source)
	if err != nil {
		return nil, err
	}
	manifest, err := images.Manifest(ctx, store, image.Target, match)
	if err != nil {
		return nil, err
	}
	content, err := store.ReaderAt(ctx, ocispec.Descriptor{Digest: record})
	if err != nil {
		return nil, err
	}
	defer content.Close()
	paths := make([][]string, len(manifest.Layers))
	seen := map[string]bool{}
	entries := json.NewDecoder(io.NewSectionReader(content, 0, content.Size()))
	for entries.More() {
		var entry recorder.Entry
		if err := entries.Decode(&entry); err != nil {
			return nil, err
		}
		if entry.LayerIndex == nil || *entry.LayerIndex >= len(paths) {
			continue
		}
		index := *entry.LayerIndex
		if key := fmt.Sprint(index, " ", entry.Path); !seen[key] {
			seen[key] = true
			paths[index] = append(paths[index], entry.Path)
		}
	}
	first := map[digest.Digest][]estargz.Option{}
	read := 0
	for index, layer := range manifest.Layers {
		read += len(paths[index])
		if len(paths[index]) > 0 {
			first[layer.Digest] = []estargz.Option{estargz.WithPrioritizedFiles(paths[index])}
		}
	}
	log.G(ctx).Infof("%d files were read", read)
	return first, nil
}
