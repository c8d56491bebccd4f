// The lab's stand-in for crictl (kubernetes-sigs/cri-tools), which Debian does not package. It has the commands that
// kubeadm calls and those with which a person looks at a node, with crictl's names, flags and configuration file.
package main

import (
	"context"
	"fmt"
	"io/ioutil"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
	"sigs.k8s.io/yaml"
)

// version is set by the linker.
var version = "unknown"

// settings are what /etc/crictl.yaml holds; flags and environment variables win over the file.
type settings struct {
	RuntimeEndpoint string `json:"runtime-endpoint"`
	ImageEndpoint   string `json:"image-endpoint"`
	Timeout         int    `json:"timeout"`
}

var (
	configFile string
	given      settings
)

func main() {
	root := &cobra.Command{
		Use:           "crictl",
		Short:         "client for CRI (the vHive lab's stand-in for cri-tools)",
		Version:       version + " (the vHive lab's stand-in for cri-tools)",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetVersionTemplate("crictl version {{.Version}}\n")
	flags := root.PersistentFlags()
	flags.StringVarP(&configFile, "config", "c", "/etc/crictl.yaml", "client configuration file")
	flags.StringVarP(&given.RuntimeEndpoint, "runtime-endpoint", "r", os.Getenv("CONTAINER_RUNTIME_ENDPOINT"), "CRI socket")
	flags.StringVarP(&given.ImageEndpoint, "image-endpoint", "i", os.Getenv("IMAGE_SERVICE_ENDPOINT"), "CRI image socket")
	flags.IntVarP(&given.Timeout, "timeout", "t", 0, "time limit of a call in seconds, 10 unless the configuration says otherwise")
	flags.BoolP("debug", "D", false, "accepted for compatibility")
	root.AddCommand(runtimeCommands()...)
	root.AddCommand(podCommands()...)
	root.AddCommand(containerCommands()...)
	root.AddCommand(imageCommands()...)
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "FATA "+err.Error())
		os.Exit(1)
	}
}

// effective returns the settings that apply: those of the flags, else of the configuration file, else containerd's
// usual socket.
func effective() (settings, error) {
	read := settings{}
	text, err := ioutil.ReadFile(configFile)
	if err != nil && !os.IsNotExist(err) {
		return read, err
	}
	if err := yaml.Unmarshal(text, &read); err != nil {
		return read, fmt.Errorf("%s: %v", configFile, err)
	}
	if given.RuntimeEndpoint != "" {
		read.RuntimeEndpoint = given.RuntimeEndpoint
	}
	if read.RuntimeEndpoint == "" {
		read.RuntimeEndpoint = "unix:///run/containerd/containerd.sock"
	}
	if given.ImageEndpoint != "" {
		read.ImageEndpoint = given.ImageEndpoint
	}
	if read.ImageEndpoint == "" {
		read.ImageEndpoint = read.RuntimeEndpoint
	}
	if given.Timeout != 0 {
		read.Timeout = given.Timeout
	}
	if read.Timeout <= 0 {
		// The real crictl waits for 2 seconds, but several lab hosts that start on one machine take longer.
		read.Timeout = 10
	}
	return read, nil
}

func dial(ctx context.Context, endpoint string) (*grpc.ClientConn, error) {
	if strings.HasPrefix(endpoint, "/") {
		endpoint = "unix://" + endpoint
	}
	size := grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(16 * 1024 * 1024))
	connection, err := grpc.DialContext(ctx, endpoint, grpc.WithInsecure(), grpc.WithBlock(), size)
	if err != nil {
		return nil, fmt.Errorf("connect endpoint '%s': %v", endpoint, err)
	}
	return connection, nil
}

// onRuntime calls work with the runtime service. The time limit is never shorter than minimum, which slow calls need.
func onRuntime(minimum time.Duration, work func(context.Context, cri.RuntimeServiceClient) error) error {
	return connected(minimum, false, func(ctx context.Context, c *grpc.ClientConn) error {
		return work(ctx, cri.NewRuntimeServiceClient(c))
	})
}

// onImages calls work with the image service, with a time limit as in onRuntime.
func onImages(minimum time.Duration, work func(context.Context, cri.ImageServiceClient) error) error {
	return connected(minimum, true, func(ctx context.Context, c *grpc.ClientConn) error {
		return work(ctx, cri.NewImageServiceClient(c))
	})
}

func connected(minimum time.Duration, images bool, work func(context.Context, *grpc.ClientConn) error) error {
	use, err := effective()
	if err != nil {
		return err
	}
	endpoint := use.RuntimeEndpoint
	if images {
		endpoint = use.ImageEndpoint
	}
	limit := time.Duration(use.Timeout) * time.Second
	dialing, stopDialing := context.WithTimeout(context.Background(), limit)
	defer stopDialing()
	connection, err := dial(dialing, endpoint)
	if err != nil {
		return err
	}
	defer connection.Close()
	if limit < minimum {
		limit = minimum
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return work(ctx, connection)
}
