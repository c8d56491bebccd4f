package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"github.com/golang/protobuf/ptypes/wrappers"
	"google.golang.org/grpc"
)

// greeter is a function that answers helloworld.Greeter/SayHello as the helloworld function of vHive does. Each of its
// messages has one string as field 1, which on the wire is the same as google.protobuf.StringValue.
func greeter([]string) error {
	port := os.Getenv("GUEST_PORT")
	if port == "" {
		port = "50051"
	}
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "helloworld.Greeter",
		HandlerType: (*interface{})(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "SayHello", Handler: sayHello}},
	}, struct{}{})
	fmt.Printf("greeting on port %s\n", port)
	return server.Serve(listener)
}

func sayHello(_ interface{}, _ context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
	name := &wrappers.StringValue{}
	if err := decode(name); err != nil {
		return nil, err
	}
	return &wrappers.StringValue{Value: "Hello, " + name.Value + "!"}, nil
}
