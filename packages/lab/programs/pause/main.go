// The program of the sandbox container. It is build/pause/linux/pause.c of Kubernetes written in Go, so that the lab
// needs no C compiler. It holds the pod's namespaces, reaps the processes that are handed to it, and ends on SIGINT or
// SIGTERM.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// kubernetesVersion is set by the linker.
var kubernetesVersion = "unknown"

func main() {
	for _, argument := range os.Args[1:] {
		if strings.EqualFold(argument, "-v") {
			fmt.Println("pause (the vHive lab's, for Kubernetes " + kubernetesVersion + ")")
			return
		}
	}
	if os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "Warning: pause should be the first process")
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			fmt.Fprintln(os.Stderr, "Shutting down, got signal: "+received.String())
			return
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}
