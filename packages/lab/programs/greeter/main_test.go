package main

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/examples/helloworld/helloworld"
	"google.golang.org/grpc/status"
)

// client talks to a greeter over a real connection.
func client(t *testing.T) helloworld.GreeterClient {
	t.Helper()
	return helloworld.NewGreeterClient(connection(t))
}

// connection is one to a server of all that this program serves.
func connection(t *testing.T) *grpc.ClientConn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer()
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	connection, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

func TestAnswers(t *testing.T) {
	version, err := os.ReadFile("/proc/version")
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	greeter := client(t)
	for name, want := range map[string]string{
		"vhive":     "Hello, vhive!",
		"":          "Hello, !",
		"host":      host,
		"kernel":    strings.TrimSpace(string(version)),
		"sleep 1ms": "slept 1ms",
	} {
		reply, err := greeter.SayHello(context.Background(), &helloworld.HelloRequest{Name: name})
		if err != nil || !strings.HasSuffix(reply.GetMessage(), want) {
			t.Errorf("%q is answered with %q, %v, wanted %q", name, reply.GetMessage(), err, want)
		}
	}
}

func TestRefusesTimes(t *testing.T) {
	greeter := client(t)
	for _, name := range []string{"sleep ", "sleep soon", "sleep -1s", "sleep 6m"} {
		_, err := greeter.SayHello(context.Background(), &helloworld.HelloRequest{Name: name})
		if status.Code(err) != codes.InvalidArgument {
			t.Errorf("%q is answered with %v", name, err)
		}
	}
}

func TestSleepEndsWithTheCall(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := sleep(ctx, "1m"); status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("the sleep ended with %v", err)
	}
}
