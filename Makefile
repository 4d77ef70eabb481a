# libdaemonize - turns any unmodified program into a daemon
#
#	make                 the library and the two tools, in build/
#	make demo            shows them at work
#	make install         honours PREFIX, DESTDIR, libdir, bindir, mandir, STATIC, TOOL_CC
#	make uninstall       removes the same files
#	make dist            the source archive, in build/
#	make deb             a Debian package, in build/
#	make clean
#
#	make deps            installs what the tests need
#	make check           all tests; one file: tests/run tests/pidfile_test.sh
#	make lint            compilers, analysers, the rules of this house
#	make asan            the tests on code with ASan and UBSan
#	make fuzz            FUZZ_SECONDS=60: each reader of foreign bytes
#	make faults          each system call fails once, or is the last
#	make races           the locks 100,000 times, 10,000 kills
#	make bench           figures, after make deps-bench
#	make machines        on emulated ARM machines, after make deps-machines; hours
#	make coverage        lines and branches that the tests reach
#
# V=1 shows the commands, -s nothing.

VERSION = 0.2.0

PREFIX = /usr/local
bindir = $(PREFIX)/bin
libdir = $(PREFIX)/lib
mandir = $(PREFIX)/share/man

# These may come from the environment as well, as packagers set them.
CFLAGS ?= -O2 -g
CPPFLAGS ?=
LDFLAGS ?=
BUILD = build
INSTALL = install

# The loader takes a space or a colon for the end of a name.
space := $(subst ,, )
ifneq ($(findstring $(space),$(CURDIR)$(libdir))$(findstring :,$(CURDIR)$(libdir)),)
$(error LD_PRELOAD cannot hold a path with a space or colon: $(CURDIR), $(libdir))
endif

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes
BASE = -std=c11 -D_GNU_SOURCE -D_LARGEFILE64_SOURCE \
	-DVERSION='"$(VERSION)"' -Ishim -Itools $(WARN) $(WERROR) $(CPPFLAGS)

# In a host process every page and every symbol counts. No fortify, no stack
# protector: what they call is libc's, and glibc's __*_chk functions would kill
# a musl process, as would fcntl64 and the other names of a 32-bit libc's wide
# types. No -flto, which saves 1 % here: compilers call memcpy of their own
# accord, and ours must still be there when they do.
SHIM_CFLAGS = $(BASE) $(CFLAGS) -Os -fPIC -fvisibility=hidden -fno-plt -U_FORTIFY_SOURCE \
	-U_FILE_OFFSET_BITS -U_TIME_BITS -fno-stack-protector -fno-lto \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections -DGUEST
SHIM_LDFLAGS = -shared -Wl,-soname,libdaemonize.so -nostartfiles -Wl,-z,now -Wl,-z,relro \
	-Wl,-z,noexecstack -Wl,-z,defs -Wl,-z,noseparate-code -Wl,--as-needed \
	-Wl,--hash-style=gnu -Wl,--gc-sections $(SHIM_LIBS)
TOOL_CFLAGS = $(BASE) -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 $(CFLAGS)

# No libc is needed where we make our own system calls (base/syscall.h), so one
# library suits each of them. Instruments need theirs.
instruments := $(findstring -fsanitize,$(CC) $(CFLAGS) $(LDFLAGS))$(findstring --coverage,$(CFLAGS))
ifeq ($(instruments),)
SHIM_LIBS := $(if $(filter x86_64% i386% i486% i586% i686% aarch64% arm% riscv64%,\
	$(shell $(CC) -dumpmachine)),-nostdlib -lgcc)
endif

