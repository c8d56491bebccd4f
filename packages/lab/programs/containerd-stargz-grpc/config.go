package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/containerd/stargz-snapshotter/service"
	"github.com/pelletier/go-toml"
)

// configuration is the part of upstream's configuration file that the lab's program knows.
type configuration struct {
	service.Config
	// MetricsAddress is where Prometheus finds /metrics, such as 127.0.0.1:8234.
	MetricsAddress string `toml:"metrics_address"`
}

// readConfig reads the file. No file at all is a configuration that says nothing.
func readConfig(file string) (configuration, error) {
	var config configuration
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return config, nil
	}
	if err != nil {
		return config, err
	}
	tree, err := toml.LoadBytes(text)
	if err != nil {
		return config, fmt.Errorf("%s: %w", file, err)
	}
	if err := tree.Unmarshal(&config); err != nil {
		return config, fmt.Errorf("%s: %w", file, err)
	}
	for _, key := range []string{"ipfs", "metadata_store", "debug_address"} {
		if tree.Has(key) {
			return config, fmt.Errorf("%s: %s is not known to the lab's stargz snapshotter", file, key)
		}
	}
	if config.KubeconfigKeychainConfig.EnableKeychain || config.CRIKeychainConfig.EnableKeychain {
		return config, fmt.Errorf("%s: the lab's stargz snapshotter has no keychain but Docker's", file)
	}
	return config, nil
}
