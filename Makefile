# make demo          install what is needed, build, and run a first container (root)
# make check         install what the tests need, build, and run all tests (root)
# make               build/ctr-run, touching no packages
# make SAN=1         build/san/ctr-run, with ASan and UBSan
# make check-unit    the unit tests; check-layers, check-lines, check-paths, check-headers, check-asserts
# make check-bats    the suite in every cgroup view, or VIEWS=v2 FILES=tests/bats/smoke.bats
# make check-attacks more points of failure, hostile images, races and seccomp profiles than make check has time for (an hour)
# make check-san     the suite against the binary with sanitizers
# make check-vm      the suite in an emulated machine with systemd and cgroup v2; KERNEL=bookworm LSM=selinux FILES=all
# make check-variants ./configure with its options: each is built, runs containers, and says what it lacks
# make check-clients podman, containerd, CRI, dockerd and buildah drive ctr-run; VIEWS=v1 FILES=tests/clients/podman.bats RELEASE=sid
# make check-peers   the suites of runc, crun and podman, from Debian's source packages, with ctr-run; SUITES=runc VIEWS=v1 FILES=kill.bats
# make fuzz          build the fuzzers (clang) and replay their corpora; SECONDS=n fuzzes each for n seconds
# make bench         against the crun and runc of the machine, and RUNTIMES="PATH..."; N=samples OUT=docs/performance.md
# make lint          clang-tidy, cppcheck, gcc -fanalyzer
# make format        clang-format on the lines that are not committed yet
# make install       binary, man pages, completions; DESTDIR=, PREFIX=; STRIP= keeps the symbols; make uninstall
# make deb           a Debian package of what is committed, in build/deb
# make help          this list
# V=1 shows the commands.  ./configure (make configure) is optional: it writes config.mk.

VERSION  := 0.1.0
CC       ?= cc
AWK      ?= awk
# As fast as -O2 (most time is spent in the kernel), and 97 kB less to load.
CFLAGS   ?= -Os -g
LDMODE   ?= -static-pie
LIBS     ?= -lseccomp -lyajl_s -ldbus-1
FEATURES ?= -DHAVE_SELINUX -DHAVE_APPARMOR -DHAVE_SYSTEMD
# One of its headers is among the machine's libraries, in a folder whose name lacks the vendor that clang's triplet has.
DBUS_CFLAGS ?= $(addprefix -isystem ,/usr/include/dbus-1.0 $(firstword $(wildcard \
          $(patsubst %,/usr/%/dbus-1.0/include,lib/$(TRIPLET) lib/$(subst -pc-,-,$(subst -unknown-,-,$(TRIPLET))) lib64 lib))))
PREFIX   ?= /usr/local
TRIPLET  := $(shell $(CC) -dumpmachine 2>/dev/null)
-include config.mk

B := build
ifdef SAN
# With sanitizers gcc warns about null pointers where there are none.
SANWARN  := -Wno-format-overflow -Wno-format-truncation -Wno-nonnull
B        := build/san
SANFLAGS := -fsanitize=address,undefined -fno-omit-frame-pointer -DSANITIZED
# The suite starts it some ten thousand times: without relocating 3 MB of descriptions it takes a third less to start.
override LDMODE := -no-pie $(if $(findstring clang,$(CC)),,-static-libasan -static-libubsan)
endif
ifdef FUZZING
B        := build/fuzz
override CC := clang
SANFLAGS := -fsanitize=fuzzer-no-link,address,undefined -DSANITIZED -DFUZZING
override LDMODE := -pie
endif

COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror=implicit -Wpointer-arith \
          -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wno-format-nonliteral -Wimplicit-fallthrough
HARDEN := -fPIE -fstack-protector-strong -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
ifndef SAN
ifndef FUZZING
HARDEN += -D_FORTIFY_SOURCE=2
endif
endif
# -iquote: src/sys must not be searched for <sys/...>.
STATIC := $(if $(filter -static -static-pie,$(LDMODE)),-DSTATIC_LINK)
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -iquote src -iquote . -iquote $B/gen \
          -DVERSION='"$(VERSION)"' -include src/base/banned.h $(FEATURES) $(STATIC) $(WARN) $(SANWARN) $(HARDEN) $(SANFLAGS) $(CFLAGS)
