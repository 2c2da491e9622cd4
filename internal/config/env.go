package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"github.com/joho/godotenv"
)

// LoadEnvironment completes the process's environment before the settings are
// read from it: from the file .env in the working directory, and for each
// setting NAME from the file that NAME_FILE names. What is set already wins; what
// is set to nothing, as compose files do, counts as not set.
func LoadEnvironment() error {
	if err := unsetEmpty(); err != nil {
		return err
	}
	file, err := godotenv.Read()
	var unreadable *fs.PathError
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
	case errors.As(err, &unreadable):
		return fmt.Errorf("reading .env: %w", err)
	default: // the parser's error quotes the file, secrets included
		return errors.New("reading .env: want lines such as NAME=value")
	}
	for name, value := range file {
		if value == "" {
			continue
		}
		if err := setDefault(name, value); err != nil {
			return err
		}
	}
	for _, name := range Names() {
		path := os.Getenv(name + "_FILE")
		if path == "" {
			continue
		}
		content, err := os.ReadFile(path) //nolint:gosec // the operator names it
		if err != nil {
			return fmt.Errorf("%s_FILE: %w", name, err)
		}
		if err := setDefault(name, strings.TrimRight(string(content), "\r\n")); err != nil {
			return err
		}
	}
	return nil
}

func unsetEmpty() error {
	for _, name := range Names() {
		if value, set := os.LookupEnv(name); set && value == "" {
			if err := os.Unsetenv(name); err != nil {
				return fmt.Errorf("unsetting %s: %w", name, err)
			}
		}
	}
	return nil
}

func setDefault(name, value string) error {
	if _, set := os.LookupEnv(name); set {
		return nil
	}
	if err := os.Setenv(name, value); err != nil {
		return fmt.Errorf("setting %s: %w", name, err)
	}
	return nil
}

// Names are the settings' names in the environment.
func Names() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		if name := field.Tag.Get("env"); name != "" {
			names = append(names, name)
		}
	}
	return names
}
