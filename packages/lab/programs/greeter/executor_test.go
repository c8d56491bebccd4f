package main

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// execution asks for an execution and returns the message, the microseconds and the KB of the reply.
func execution(t *testing.T, milliseconds, megabytes uint32) (string, uint64, uint64) {
	t.Helper()
	request := dynamicpb.NewMessage(requestType)
	request.Set(requestType.Fields().ByNumber(2), protoreflect.ValueOfUint32(milliseconds))
	request.Set(requestType.Fields().ByNumber(3), protoreflect.ValueOfUint32(megabytes))
	reply := dynamicpb.NewMessage(replyType)
	if err := connection(t).Invoke(context.Background(), "/faas.Executor/Execute", request, reply); err != nil {
		t.Fatal(err)
	}
	get := func(number protoreflect.FieldNumber) protoreflect.Value {
		return reply.Get(replyType.Fields().ByNumber(number))
	}
	return get(1).String(), get(2).Uint(), get(3).Uint()
}

func TestExecutes(t *testing.T) {
	t.Setenv("ITERATIONS_MULTIPLIER", "1000")
	message, short, kilobytes := execution(t, 1, 3)
	if !strings.HasPrefix(message, "OK - ") || kilobytes != 3*1024 {
		t.Errorf("the reply is %q with %d KB", message, kilobytes)
	}
	// A hundred times as much work takes longer, on whatever machine.
	if _, long, _ := execution(t, 100, 1); long <= short {
		t.Errorf("100 ms of work took %d µs, and 1 ms took %d µs", long, short)
	}
}

func TestMultiplier(t *testing.T) {
	for value, expected := range map[string]uint64{"": xl170Multiplier, "7": 7, "many": xl170Multiplier, "-1": xl170Multiplier} {
		t.Setenv("ITERATIONS_MULTIPLIER", value)
		if found := multiplier(); found != expected {
			t.Errorf("%q makes %d", value, found)
		}
	}
}
