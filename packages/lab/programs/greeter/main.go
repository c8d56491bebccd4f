// Command greeter is a function as vHive's helloworld is: gRPC helloworld.Greeter on port 50051, by the service that
// comes as an example with gRPC for Go. Some names have a meaning, for tests of sandboxes and of autoscaling:
//
//	kernel      is answered with what the function sees of its kernel: uname and /proc/version
//	host        is answered with the name of the pod
//	sleep 500ms is answered after that time, and keeps a place of the function's concurrency till then
//	anything    is greeted
//
// It also answers as the trace function of the load generator invitro does, see executor.go.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/examples/helloworld/helloworld"
	"google.golang.org/grpc/status"
)

// longestSleep is the time limit that Knative gives to a request if nobody asks for another.
const longestSleep = 5 * time.Minute

type greeter struct {
	helloworld.UnimplementedGreeterServer
}

// SayHello answers a name.
func (greeter) SayHello(ctx context.Context, request *helloworld.HelloRequest) (*helloworld.HelloReply, error) {
	message, err := answer(ctx, request.GetName())
	if err != nil {
		return nil, err
	}
	return &helloworld.HelloReply{Message: message}, nil
}

func answer(ctx context.Context, name string) (string, error) {
	switch {
	case name == "kernel":
		return kernel()
	case name == "host":
		return os.Hostname()
	case strings.HasPrefix(name, "sleep "):
		return sleep(ctx, strings.TrimPrefix(name, "sleep "))
	default:
		return "Hello, " + name + "!", nil
	}
}

func kernel() (string, error) {
	var names syscall.Utsname
	if err := syscall.Uname(&names); err != nil {
		return "", err
	}
	version, err := os.ReadFile("/proc/version")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s %s; %s", text(names.Sysname), text(names.Release), text(names.Version),
		strings.TrimSpace(string(version))), nil
}

// text reads a string of C, which is of signed characters on one architecture and of unsigned ones on another.
func text[Character int8 | uint8](characters [65]Character) string {
	bytes := make([]byte, 0, len(characters))
	for _, character := range characters {
		if character == 0 {
			break
		}
		bytes = append(bytes, byte(character))
	}
	return string(bytes)
}

func sleep(ctx context.Context, length string) (string, error) {
	duration, err := time.ParseDuration(length)
	if err != nil || duration < 0 || duration > longestSleep {
		return "", status.Errorf(codes.InvalidArgument, "%q is no time between 0s and %s, such as 500ms", length, longestSleep)
	}
	select {
	case <-time.After(duration):
		return "slept " + duration.String(), nil
	case <-ctx.Done():
		return "", status.FromContextError(ctx.Err()).Err()
	}
}

func newServer() *grpc.Server {
	server := grpc.NewServer()
	helloworld.RegisterGreeterServer(server, greeter{})
	server.RegisterService(&executorService, struct{}{})
	return server
}

func main() {
	port := "50051"
	// The first is Knative's, the second is vHive's word to what runs inside a microVM.
	for _, variable := range []string{"PORT", "GUEST_PORT"} {
		if value := os.Getenv(variable); value != "" {
			port = value
			break
		}
	}
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		fmt.Fprintln(os.Stderr, "greeter:", err)
		os.Exit(1)
	}
	server := newServer()
	fmt.Println("greeting on port", port)
	if err := server.Serve(listener); err != nil {
		fmt.Fprintln(os.Stderr, "greeter:", err)
		os.Exit(1)
	}
}
