// Command server is what load generators are measured against: gRPC helloworld.Greeter that answers after a delay by its own
// clock, with how long it took, in microseconds, as the last word. When it is told to end (SIGTERM) it prints how long its
// calls took, as JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"sort"
	"sync"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/examples/helloworld/helloworld"
)

type server struct {
	helloworld.UnimplementedGreeterServer
	delay time.Duration
	mutex sync.Mutex
	took  []time.Duration
}

// SayHello answers after the delay.
func (s *server) SayHello(_ context.Context, request *helloworld.HelloRequest) (*helloworld.HelloReply, error) {
	begun := time.Now()
	if s.delay > 0 {
		time.Sleep(s.delay)
	}
	took := time.Since(begun)
	s.mutex.Lock()
	s.took = append(s.took, took)
	s.mutex.Unlock()
	return &helloworld.HelloReply{Message: fmt.Sprintf("Hello, %s! %d", request.GetName(), took.Microseconds())}, nil
}

// summary has milliseconds.
func (s *server) summary() map[string]float64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	sort.Slice(s.took, func(one, other int) bool { return s.took[one] < s.took[other] })
	at := func(share float64) float64 {
		if len(s.took) == 0 {
			return 0
		}
		return float64(s.took[int(share*float64(len(s.took)-1))].Nanoseconds()) / 1e6
	}
	return map[string]float64{"count": float64(len(s.took)), "p50": at(0.5), "p99": at(0.99), "max": at(1)}
}

func main() {
	delay := flag.Duration("delay", 0, "how long each call takes")
	flag.Parse()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	service := &server{delay: *delay}
	served := grpc.NewServer()
	helloworld.RegisterGreeterServer(served, service)
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-told
		served.Stop()
	}()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	if err := served.Serve(listener); err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(service.summary()); err != nil {
		log.Fatal(err)
	}
}
