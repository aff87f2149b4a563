# What people do daily; `make` alone lists it. A recipe is one bash script that stops at the first failure.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help toolchain deps build test test-optimised mutants fire fuzz sanitize simulate bench demo test-trixie completions man catalog deb lint format clean

# The same flags everywhere: with others, SwiftPM would build the world anew. The check refuses to import a neighbour
# that Package.swift does not allow. Progress is for a terminal; a log gets warnings and errors.
flags := --explicit-target-dependency-import-check error
progress := $(if $(MAKE_TERMOUT),,--quiet)
sources := Sources Tests Package.swift

# What the system must have: pkg-config's names, and the packages of Debian and Ubuntu that bring them.
libraries := libsystemd sqlite3 zlib
packages := libsqlite3-dev libsystemd-dev pkg-config zlib1g-dev

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 20

toolchain:
	@if ! command -v swift >/dev/null; then
		echo "No Swift toolchain found: install Swift 6.2 or later, see https://www.swift.org/install" >&2
		exit 1
	fi

# Installs packages of Debian's as root, or says how; where there is no apt, says what else to do.
define install
	if ! command -v apt-get >/dev/null; then
		echo "$(2)" >&2
		exit 1
	elif [ "$$(id -u)" != 0 ]; then
		echo "Something is missing. Run: sudo apt-get install $(1)" >&2
		exit 1
	fi
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qq update
	apt-get -qq install -y --no-install-recommends $(1)
endef

deps: toolchain ## install the system libraries that are missing
	@if pkg-config --exists $(libraries) 2>/dev/null; then exit; fi
	$(call install,$(packages),Install pkg-config and the development files of $(libraries).)

build: deps ## build everything but the tests
	@swift build $(progress) $(flags)

# In parts, as some keep all processors busy, and others start a daemon and wait for what it does.
define try
	for part in "--filter RefreshSimulationTests" "--skip RefreshSimulationTests --skip DaemonTests" \
		"--filter DaemonTests --skip FireTests --skip BootTests" "--filter FireTests"; do
		$(1) $$part
	done
endef
run := swift test --skip-build --disable-xctest --quiet $(flags)

test: deps ## build and run the tests
	@swift build --build-tests $(progress) $(flags)
	$(call try,$(run))
	# Of the package that is to be tested, else of one that is made like it, of the programs just built.
	if [ -n "$(PACKAGE)" ]; then
		export REFRESHD_PACKAGE="$$(realpath "$(PACKAGE)")"
	elif $(packaging); then
		$(call package,.build/debug,.build/package,DEB_FOR_TESTS=1)
		export REFRESHD_PACKAGE="$$(realpath .build/package/*.deb)"
	fi
	$(run) --filter BootTests | tee .build/boot.log
	grep '^Skipped: ' .build/boot.log || true

# What the tests reach into, and the switch that makes faults, are else of debug builds alone.
optimised_tests := -c release --scratch-path .build-optimised -Xswiftc -enable-testing -Xswiftc -DDEBUG
test-optimised: deps ## the tests, optimised as a release is: what the optimizer makes of the code is tried
	@export REFRESHD_OPTIMISED_TESTS=1
	swift build --build-tests $(optimised_tests) $(progress) $(flags)
	$(call try,$(run) $(optimised_tests))

