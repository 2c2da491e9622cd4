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

// LoadEnvironment completes the process's environment before the settings are read from it.
// For each setting NAME it uses the first of: the variable NAME, the file that the variable
// NAME_FILE names, NAME in the file .env of the working directory, and the file that
// NAME_FILE in .env names. A variable with an empty value, as compose files set it, counts
// as not set.
func LoadEnvironment() error {
	if err := unsetEmpty(); err != nil {
		return err
	}
	if err := readNamedFiles(os.Getenv); err != nil {
		return err
	}
	file, err := readDotEnv()
	if err != nil {
		return err
	}
	for name, value := range file {
		if err := setDefault(name, value); err != nil {
			return err
		}
	}
	return readNamedFiles(func(name string) string { return file[name] })
}

// readDotEnv reads the file .env; its result is empty when there is none.
func readDotEnv() (map[string]string, error) {
	file, err := godotenv.Read()
	var unreadable *fs.PathError
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return file, nil
	case errors.As(err, &unreadable):
		return nil, fmt.Errorf("reading .env: %w", err)
	}
	// The parser's error quotes the file, secrets included.
	return nil, errors.New("reading .env: want lines such as NAME=value")
}

// readNamedFiles sets NAME, unless it is set, to the content of the file that
// NAME_FILE names.
func readNamedFiles(get func(string) string) error {
	for _, name := range Names() {
		path := get(name + "_FILE")
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
	if _, set := os.LookupEnv(name); set || value == "" {
		return nil
	}
	if err := os.Setenv(name, value); err != nil {
		return fmt.Errorf("setting %s: %w", name, err)
	}
	return nil
}

// Names returns the names of all settings in the environment.
func Names() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		if name := field.Tag.Get("env"); name != "" {
			names = append(names, name)
		}
	}
	return names
}
