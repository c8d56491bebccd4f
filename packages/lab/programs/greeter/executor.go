package main

import (
	"context"
	"math"
	"os"
	"runtime"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// The trace function of the load generator invitro answers faas.Executor/Execute: it is busy for as long as it is asked
// to, by iterations whose number per millisecond it is told (pkg/workload/proto/faas.proto and pkg/common/workload.go at
// https://github.com/vhive-serverless/invitro). Its module cannot be had from the module registry.

// xl170Multiplier is the number of iterations per millisecond if nobody tells another: that of CloudLab's xl170.
const xl170Multiplier = 102

// rootsPerIteration is how many square roots an iteration takes.
const rootsPerIteration = 100

var requestType, replyType = messageTypes()

// messageTypes describes the messages of faas.proto.
func messageTypes() (request, reply protoreflect.MessageDescriptor) {
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name:    proto.String("faas.proto"),
		Package: proto.String("faas"),
		Syntax:  proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{
			message("FaasRequest", "runtimeInMilliSec", "memoryInMebiBytes"),
			message("FaasReply", "durationInMicroSec", "memoryUsageInKb"),
		},
	}, nil)
	if err != nil {
		panic(err)
	}
	return file.Messages().Get(0), file.Messages().Get(1)
}

// message describes a message of a text and two numbers.
func message(name, second, third string) *descriptorpb.DescriptorProto {
	field := func(name string, number int32, kind descriptorpb.FieldDescriptorProto_Type) *descriptorpb.FieldDescriptorProto {
		return &descriptorpb.FieldDescriptorProto{
			Name: proto.String(name), Number: proto.Int32(number), Type: kind.Enum(),
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}
	}
	return &descriptorpb.DescriptorProto{Name: proto.String(name), Field: []*descriptorpb.FieldDescriptorProto{
		field("message", 1, descriptorpb.FieldDescriptorProto_TYPE_STRING),
		field(second, 2, descriptorpb.FieldDescriptorProto_TYPE_UINT32),
		field(third, 3, descriptorpb.FieldDescriptorProto_TYPE_UINT32),
	}}
}

var executorService = grpc.ServiceDesc{
	ServiceName: "faas.Executor",
	HandlerType: (*any)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Execute", Handler: execute}},
	Metadata:    "faas.proto",
}

func execute(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	started := time.Now()
	request := dynamicpb.NewMessage(requestType)
	if err := decode(request); err != nil {
		return nil, err
	}
	number := func(name protoreflect.Name) uint64 { return request.Get(requestType.Fields().ByName(name)).Uint() }
	beBusy(multiplier(), number("runtimeInMilliSec"))
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	reply := dynamicpb.NewMessage(replyType)
	set := func(name protoreflect.Name, value any) {
		reply.Set(replyType.Fields().ByName(name), protoreflect.ValueOf(value))
	}
	set("message", "OK - "+host)
	set("durationInMicroSec", uint32(time.Since(started).Microseconds()))
	// The memory is not taken: invitro's function only says that it was.
	set("memoryUsageInKb", uint32(number("memoryInMebiBytes")*1024))
	return reply, nil
}

// multiplier is how many iterations keep this function busy for a millisecond.
func multiplier() uint64 {
	if value, err := strconv.ParseUint(os.Getenv("ITERATIONS_MULTIPLIER"), 10, 32); err == nil {
		return value
	}
	return xl170Multiplier
}

func beBusy(perMillisecond, milliseconds uint64) {
	total := 0.0
	for range perMillisecond * milliseconds {
		for root := range rootsPerIteration {
			total += math.Sqrt(float64(root) + total)
		}
	}
	// So that the compiler does not leave out the work.
	runtime.KeepAlive(total)
}
