package config

import (
	"fmt"

	"github.com/alecthomas/kong"
)

// Default returns the Config in which every setting has its default, whatever the
// environment says. The secret key has no default and is empty.
func Default() (Config, error) {
	var c Config
	parser, err := kong.New(&c)
	if err != nil {
		return Config{}, fmt.Errorf("reading the tags of the settings: %w", err)
	}
	for _, flag := range parser.Model.Flags {
		flag.Envs, flag.Tag.Envs = nil, nil
	}
	if _, err := parser.Parse(nil); err != nil {
		return Config{}, fmt.Errorf("reading the defaults of the settings: %w", err)
	}
	return c, nil
}
