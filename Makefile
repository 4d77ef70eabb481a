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
DSIG = $(filter-out tools/dstart%.c tools/precheck.c,$(wildcard tools/*.c))
DSIG_SHIM = $(addprefix shim/,inspect.c pidfile.c process.c report.c signals.c sys.c text.c)
DSTART = $(wildcard tools/dstart*.c) tools/precheck.c

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

clean:
	rm -rf $(BUILD)

.PHONY: all clean
