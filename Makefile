# libdaemonize - turns any unmodified program into a daemon
#
#	make                 the library and the two tools, in build/
#	make demo            demonstrates them
#	make install         honours PREFIX, DESTDIR, libdir, bindir, mandir, STATIC, TOOL_CC
#	make uninstall       removes the same files
#	make dist            the source archive, in build/
#	make deb             a Debian package, in build/
#	make clean
#
#	make deps            installs what the tests need
#	make check           all tests; for one file: tests/run tests/pidfile_test.sh
#	make lint            compiler warnings, analysers, the project's rules
#	make asan            the tests with ASan and UBSan
#	make fuzz            every parser of untrusted input, FUZZ_SECONDS=20 each
#	make faults          each system call fails once, or the process is killed there
#	make races           stress: the pid file's locks 100,000 times, 10,000 kills
#	make bench           benchmarks; first make deps-bench
#	make machines        tests on emulated ARM machines (hours); first make deps-machines
#	make coverage        line and branch coverage of the tests
#
# V=1 shows the commands, -s nothing.

VERSION = 0.2.0

PREFIX = /usr/local
bindir = $(PREFIX)/bin
libdir = $(PREFIX)/lib
mandir = $(PREFIX)/share/man

# Packagers may set these in the environment, too.
CFLAGS ?= -O2 -g
CPPFLAGS ?=
LDFLAGS ?=
BUILD = build
INSTALL = install

# The loader treats a space or a colon as the end of a path.
space := $(subst ,, )
ifneq ($(findstring $(space),$(CURDIR)$(libdir))$(findstring :,$(CURDIR)$(libdir)),)
$(error LD_PRELOAD cannot hold a path with a space or colon: $(CURDIR), $(libdir))
endif

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes
BASE = -std=c11 -D_GNU_SOURCE -D_LARGEFILE64_SOURCE \
	-DVERSION='"$(VERSION)"' -Ishim -Itools $(WARN) $(WERROR) $(CPPFLAGS)

# In a host process every page and every symbol counts. No fortify and no stack
# protector: they call functions that only glibc has (__*_chk), and a musl process
# could not start; the same is true of the large-file names of a 32-bit libc, such
# as fcntl64. No -flto, which would save 1 %: the compiler may insert calls of
# memcpy after it has dropped ours as unused.
SHIM_CFLAGS = $(BASE) $(CFLAGS) -Os -fPIC -fvisibility=hidden -fno-plt -U_FORTIFY_SOURCE \
	-U_FILE_OFFSET_BITS -U_TIME_BITS -fno-stack-protector -fno-lto \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections -DGUEST
SHIM_LDFLAGS = -shared -Wl,-soname,libdaemonize.so -nostartfiles -Wl,-z,now -Wl,-z,relro \
	-Wl,-z,noexecstack -Wl,-z,defs -Wl,-z,noseparate-code -Wl,--as-needed \
	-Wl,--hash-style=gnu -Wl,--gc-sections $(SHIM_LIBS)
TOOL_CFLAGS = $(BASE) -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 $(CFLAGS)

# On these architectures we make our own system calls (base/syscall.h) and need no
# libc, so one library works with all of them. Sanitizers and coverage need one.
instruments := $(findstring -fsanitize,$(CC) $(CFLAGS) $(LDFLAGS))$(findstring --coverage,$(CFLAGS))
ifeq ($(instruments),)
SHIM_LIBS := $(if $(filter x86_64% i386% i486% i586% i686% aarch64% arm% riscv64%,\
	$(shell $(CC) -dumpmachine)),-nostdlib -lgcc)
endif

# A static tool starts faster, and ignores LD_PRELOAD. musl is used if its compiler
# is installed: such a tool starts in a third of the time, because glibc queries the
# CPU's features at length. STATIC= makes dynamic tools, which sanitizers need;
# TOOL_CC=cc uses glibc.
ifeq ($(origin STATIC),undefined)
ifeq ($(findstring -fsanitize,$(CC) $(CFLAGS) $(LDFLAGS)),)
TOOL_CC := $(or $(if $(filter cc gcc,$(CC)),$(shell command -v musl-gcc)),$(CC))
STATIC := $(if $(filter /%,$(shell $(TOOL_CC) $(CFLAGS) -print-file-name=libc.a)),-static)
endif
endif
TOOL_CC ?= $(CC)

# Only the tools need the code that reads the pid files of others.
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

# Files that change when flags do, so that what was built with other flags is rebuilt.
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

# Otherwise the compiler turns memcpy's own loop into a call of memcpy. clang does
# not know the second option; for it -fno-builtin is enough.
no_patterns = -fno-tree-loop-distribute-patterns
$(BUILD)/shared/shim/base/string.o: OWN_CFLAGS = -fno-builtin \
	$(shell $(CC) $(no_patterns) -E -x c /dev/null >/dev/null 2>&1 && echo $(no_patterns))

# dstart looks for the library in libdir if it is not beside dstart.
LIBDIR_FLAG = -DLIBDIR='"$(libdir)"'
$(BUILD)/tools/dstart/dstart.o: $(BUILD)/libdir
$(BUILD)/tools/dstart/dstart.o: OWN_CFLAGS = $(LIBDIR_FLAG)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(TOOL_CC) $(TOOL_CFLAGS) $(OWN_CFLAGS) -MMD -MP -c -o $@ $<

-include $(shim_o:.o=.d) $(dsig_o:.o=.d) $(dstart_o:.o=.d)

# ---- demonstration

demo: all
	@tests/demo $(BUILD)

# Makes the picture in README by running the programs.
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

# A make of its own, so that it looks again for what deps has just installed.
check: all tests-programs tests-unit
	@$(MAKE) -s all tests-programs tests-unit tests-faults tests-races
	T_BUILT=1 tests/run
ifneq ($(filter deps,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

# The same tests on instrumented code; tests/sanitized loads ASan first where it can.
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

# What install installs and uninstall removes: MODE SOURCE DESTINATION.
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