# A static tool starts sooner, and no LD_PRELOAD gets into it. With musl, where
# its compiler is there, it starts in a third of the time: glibc begins with a
# long look at the processor. STATIC= for dynamic ones, as sanitizers need them;
# TOOL_CC=cc for glibc's.
ifeq ($(origin STATIC),undefined)
ifeq ($(findstring -fsanitize,$(CC) $(CFLAGS) $(LDFLAGS)),)
TOOL_CC := $(or $(if $(filter cc gcc,$(CC)),$(shell command -v musl-gcc)),$(CC))
STATIC := $(if $(filter /%,$(shell $(TOOL_CC) $(CFLAGS) -print-file-name=libc.a)),-static)
endif
endif
TOOL_CC ?= $(CC)

# Readers' code is not the daemon's to carry.
SHIM_ALL = $(wildcard shim/*.c shim/*/*.c)
SHIM = $(filter-out shim/pidfile/inspect.c,$(SHIM_ALL))
SHARED = $(filter-out shim/daemonize.c shim/base/string.c,$(SHIM))
DSIG_SHIM = $(filter-out shim/base/string.c,$(wildcard shim/base/*.c shim/options/*.c \
	shim/pidfile/*.c)) \
	$(addprefix shim/spawn/,lookup.c getent.c reset.c)
DSTART = $(wildcard tools/*.c tools/dstart/*.c) shim/pidfile/inspect.c \
	$(addprefix tools/dsig/,act.c deliver.c facts.c guard.c reopen.c say.c session.c stop.c \
	target.c verify.c)
DSIG = $(wildcard tools/*.c tools/dsig/*.c)

shim_o = $(SHIM:%.c=$(BUILD)/shared/%.o)
dsig_o = $(DSIG:%.c=$(BUILD)/%.o) $(DSIG_SHIM:%.c=$(BUILD)/%.o)
dstart_o = $(DSTART:%.c=$(BUILD)/%.o) $(SHARED:%.c=$(BUILD)/%.o)

Q = $(if $(V),,@)
SAY = @$(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),:,printf '%-5s %s\n')

.DEFAULT_GOAL = all
help:
	@sed -n 's/^#	//p; /^VERSION/q' $(firstword $(MAKEFILE_LIST))

all: $(BUILD)/libdaemonize.so $(BUILD)/dsig $(BUILD)/dstart

$(BUILD)/libdaemonize.so: $(shim_o)
	$(SAY) LD $@
	$(Q)$(CC) $(SHIM_CFLAGS) $(LDFLAGS) -o $@ $(shim_o) $(SHIM_LDFLAGS)

$(BUILD)/dsig: $(dsig_o)
	$(SAY) LD $@
	$(Q)$(TOOL_CC) $(TOOL_CFLAGS) $(STATIC) $(LDFLAGS) -o $@ $(dsig_o)

$(BUILD)/dstart: $(dstart_o)
	$(SAY) LD $@
	$(Q)$(TOOL_CC) $(TOOL_CFLAGS) $(STATIC) $(LDFLAGS) -o $@ $(dstart_o)

# Files that change when flags do, so that what was built with others is built anew.
note = @mkdir -p $(@D); echo '$(1)' >$@.new; if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
$(BUILD)/flags: FORCE
	$(call note,$(CC) $(TOOL_CC) $(SHIM_CFLAGS) $(TOOL_CFLAGS) $(STATIC) $(LDFLAGS))
$(BUILD)/libdir: FORCE
	$(call note,$(libdir))
FORCE:

$(BUILD)/shared/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(SHIM_CFLAGS) $(OWN_CFLAGS) -MMD -MP -c -o $@ $<

# Or a loop that copies becomes a call of memcpy, within memcpy. clang knows no
# such option, and needs none beside the first.
no_patterns = -fno-tree-loop-distribute-patterns
$(BUILD)/shared/shim/base/string.o: OWN_CFLAGS = -fno-builtin \
	$(shell $(CC) $(no_patterns) -E -x c /dev/null >/dev/null 2>&1 && echo $(no_patterns))

# dstart looks for the library there when it is not beside dstart.
LIBDIR_FLAG = -DLIBDIR='"$(libdir)"'
$(BUILD)/tools/dstart/dstart.o: $(BUILD)/libdir
$(BUILD)/tools/dstart/dstart.o: OWN_CFLAGS = $(LIBDIR_FLAG)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(TOOL_CC) $(TOOL_CFLAGS) $(OWN_CFLAGS) -MMD -MP -c -o $@ $<

-include $(shim_o:.o=.d) $(dsig_o:.o=.d) $(dstart_o:.o=.d)

# ---- trying it

demo: all
	@tests/demo $(BUILD)

# The picture in README, from the real programs.
session: all
	tests/session $(BUILD) tests/session.svg

# ---- tests and analysis

include tests/programs.mk
include tests/unit.mk
BENCH_NEEDS = all
BENCH_BUILD = $(BUILD)
include tests/bench/bench.mk
include tests/fuzz/fuzz.mk
-include tests/faults.mk
include tests/races.mk
-include tests/coverage.mk tests/valgrind.mk
-include tests/machines.mk

deps:
	@tests/deps

deps-bench:
	@tests/deps bench

# What deps has installed a moment ago is looked for anew: hence a make of its own.
check: all tests-programs tests-unit
	@$(MAKE) -s all tests-programs tests-unit tests-faults tests-races
	T_BUILT=1 tests/run
ifneq ($(filter deps,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

# The same tests on instrumented code: ASan wants to be the first library.
ASAN = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
asan: tests-programs tests-unit tests-races
	$(MAKE) BUILD=build/asan CFLAGS='-O1 -g $(ASAN)' \
		LDFLAGS=tests/sanitized.c all
	tests/sanitized build/asan

lint:
	tests/lint '$(CC)' $(BASE) $(LIBDIR_FLAG) -Werror

# ---- installation

MAN1 = $(wildcard tools/*/*.1)
MAN7 = $(wildcard shim/*.7)
COMPLETIONS = tools/completions
bashdir = $(PREFIX)/share/bash-completion/completions
zshdir = $(PREFIX)/share/zsh/site-functions
fishdir = $(PREFIX)/share/fish/vendor_completions.d

# What install puts where, and uninstall takes away: MODE SOURCE DESTINATION.
define FILES
644 $(BUILD)/libdaemonize.so $(libdir)/libdaemonize.so
755 $(BUILD)/dsig $(bindir)/dsig
755 $(BUILD)/dstart $(bindir)/dstart
$(foreach p,$(MAN1),644 $(p) $(mandir)/man1/$(notdir $(p))
)$(foreach p,$(MAN7),644 $(p) $(mandir)/man7/$(notdir $(p))
)$(foreach t,dsig dstart,644 $(COMPLETIONS)/$(t).bash $(bashdir)/$(t)
644 $(COMPLETIONS)/$(t).zsh $(zshdir)/_$(t)
644 $(COMPLETIONS)/$(t).fish $(fishdir)/$(t).fish
)
endef
install uninstall: export FILES_LIST = $(FILES)

install: all
	@printf '%s\n' "$$FILES_LIST" | while read -r mode from to; do \
		[ -n "$$mode" ] || continue; \
		echo "install $(DESTDIR)$$to"; \
		$(INSTALL) -d "$(DESTDIR)$${to%/*}" && \
		$(INSTALL) -m "$$mode" "$$from" "$(DESTDIR)$$to" || exit 1; \
	done
	@[ -n '$(DESTDIR)' ] || tests/package/installed '$(libdir)' '$(fishdir)'

uninstall:
	@printf '%s\n' "$$FILES_LIST" | while read -r mode from to; do \
		[ -z "$$mode" ] || rm -f "$(DESTDIR)$$to"; \
	done

dist:
	tests/package/dist '$(VERSION)' '$(BUILD)'

deb:
	+tests/package/deb '$(VERSION)' '$(BUILD)'

clean:
	rm -rf build $(BUILD)

.PHONY: help all session FORCE demo deps deps-bench check asan lint install uninstall dist deb clean
