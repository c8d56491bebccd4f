// Command ctr-remote stands in for the stargz snapshotter's command of this name, which cannot be had from the module
// registry. It has what the lab needs of it, by means of the snapshotter's own library: it converts an image in containerd
// to eStargz, with the files first that the image reads when it runs or without running it, and pulls one lazily.
// Upstream's is ctr with more commands; the lab's hosts have the real ctr beside this.
//
//	ctr-remote [--address SOCKET] [--namespace NAME] image optimize [--oci] [--platform PLATFORM] [--period SECONDS] SOURCE TARGET
//	ctr-remote [--address SOCKET] [--namespace NAME] image convert [--oci] [--estargz] SOURCE TARGET
//	ctr-remote [--address SOCKET] [--namespace NAME] image rpull [--plain-http] IMAGE
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/containerd/containerd"
	"github.com/containerd/containerd/images/converter"
	"github.com/containerd/containerd/namespaces"
	"github.com/containerd/containerd/platforms"
	"github.com/containerd/containerd/remotes/docker"
	"github.com/containerd/stargz-snapshotter/fs/source"
	"github.com/containerd/stargz-snapshotter/nativeconverter/estargz"
)

// prefetchBytes is how much of a layer upstream's command lets the snapshotter fetch ahead.
const prefetchBytes = 10 * 1024 * 1024

var errUsage = errors.New("usage: ctr-remote [--address SOCKET] [--namespace NAME] image optimize|convert|rpull ... (--help says more)")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "ctr-remote:", err)
		if errors.Is(err, errUsage) || errors.Is(err, flag.ErrHelp) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) > 0 && arguments[0] == watchCommand {
		return watch(arguments[1:])
	}
	global := flag.NewFlagSet("ctr-remote", flag.ContinueOnError)
	address := global.String("address", "/run/containerd/containerd.sock", "socket of containerd")
	namespace := global.String("namespace", "default", "namespace in containerd; that of Kubernetes is k8s.io")
	global.StringVar(namespace, "n", "default", "short for --namespace")
	if err := global.Parse(arguments); err != nil {
		return err
	}
	rest := global.Args()
	if len(rest) < 2 || (rest[0] != "image" && rest[0] != "images" && rest[0] != "i") {
		return errUsage
	}
	flags := flag.NewFlagSet(rest[1], flag.ContinueOnError)
	command, ok := map[string]func(*flag.FlagSet) func(context.Context, *containerd.Client) error{
		"optimize": optimize, "convert": convert, "rpull": rpull,
	}[rest[1]]
	if !ok {
		return errUsage
	}
	do := command(flags)
	if err := flags.Parse(rest[2:]); err != nil {
		return err
	}
	client, err := containerd.New(*address)
	if err != nil {
		return err
	}
	defer client.Close()
	return do(namespaces.WithNamespace(context.Background(), *namespace), client)
}

func convert(flags *flag.FlagSet) func(context.Context, *containerd.Client) error {
	oci := flags.Bool("oci", false, "write media types of OCI, which layers of eStargz need")
	lazy := flags.Bool("estargz", false, "convert to eStargz, the only format there is here")
	return func(ctx context.Context, client *containerd.Client) error {
		if flags.NArg() != 2 || !*lazy {
			return errUsage
		}
		image, err := converter.Convert(ctx, client, flags.Arg(1), flags.Arg(0),
			converter.WithPlatform(platforms.DefaultStrict()),
			converter.WithLayerConvertFunc(estargz.LayerConvertFunc()),
			converter.WithDockerToOCI(*oci))
		if err != nil {
			return err
		}
		fmt.Println(image.Name, image.Target.Digest)
		return nil
	}
}

func rpull(flags *flag.FlagSet) func(context.Context, *containerd.Client) error {
	plain := flags.Bool("plain-http", false, "ask the registry by plain HTTP")
	return func(ctx context.Context, client *containerd.Client) error {
		if flags.NArg() != 1 {
			return errUsage
		}
		scheme := docker.WithPlainHTTP(func(string) (bool, error) { return *plain, nil })
		image, err := client.Pull(ctx, flags.Arg(0),
			containerd.WithResolver(docker.NewResolver(docker.ResolverOptions{
				Hosts: docker.ConfigureDefaultRegistries(scheme)})),
			containerd.WithPullUnpack,
			containerd.WithPullSnapshotter("stargz"),
			containerd.WithImageHandlerWrapper(source.AppendDefaultLabelsHandlerWrapper(flags.Arg(0), prefetchBytes)))
		if err != nil {
			return err
		}
		fmt.Println(image.Name(), image.Target().Digest)
		return nil
	}
}