# Debian 13 in a folder, with the runtime of Swift where the programs just built look for it.
trixie := .build-trixie/root
trixie_packages := systemd,systemd-sysv,dbus,curl,libsqlite3-0,libsystemd0,libstdc++6,zlib1g,adduser
test-trixie: deps ## what needs a booted systemd, by that of Debian 13 instead of this machine's
	@if ! command -v debootstrap >/dev/null || ! { $(packaging) && command -v systemd-nspawn >/dev/null; }; then
		$(call install,debootstrap systemd-container curl $(package_tools),Only Debian and its kin can boot Debian 13.)
	fi
	if [ ! -e $(trixie)/ready ]; then
		rm -rf $(trixie)
		mkdir -p $(trixie)
		debootstrap --variant=minbase --include=$(trixie_packages) trixie $(trixie) http://deb.debian.org/debian
		touch $(trixie)/ready
	fi
	swift build --build-tests $(progress) $(flags)
	runtime=$$(dirname "$$(ldd .build/debug/refreshd | awk '/libswiftCore/ { print $$3 }')")
	mkdir -p "$(trixie)/$$runtime"
	cp --update "$$runtime"/*.so "$(trixie)/$$runtime"
	$(call package,.build/debug,.build/package,DEB_FOR_TESTS=1)
	export REFRESHD_PACKAGE="$$(realpath .build/package/*.deb)" REFRESHD_MACHINE_ROOT="$$(realpath $(trixie))"
	$(run) --filter BootTests | tee .build/trixie.log
	if grep '^Skipped: ' .build/trixie.log; then exit 1; fi

mutants: toolchain ## break RefreshPolicy in one place at a time and see who notices; ONLY=law4 to say which
	@Tests/Mutants/run

fire: deps ## kill, stop, hang upon, fill the disk of a running refreshd; SEED=1 MINUTES=5 to say which fire
	@swift build --build-tests $(progress) $(flags)
	export FIRE_SEED="$${SEED:-$$((RANDOM << 15 | RANDOM))}" FIRE_MINUTES="$${MINUTES:-5}"
	echo "A fire of $$FIRE_MINUTES min by seed $$FIRE_SEED"
	swift test --skip-build --disable-xctest --filter FireTests $(flags)

# Every input that libFuzzer finds new goes into .build-fuzz/corpus; what is worth keeping goes into Tests/Fuzzing/Corpus.
fuzz: deps ## try what strangers may send; TARGET=settings SECONDS=60 to say what and how long
	@export REFRESHD_FUZZER=1
	swift build --product fuzzer --sanitize=fuzzer --scratch-path .build-fuzz $(progress) $(flags)
	for target in $${TARGET:-answers claims dates requests settings}; do
		known="Tests/Fuzzing/Corpus/$$target"
		found=".build-fuzz/corpus/$$target"
		mkdir -p "$$found"
		FUZZ_TARGET="$$target" .build-fuzz/debug/fuzzer "$$found" "$$known" -max_total_time="$(or $(SECONDS),60)" -max_len=4096 \
			-timeout=10 -rss_limit_mb=2048 -artifact_prefix="$$found-" -print_final_stats=1
	done

# What cannot run under a sanitizer is left out. DaemonTests start the built program, which then is many times slower than
# the waits in their settings allow; RefreshSimulationTests and RefreshPolicyTests use one thread and no memory of their
# own, and would take hours; DemoTests and ManualTests try words.
sanitized := AppwriteTests|AppwriteSimulatorTests|FuzzingTests|RefreshEngineTests|RefreshdTests|SessionStorageTests|SystemdTests|TokenAPITests|TokenClientTests|VocabularyTests
sanitize: deps ## the tests under the thread and the address sanitizer, which find what tests cannot see
	@for kind in thread address; do
		export ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=suppressions=Tests/Sanitizing/suppressions.txt
		swift test --sanitize="$$kind" --scratch-path ".build-$$kind" --disable-xctest $(progress) $(flags) \
			--filter '$(sanitized)'
	done

# Optimised and with all of Swift in them, as they are installed; in a folder of its own: with other flags in one folder
# SwiftPM would build the world anew.
optimised := swift build -c release --static-swift-stdlib --scratch-path .build-release $(progress) $(flags)
released := .build-release/release

simulate: deps ## try the laws by dice, on virtual time; SEED=1 COUNT=100 HOURS=24 to say which worlds
	@$(optimised) --product refreshd-trials
	count="$${COUNT:-$$([ -n "$${SEED:-}" ] && echo 1 || echo 100)}"
	$(released)/refreshd-trials --seed "$${SEED:-1}" --count "$$count" --hours "$${HOURS:-24}"

bench: deps ## measure the scheduler against the best possible, the daemon beside the least that does the same, and the package
	@for product in refreshd refreshd-token refreshd-bench; do $(optimised) --product $$product; done
	mkdir -p .build
	# Under a booted systemd the package is measured; only root can boot one, and only Debian and its kin can make it.
	package=()
	if [ "$$(id -u)" = 0 ] && $(packaging) && command -v systemd-nspawn >/dev/null; then
		$(MAKE) --no-print-directory deb
		package=(--package .build-release/package/refreshd_*.deb)
	else
		echo "Left out: what is measured under a booted systemd needs root, systemd-container and $(package_tools)." >&2
	fi
	$(released)/refreshd-bench all --json .build/bench.json "$${package[@]}"

demo: build ## watch refreshd keep the sessions of a simulated Appwrite fresh
	@.build/debug/refreshd-demo

completions: build ## write the completions of bash, zsh and fish into .build/completions
	@mkdir -p .build/completions
	refreshd=.build/debug/refreshd
	$$refreshd --generate-completion-script bash > .build/completions/refreshd
	$$refreshd --generate-completion-script zsh > .build/completions/_refreshd
	$$refreshd --generate-completion-script fish > .build/completions/refreshd.fish

man: build ## write the manual pages into .build/man, from the commands' help, config/refreshd.yaml and the kinds of event
	@.build/debug/refreshd-manual --settings config/refreshd.yaml --output .build/man
	if command -v mandoc >/dev/null; then mandoc -T lint -W warning .build/man/*; fi

catalog: build ## write systemd/refreshd.catalog, which journalctl -x reads, from the kinds of event
	@.build/debug/refreshd-manual catalog --output systemd/refreshd.catalog

# The package is put together by debhelper in a folder of its own: (1) has the programs, (2) gets it, (3) says more to it.
packaging := command -v dh >/dev/null && command -v dpkg-buildpackage >/dev/null
package_tools := debhelper dpkg-dev lintian
define package
	rm -rf $(2)
	mkdir -p $(2)/refreshd/programs $(2)/refreshd/licences
	cp $(1)/refreshd $(1)/refreshd-token $(1)/refreshd-manual $(2)/refreshd/programs
	cp -r README.md config systemd systemd/debian $(2)/refreshd
	systemd/debian/prepare $(2)/refreshd
	(cd $(2)/refreshd && $(3) dpkg-buildpackage --build=binary --no-sign --no-check-builddeps >../log 2>&1) || {
		cat $(2)/log >&2
		exit 1
	}
endef

deb: deps ## the Debian package, with the programs optimised and all of Swift in them, into .build-release/package
	@if ! { $(packaging) && command -v lintian >/dev/null; }; then
		$(call install,$(package_tools),Only Debian and its kin have the tools: $(package_tools).)
	fi
	for product in refreshd refreshd-token refreshd-manual; do $(optimised) --product $$product; done
	$(call package,$(released),.build-release/package)
	lintian --profile debian --fail-on error,warning .build-release/package/*.changes
	ls -l .build-release/package/*.deb

lint: toolchain ## check the style, the floors, the list of mutants and the units
	@swift format lint --strict --parallel --recursive $(sources)
	if grep -rnE '^[[:space:]]*(@[A-Za-z_]+ +)*([a-z]+ +)?import ' Sources/RefreshPolicy Sources/AppwriteModel; then
		echo "The lowest floor imports nothing." >&2
		exit 1
	fi
	find $(sources) -name '*.swift' -exec awk \
		'FNR == 401 { print FILENAME ": more than 400 lines"; long = 1 } END { exit long }' {} +
	Tests/Mutants/run --check
	if command -v systemd-analyze >/dev/null; then
		faults=$$(systemd-analyze verify --man=no systemd/*.service systemd/*.socket 2>&1 |
			grep -v 'refreshd is not executable') || true
		if [ -n "$$faults" ]; then echo "$$faults" >&2; exit 1; fi
		# In tenths: what a daemon with a network may have left open.
		systemd-analyze security --offline=true --threshold=11 --no-pager systemd/refreshd.service > .build/exposure || {
			cat .build/exposure >&2
			exit 1
		}
	fi

format: toolchain ## bring the sources into the style
	@swift format format --in-place --parallel --recursive $(sources)

clean: ## remove what was built; fetched packages stay
	@swift package clean
	rm -rf .build-*
