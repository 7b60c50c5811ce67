# make demo       install what is needed, build, and run a first container (root)
# make check      install what the tests need, build, run all tests (root)
# make            build/ctr-run, touching no packages
# make SAN=1      the same in build/san with ASan and UBSan
# make help       every target
# V=1 shows the commands.  ./configure is optional: it writes config.mk.

VERSION  := 0.1.0
CC       ?= cc
AWK      ?= awk
CFLAGS   ?= -O2 -g
LDMODE   ?= -static-pie
LIBS     ?= -lseccomp -lyajl_s
FEATURES ?= -DHAVE_SELINUX -DHAVE_SYSTEMD
PREFIX   ?= /usr/local
-include config.mk

B := build
ifdef SAN
B        := build/san
SANFLAGS := -fsanitize=address,undefined -fno-omit-frame-pointer -DSANITIZED
override LDMODE := -pie
endif
ifdef FUZZING
B        := build/fuzz
override CC := clang
SANFLAGS := -fsanitize=fuzzer-no-link,address,undefined -DSANITIZED -DFUZZING
override LDMODE := -pie
endif

COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
          -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wno-format-nonliteral -Wimplicit-fallthrough
HARDEN := -fPIE -fstack-protector-strong -ffunction-sections -fdata-sections
ifndef SAN
ifndef FUZZING
HARDEN += -D_FORTIFY_SOURCE=2
endif
endif
# -iquote: src/sys must not stand in for <sys/...>.
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -iquote src -iquote . -iquote $B/gen \
          -DVERSION='"$(VERSION)"' -include src/base/banned.h $(FEATURES) $(WARN) $(HARDEN) $(SANFLAGS) $(CFLAGS)
ALL_LDFLAGS := $(LDMODE) $(SANFLAGS) -Wl,-z,relro,-z,now -Wl,--gc-sections $(LDFLAGS)

SRC  := $(sort $(wildcard src/*/*.c))
SPEC := $(sort $(wildcard libocispec/*.c))
DESC := $B/gen/libocispec/ocispec $B/gen/container/record
GEN  := $(DESC:%=%.h) $(DESC:%=%-tables.c)
OBJ  := $(SRC:%.c=$B/%.o) $(SPEC:%.c=$B/%.o) $(DESC:%=%-tables.o)
MAIN := $B/src/cli/main.o
LIB  := $(filter-out $(MAIN),$(OBJ))

Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-5s %s\n' $(1) $(patsubst $(CURDIR)/%,%,$@))

all: $B/ctr-run

$B/ctr-run: $(OBJ)
	$(call say,LINK)
	$Q$(CC) $(ALL_LDFLAGS) -o $@ $(OBJ) $(LIBS)

$B/%.o: %.c $B/flags | $(GEN)
	$(call say,CC)
	$Q mkdir -p $(@D)
	$Q$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/gen/%.o: $B/gen/%.c $B/flags | $(GEN)
	$(call say,CC)
	$Q$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The commit is compiled into one object only, so that a commit rebuilds one file.
$B/src/cli/version.o: ALL_CFLAGS += -DCOMMIT='"$(COMMIT)"'

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

check-layers:
	$Q$(AWK) -f tools/layers.awk $(wildcard src/*/*.[ch] libocispec/*.[ch])
check-headers: $(GEN)
	$Q for h in $(wildcard src/*/*.h libocispec/*.h); do \
		echo "#include \"$$h\"" | $(CC) $(ALL_CFLAGS) -fsyntax-only -xc - || exit 1; done

clean:
	$Q rm -rf build
distclean: clean
	$Q rm -rf config.mk config.log config.status configure autom4te.cache

.PHONY: all check-layers check-headers clean distclean FORCE
-include $(OBJ:.o=.d)
