# libdaemonize - any unmodified program becomes a correct daemon
#
#	make                 the library and the two tools, in build/
#	make demo            see it work
#	make deps check      install what the tests need, run them all
#	make install         PREFIX, DESTDIR, libdir, bindir, mandir honoured

VERSION = 0.1.0

PREFIX = /usr/local
bindir = $(PREFIX)/bin
libdir = $(PREFIX)/lib
mandir = $(PREFIX)/share/man

CC = cc
CFLAGS = -O2 -g
BUILD = build
INSTALL = install

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes -Werror
BASE = -std=c11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DLIBDIR='"$(libdir)"' -Ishim $(WARN)

# In a host process every page and every symbol counts. No fortify: its
# __*_chk functions are glibc's alone, and would kill a musl process.
SHIM_CFLAGS = $(BASE) $(CFLAGS) -Os -fPIC -fvisibility=hidden -fno-plt -U_FORTIFY_SOURCE \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections
SHIM_LDFLAGS = -shared -Wl,-soname,libdaemonize.so -Wl,-z,now -Wl,-z,relro \
	-Wl,-z,noexecstack -Wl,-z,defs -Wl,-z,noseparate-code -Wl,--as-needed \
	-Wl,--hash-style=gnu -Wl,--gc-sections
TOOL_CFLAGS = $(BASE) $(CFLAGS) -Itools

# Readers' code, and what only dstart needs, is not the daemon's to carry.
TOOLS_ONLY = shim/inspect.c
SHIM = $(filter-out $(TOOLS_ONLY),$(wildcard shim/*.c))
SHARED = $(filter-out shim/daemonize.c shim/preload.c,$(SHIM)) shim/preload.c
DSIG_SHIM = $(addprefix shim/,inspect.c pidfile.c pidlock.c process.c report.c signals.c sys.c text.c)
DSTART = $(wildcard tools/dstart*.c tools/precheck*.c tools/elffile.c tools/rights.c)
DSIG = $(filter-out $(DSTART),$(wildcard tools/*.c))

shim_o = $(SHIM:%.c=$(BUILD)/shared/%.o)
dsig_o = $(DSIG:%.c=$(BUILD)/%.o) $(DSIG_SHIM:%.c=$(BUILD)/%.o)
dstart_o = $(DSTART:%.c=$(BUILD)/%.o) $(SHARED:%.c=$(BUILD)/%.o)

all: $(BUILD)/libdaemonize.so $(BUILD)/dsig $(BUILD)/dstart

$(BUILD)/libdaemonize.so: $(shim_o)
	$(CC) $(SHIM_CFLAGS) $(SHIM_LDFLAGS) $(LDFLAGS) -o $@ $(shim_o)

$(BUILD)/dsig: $(dsig_o)
	$(CC) $(TOOL_CFLAGS) $(LDFLAGS) -o $@ $(dsig_o)

$(BUILD)/dstart: $(dstart_o)
	$(CC) $(TOOL_CFLAGS) $(LDFLAGS) -o $@ $(dstart_o)

$(BUILD)/shared/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(SHIM_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -MMD -MP -c -o $@ $<

-include $(shim_o:.o=.d) $(dsig_o:.o=.d) $(dstart_o:.o=.d)

# ---- trying it

demo: all
	@tests/demo $(BUILD)

# ---- tests and analysis

include tests/programs.mk
include tests/unit.mk
-include tests/bench/bench.mk
-include tests/fuzz/fuzz.mk

deps:
	@tests/deps

check: all tests-programs tests-unit
	tests/run

# The same tests on instrumented code: ASan wants to be the first library.
ASAN = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
asan: tests-programs tests-unit
	$(MAKE) BUILD=build/asan CFLAGS='-O1 -g $(ASAN)' all
	tests/sanitized build/asan

lint:
	tests/lint '$(CC)' $(BASE)

# ---- installation

install: all
	$(INSTALL) -d '$(DESTDIR)$(libdir)' '$(DESTDIR)$(bindir)' '$(DESTDIR)$(mandir)/man1' \
		'$(DESTDIR)$(mandir)/man7'
	$(INSTALL) -m 644 $(BUILD)/libdaemonize.so '$(DESTDIR)$(libdir)/libdaemonize.so'
	$(INSTALL) -m 755 $(BUILD)/dsig '$(DESTDIR)$(bindir)/dsig'
	$(INSTALL) -m 755 $(BUILD)/dstart '$(DESTDIR)$(bindir)/dstart'

uninstall:
	rm -f '$(DESTDIR)$(libdir)/libdaemonize.so' '$(DESTDIR)$(bindir)/dsig' \
		'$(DESTDIR)$(bindir)/dstart'

clean:
	rm -rf build $(BUILD)

.PHONY: all demo deps check asan lint install uninstall clean
