# Everything a developer does here. `make run` and `make test` are the two that matter.
.PHONY: run demo test test-fast test-long fuzz lint generate widget widget-test bench e2e release docker clean

GO        ?= go
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS   := -s -w -X main.version=$(VERSION)
BINARY    := bin/raterhub-tracker
SQLC      := $(GO) tool -modfile=tools/sqlc/go.mod sqlc
TEMPL     := $(GO) tool -modfile=tools/templ/go.mod templ
LINTER    := $(GO) tool -modfile=tools/golangci-lint/go.mod golangci-lint

run: ## Run the demo: a temporary database with three weeks of sessions
	$(GO) run ./cmd/raterhub-tracker demo

test: ## Run every test, with the race detector where cgo works
	./tools/test

test-fast: ## Run the Go tests that need neither a browser nor PostgreSQL, in less than a minute
	./tools/test-fast

test-long: ## Run every test in its long form, and then the fuzzers
	FUZZ=1 LONG=1 ./tools/test

fuzz: ## Run every fuzzer for 10 seconds, or FUZZTIME
	./tools/fuzz

lint: ## Run go vet and golangci-lint, and check that generated code is up to date
	$(GO) vet ./...
	$(LINTER) run ./...
	./tools/check-generated "$(SQLC)" "$(TEMPL)"

generate: ## Generate the Go code of the shared queries and of the pages
	$(SQLC) generate
	$(TEMPL) generate -path internal/web

widget: ## Bundle the widget's TypeScript into the files that are embedded
	$(GO) run ./tools/widget

widget-test: ## Type-check the widget and test it (needs Node and npm)
	cd widget && npm ci --no-audit --no-fund && npm run check && npm test

bench: ## Measure events per second, next to what the machine can do
	$(GO) run ./bench

e2e: ## Run only the tests of the real program
	$(GO) test -count=1 ./e2e/...

release: ## Build one static binary in bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BINARY) ./cmd/raterhub-tracker

docker: release ## Build the container image around the binary
	docker build -t raterhub-tracker .

clean:
	rm -rf bin
	find . -type d -path '*/testdata/rapid' -prune -exec rm -rf {} +