, := ,
# The program begins in src/secure/early.c, before libc, if that supports the machine and no loader comes first.
MACHINE := $(firstword $(subst -, ,$(TRIPLET)))
ENTRY  := $(if $(filter -static-pie,$(LDMODE)),$(if $(filter x86_64 aarch64,$(MACHINE)),-Wl$(,)-e$(,)ctr_run_early_start))
ALL_LDFLAGS := $(LDMODE) $(SANFLAGS) -Wl,-z,relro,-z,now,-z,pack-relative-relocs -Wl,--gc-sections \
          $(if $(filter -static-pie,$(LDMODE)),-Wl$(,)-T$(,)tools/static.ld) $(LDFLAGS)

SRC  := $(sort $(wildcard src/*/*.c))
SPEC := $(sort $(wildcard libocispec/*.c))
DESC := $B/gen/libocispec/ocispec $B/gen/container/record
GEN  := $(DESC:%=%.h) $(DESC:%=%-tables.c)
OBJ  := $(SRC:%.c=$B/%.o) $(SPEC:%.c=$B/%.o) $(DESC:%=%-tables.o)
MAIN := $B/src/cli/main.o
# The *-static.o replace parts of static libraries; tests use whole, shared libraries.
LIB  := $(filter-out $(MAIN) %-static.o,$(OBJ))
SOURCES := $(wildcard src/*/*.[ch] libocispec/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] bench/*.[ch])
PAGES := $(patsubst man/%.md,$B/man/ctr-run-%.1,$(filter-out man/ctr-run.md,$(wildcard man/*.md))) $B/man/ctr-run.1
SHELLS := $(addprefix $B/completions/ctr-run.,bash zsh fish)
UNIT := $(patsubst %.c,$B/%,$(sort $(wildcard tests/unit/test-*.c)))
FUZZ := $(patsubst %.c,$B/%,$(sort $(wildcard tests/fuzz/fuzz-*.c)))

Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-5s %s\n' $(1) $(patsubst $(CURDIR)/%,%,$@))

all: $B/ctr-run

$B/ctr-run: $(OBJ) tools/static.ld
	$(call say,LINK)
	$Q$(CC) $(ALL_LDFLAGS) $(ENTRY) -o $@ $(OBJ) $(LIBS)

$B/%.o: %.c $B/flags | $(GEN) $B/probe
	$(call say,CC)
	$Q mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/gen/%.o: $B/gen/%.c $B/flags | $(GEN) $B/probe
	$(call say,CC)
	$Q$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Only one file and its fuzzer use libdbus.
$B/src/sys/bus.o $B/tests/fuzz/fuzz-bus.o: private ALL_CFLAGS += $(DBUS_CFLAGS)

# The commit is compiled into one object only, so that a commit rebuilds one file.
$B/src/cli/version.o: private ALL_CFLAGS += -DCOMMIT='"$(COMMIT)"'

$B/gen/libocispec/ocispec.h $B/gen/libocispec/ocispec-tables.c: libocispec/oci.desc libocispec/gen.awk
	$(call say,GEN)
	$Q mkdir -p $(@D)
	$Q$(AWK) -v out=$(if $(filter %.h,$@),header,tables) -v name=ocispec -v prefix=oci -f libocispec/gen.awk $< > $@.tmp && mv $@.tmp $@

# The runtime's own state record is described in the same way.
$B/gen/container/record.h $B/gen/container/record-tables.c: src/container/record.desc libocispec/gen.awk
	$(call say,GEN)
	$Q mkdir -p $(@D)
	$Q$(AWK) -v out=$(if $(filter %.h,$@),header,tables) -v name=record -v prefix=record -f libocispec/gen.awk $< > $@.tmp && mv $@.tmp $@

# Rebuild all objects when the flags change, and only then.
$B/flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@

# Say in words what is missing before the compiler does.
$B/probe: $B/flags tools/probe
	$Q tools/probe '$(CC)' '-D_GNU_SOURCE $(CFLAGS) $(DBUS_CFLAGS)' '$(LDMODE) $(SANFLAGS) $(LDFLAGS)' '$(LIBS)' && touch $@

# For whoever calls `make demo` or `make check` without -j.  (MAKEFLAGS are complete in recipes only.)
JOBS = --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(or $(shell nproc 2>/dev/null),1))

# ---- for people --------------------------------------------------------------

help:
	@sed -n 's/^# \(make .*\)/\1/p; s/^# \(V=1 .*\)/\1/p' Makefile

demo:
	@[ "$$(id -u)" = 0 ] || { echo 'make demo installs packages and runs a container: it needs root (sudo make demo)' >&2; exit 1; }
	$Q tests/deps build demo
	$Q$(MAKE) $(JOBS) all
	$Q rootfs-examples/demo $B/ctr-run

bench:
	$Q tests/deps build bench
	$Q$(MAKE) $(JOBS) all $B/bench/bench
	$Q bench/run -t $B/bench/bench -c $B/ctr-run $(if $(N),-n $(N)) $(if $(OUT),-o $(OUT)) $(RUNTIMES)

# Static, because a process starts with the peak memory of its parent.
$B/bench/%: bench/%.c
	$(call say,CC)
	$Q mkdir -p $(@D)
	$Q$(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -static -o $@ $<

# ---- what is made from the option tables -------------------------------------

man: $(PAGES)
completions: $(SHELLS)

$B/man/ctr-run.1: man/ctr-run.md man/page.awk $B/ctr-run
	$(call say,MAN)
	$Q mkdir -p $(@D)
	$Q$B/ctr-run help --format man > $@.parts
	$Q$(AWK) -f man/page.awk $@.parts $< > $@.tmp && mv $@.tmp $@ && rm $@.parts

$B/man/ctr-run-%.1: man/%.md man/page.awk $B/ctr-run
	$(call say,MAN)
	$Q mkdir -p $(@D)
	$Q$B/ctr-run help $* --format man > $@.parts
	$Q$(AWK) -f man/page.awk $@.parts $< > $@.tmp && mv $@.tmp $@ && rm $@.parts

$B/completions/ctr-run.%: $B/ctr-run
	$(call say,GEN)
	$Q mkdir -p $(@D)
	$Q$B/ctr-run help --format $* > $@.tmp && mv $@.tmp $@

STRIP ?= -s
install: all man completions
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin share/man/man1 share/bash-completion/completions \
		share/zsh/site-functions share/fish/vendor_completions.d)
	install -m 755 $(STRIP) $B/ctr-run $(DESTDIR)$(PREFIX)/bin/ctr-run
	install -m 644 $(PAGES) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $B/completions/ctr-run.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/ctr-run
	install -m 644 $B/completions/ctr-run.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_ctr-run
	install -m 644 $B/completions/ctr-run.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/ctr-run.fish

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/ctr-run $(PAGES:$B/man/%=$(DESTDIR)$(PREFIX)/share/man/man1/%) \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/ctr-run \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_ctr-run \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/ctr-run.fish

deb:
	$Q tests/deps build deb
	$Q tools/deb $B/deb

format:
	$Q tools/format

lint: $(GEN)
	$Q tools/lint '$(CC)' '$(ALL_CFLAGS) $(DBUS_CFLAGS)' $(filter-out tests/%,$(filter %.c,$(SOURCES)))

configure: configure.ac
	$Q command -v autoconf >/dev/null || { echo "autoconf is missing: apt install autoconf"; exit 1; }
	$Q autoconf

# ---- tests -------------------------------------------------------------------

check:
	$Q tests/deps build check
	$Q MAKE='$(MAKE) $(JOBS)' B=$B tests/check

unit-programs: $(UNIT)

check-unit: unit-programs
	$Q tests/unit/run $(UNIT)

# The specs in tests are full of string constants, and the spec's structs have no const.
$B/tests/unit/%.o: private ALL_CFLAGS += -DUNIT_TEST -include tests/unit/unit.h -Wno-discarded-qualifiers -Werror=unused-function

$(UNIT): %: %.o $(LIB)
	$(call say,LINK)
	$Q$(CC) -pie $(SANFLAGS) -Wl,--gc-sections $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

check-bats: all
	$Q tests/bats/run -r $B/ctr-run $(VIEWS) $(FILES)

check-clients: all
ifdef RELEASE
	$Q tests/deps trees
	$Q tests/clients/release '$(RELEASE)' tests/clients/run -r $B/ctr-run $(VIEWS) $(FILES)
else
	$Q tests/deps check
	$Q tests/deps clients || echo 'Some clients are missing: their tests are skipped.'
	$Q tests/clients/run -r $B/ctr-run $(VIEWS) $(FILES)
endif

# All of what make check tries only in part, in one cgroup view (VIEWS).
check-attacks: PROGRAMS := $(filter %/test-seccomp-oracle %/test-seccomp-archs %/test-seccomp-kernel,$(UNIT))
check-attacks: all
	$Q tests/deps build check
	$Q$(MAKE) $(JOBS) $(PROGRAMS)
	$Q PROFILES=400 tests/unit/run $(PROGRAMS)
	$Q FAULTS=1 MATRIX=1 RACES=400 FILE_TIMEOUT=7200 tests/bats/run -r $B/ctr-run $(or $(VIEWS),host) \
		tests/security/faults.bats tests/security/matrix.bats tests/security/race.bats

check-san:
	$Q tests/deps build check
	$Q MAKE='$(MAKE) $(JOBS)' B=$B/san SANITIZED=1 tests/check

check-peers: all
	$Q tests/peers/run -r $B/ctr-run $(SUITES) $(VIEWS) $(FILES)

check-variants:
	$Q tests/deps build check configure
	$Q tests/variants

check-vm:
	$Q tests/deps build vm
	$Q$(MAKE) $(JOBS) all
	$Q B=$B KERNEL='$(KERNEL)' LSM='$(LSM)' $(if $(SAN),SANITIZED=1) tests/vm/check $(FILES)

fuzz:
	$Q$(MAKE) $(JOBS) FUZZING=1 B=$B/fuzz fuzz-programs
	$Q tests/fuzz/run '$(SECONDS)' $(FUZZ:$B/%=$B/fuzz/%)

fuzz-programs: $(FUZZ)

# The spec's structs take texts that the reader allocates; a test's own are constants.
$B/tests/fuzz/%.o: private ALL_CFLAGS += -Wno-incompatible-pointer-types-discards-qualifiers

$(FUZZ): %: %.o $(LIB)
	$(call say,LINK)
	$Q$(CC) -fsanitize=fuzzer,address,undefined -pie -Wl,--gc-sections $(LDFLAGS) -o $@ $(filter-out $(INSTEAD),$^) $(LIBS)

# Not linked, because fuzz-bus.c includes that file.
$B/tests/fuzz/fuzz-bus: private INSTEAD := $B/src/sys/bus.o

check-layers:
	$Q$(AWK) -f tools/layers.awk $(wildcard src/*/*.[ch] libocispec/*.[ch])
check-lines:
	$Q$(AWK) -f tools/lines.awk $(wildcard src/*/*.[ch] libocispec/*.[ch])
check-asserts:
	$Q$(AWK) -f tools/asserts.awk $(wildcard tests/*/*.bats)
check-paths:
	$Q$(AWK) -f tools/paths.awk tools/paths.txt $(wildcard src/*/*.c)
check-headers: $(GEN)
	$Q for h in $(wildcard src/*/*.h libocispec/*.h); do \
		echo "#include \"$$h\"" | $(CC) $(ALL_CFLAGS) -fsyntax-only -xc - || exit 1; done

clean:
	$Q rm -rf build
distclean: clean
	$Q rm -rf config.mk config.log config.status configure autom4te.cache

.PHONY: all help demo bench man completions install uninstall deb format lint check check-unit check-bats check-clients check-peers check-san check-variants \
	check-attacks check-vm fuzz fuzz-programs check-asserts check-layers check-lines check-paths check-headers clean distclean FORCE
.SECONDARY: $(UNIT:%=%.o) $(FUZZ:%=%.o)
-include $(OBJ:.o=.d) $(UNIT:%=%.d) $(FUZZ:%=%.d)
