package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func read(t *testing.T, text string) (configuration, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return readConfig(file)
}

func TestReadsRegistries(t *testing.T) {
	config, err := read(t, `metrics_address = "127.0.0.1:8234"
no_background_fetch = true
[resolver.host."registry.example:5000"]
[[resolver.host."registry.example:5000".mirrors]]
host = "192.0.2.1:5001"
insecure = true
[blob]
chunk_size = 4096
`)
	if err != nil {
		t.Fatal(err)
	}
	mirrors := config.ResolverConfig.Host["registry.example:5000"].Mirrors
	if len(mirrors) != 1 || mirrors[0].Host != "192.0.2.1:5001" || !mirrors[0].Insecure {
		t.Errorf("the mirrors are %+v", mirrors)
	}
	if config.MetricsAddress != "127.0.0.1:8234" || !config.NoBackgroundFetch || config.ChunkSize != 4096 {
		t.Errorf("the configuration is %+v", config)
	}
}

func TestRefusesWhatItDoesNotKnow(t *testing.T) {
	for text, want := range map[string]string{
		"ipfs = true":                                   "ipfs",
		"[cri_keychain]\nenable_keychain = true":        "keychain",
		"[kubeconfig_keychain]\nenable_keychain = true": "keychain",
		"[": "config.toml",
	} {
		if _, err := read(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v", text, err)
		}
	}
}

func TestNoFileSaysNothing(t *testing.T) {
	if _, err := readConfig(filepath.Join(t.TempDir(), "none.toml")); err != nil {
		t.Error(err)
	}
}
