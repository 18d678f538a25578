# `make help` lists the targets; `make demo` and `make test` do all their own set-up.

.DEFAULT_GOAL := help
.PHONY: help demo test bench build format lint clean packages swift

# One debug build serves the demo and the tests; the tests add their own part to it.
#
# Tests run in several processes. Those of CoveyTraffic close listeners and look what follows; a child
# that another test starts at that moment would hold a listener open. Those of the whole system need
# the processors for their guests.
#
# The lines of make itself are noise.
MAKEFLAGS += --no-print-directory
SOURCES := Sources Tests docs/examples Package.swift

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: packages swift ## See a group of real guests grow and shrink under load (installs missing packages)
	@swift build
	@.build/debug/covey demo

# These have a libvirt and machines of their own, one test after another.
machine-tests = Layer[A-Za-z]*Tests|Backup(Event|Fault|Folder|Random)Tests|Identity(Agent|Channel)Tests
long-machine-tests = LayerFaultTests|LayerRandomTests

# Those of the whole system, in parts. Those that install Debian are one: two would install it twice at once.
disk-systems = WholeSystem/(Disk|Versions|Checker)
debian-systems = WholeSystem/(Debian|Imported|UnderSystem)
fork-systems = WholeSystem/(Forks|Warm|Guests)
# Groups that follow a load: their guests must get as much of a processor as the load wants. They have the host to themselves.
load-systems = WholeSystem/(Scaling|Survival)

# Three at once keep two processors busy: much of the time a test waits for a guest. The longest parts begin first.
test: build ## Run all tests, real guests included (installs missing packages)
	@.ci/run-tests 1 '--skip ^SystemTests --skip CoveyTrafficTests --skip $(machine-tests)'
	@.ci/run-tests 3 '--no-parallel --filter LayerFaultTests' '--filter $(disk-systems)' \
	  '--filter ^SystemTests --skip $(disk-systems) --skip $(debian-systems) --skip $(fork-systems) --skip $(load-systems)' \
	  '--no-parallel --filter LayerRandomTests' '--filter $(fork-systems)' '--filter $(debian-systems)' \
	  '--no-parallel --filter $(machine-tests) --skip $(long-machine-tests)' \
	  '--filter CoveyTrafficTests'
	@.ci/run-tests 1 '--filter $(load-systems)'

# Only figures of a release build count. Root, because it measures in namespaces of its own.
bench: packages swift ## Measure against plain libvirt and podman; writes docs/benchmarks.md (root, an hour)
	@.ci/install-packages bench-packages.txt
	@swift build -c release --static-swift-stdlib --product covey
	@swift build -c release --static-swift-stdlib --product coveyd
	@swift build -c release --static-swift-stdlib --product covey-bench
	@.build/release/covey-bench

build: packages swift ## Build the programs and the tests
	@swift build --build-tests

format: swift ## Format all Swift files in place
	@swift format --in-place --recursive $(SOURCES)

lint: swift ## Check the format of all Swift files
	@swift format lint --strict --recursive $(SOURCES)

clean: ## Remove everything that was built
	@rm -rf .build

packages:
	@.ci/install-packages

swift:
	@.ci/check-swift
