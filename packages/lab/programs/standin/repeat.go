package main

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fromCache makes a list come from the memory of the API server, which is cheap enough to ask for every second.
var fromCache = metav1.ListOptions{ResourceVersion: "0"}

// repeat looks at the cluster once a second, for ever. An error is printed once and the look is tried again.
func repeat(look func(ctx context.Context) error) error {
	said := ""
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		if err := look(ctx); err == nil {
			said = ""
		} else if err.Error() != said {
			said = err.Error()
			fmt.Println(said)
		}
		cancel()
		time.Sleep(time.Second)
	}
}
