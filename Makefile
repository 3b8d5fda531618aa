# The project's commands. Each installs what it needs (tools/install.sh) and is quick the second time.
.DEFAULT_GOAL := help
.PHONY: help build run test test-aws package fuzz lint format bench clean

JOBS := $(shell nproc)

help:  ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

build:  ## Build the programs into build/bin/
	@tools/install.sh build
	@tools/build.sh

run: build  ## Run the video example under a tight and a loose SLO
	@tools/install.sh clip
	@examples/video/run.sh

test:  ## Build and run all tests that need no emulator
	@tools/install.sh build test clip
	@tools/build.sh --tests
	@tools/test.sh

test-aws: package  ## Run the tests that use official AWS clients, on loopback
	@tools/install.sh build test aws
	@tools/build.sh --tests
	@tools/test_aws.sh

package:  ## Build the layer and the bootstrap for Lambda into build/package/
	@tools/install.sh package
	@tools/package.sh

fuzz:  ## Run each fuzz target for a minute
	@tools/install.sh build fuzz
	@tools/fuzz.sh 60

lint:  ## Check the format and run clang-tidy
	@tools/install.sh build test bench lint
	@tools/lint.sh

format:  ## Format all sources
	@tools/install.sh lint
	@git ls-files '*.cpp' '*.h' | xargs clang-format-19 -i

bench:  ## Print the benchmark tables of docs/evaluation.md
	@tools/install.sh build bench
	@tools/build.sh --bench
	@tools/bench.sh

clean:  ## Remove everything that was built
	rm -rf build
