// Command containerd-stargz-grpc is the lab's own service around the library of the stargz snapshotter, whose command of
// this name cannot be had from the module registry. It has that command's flags and reads its configuration file. It
// knows neither its keychains of Kubernetes nor its other sources of layers, and refuses a file that asks for them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	snapshotsapi "github.com/containerd/containerd/api/services/snapshots/v1"
	"github.com/containerd/containerd/contrib/snapshotservice"
	"github.com/containerd/containerd/snapshots"
	"github.com/containerd/log"
	"github.com/containerd/stargz-snapshotter/service"
	"github.com/containerd/stargz-snapshotter/service/keychain/dockerconfig"
	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/docker/go-metrics"
	"google.golang.org/grpc"
)

// version is the version of the library, which the build knows.
var version = "unknown"

func main() {
	address := flag.String("address", "/run/containerd-stargz-grpc/containerd-stargz-grpc.sock", "socket to listen on")
	file := flag.String("config", "/etc/containerd-stargz-grpc/config.toml", "configuration file")
	level := flag.String("log-level", "info", "trace, debug, info, warn, error, fatal or panic")
	root := flag.String("root", "/var/lib/containerd-stargz-grpc", "folder for the snapshotter's data")
	tell := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *tell {
		fmt.Println("containerd-stargz-grpc (of the vHive lab, on the library)", version)
		return
	}
	if err := run(*address, *file, *level, *root); err != nil {
		fmt.Fprintln(os.Stderr, "containerd-stargz-grpc:", err)
		os.Exit(1)
	}
}

func run(address, file, level, root string) error {
	if err := log.SetLevel(level); err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	config, err := readConfig(file)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	snapshotter, err := service.NewStargzSnapshotterService(ctx, root, &config.Config,
		service.WithCredsFuncs(dockerconfig.NewDockerconfigKeychain(ctx)))
	if err != nil {
		return err
	}
	if config.MetricsAddress != "" {
		listener, err := net.Listen("tcp", config.MetricsAddress)
		if err != nil {
			return fmt.Errorf("metrics_address: %w", err)
		}
		routes := http.NewServeMux()
		routes.Handle("/metrics", metrics.Handler())
		go func() { _ = http.Serve(listener, routes) }()
	}
	return serve(ctx, address, snapshotter)
}

// serve answers containerd until the context ends. The mounts are left to the next start, which restores them; in between
// reads of pods fail, as with upstream's command.
func serve(ctx context.Context, address string, snapshotter snapshots.Snapshotter) error {
	if err := os.MkdirAll(filepath.Dir(address), 0o700); err != nil {
		return err
	}
	// A socket of an earlier start, which nobody listens on any more.
	if err := os.Remove(address); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", address)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	snapshotsapi.RegisterSnapshotsServer(server, snapshotservice.FromSnapshotter(snapshotter))
	go func() {
		<-ctx.Done()
		server.Stop()
	}()
	if _, err := daemon.SdNotify(false, daemon.SdNotifyReady); err != nil {
		return fmt.Errorf("telling systemd that the service is ready: %w", err)
	}
	log.G(ctx).Infof("the lab's stargz snapshotter listens on %s", address)
	return server.Serve(listener)
}
