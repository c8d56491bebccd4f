package main

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fromCache lists what the API server holds in its memory: cheap enough to ask every second.
var fromCache = metav1.ListOptions{ResourceVersion: "0"}

// repeat looks at the cluster again and again, a second apart; what fails is said once and tried again.
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
