# SPDX-License-Identifier: MIT
# The small targets the tests daemonize. Included by the Makefile, and complete
# on its own: make -f tests/programs.mk
#
# Variants of the same source show what the shim meets in the wild: NAME-static
# cannot be preloaded, NAME-musl has another libc, NAME-nopie another layout.

CC ?= cc
CFLAGS ?= -O2 -g
MUSL_CC ?= musl-gcc

tests-src := tests/programs
tests-bin := build/tests
# A target must be ordinary: instrumentation belongs to the shim under test.
TESTS_CFLAGS ?= $(filter-out -fsanitize% --coverage -fprofile%,$(CFLAGS))
TESTS_STD := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 \
	-Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes

# Sources that are no program of their own are linked into every program.
tests-shared := $(addprefix $(tests-src)/,args.c say.c stay.c)
tests-headers := $(wildcard $(tests-src)/*.h)
tests-names := $(patsubst $(tests-src)/%.c,%,$(filter-out $(tests-shared),\
	$(wildcard $(tests-src)/*.c)))

# static/ has all of them linked statically, under the same names.
tests-variants := probe-static probe-nopie sigprobe-static dier-static \
	$(tests-names:%=static/%)
ifneq ($(shell command -v $(MUSL_CC) 2>/dev/null),)
tests-variants += $(addsuffix -musl,$(tests-names)) probe-musl-static \
	static/probe-musl static/flood-musl
endif

tests-link = $(TESTS_STD) $(TESTS_CFLAGS) -o $@ $(filter %.c,$^)

.PHONY: tests-programs tests-programs-clean
tests-programs: $(addprefix $(tests-bin)/,procs limit $(tests-names) $(tests-variants) \
	interposer.so interposed.so)

# What the harness itself uses.
$(tests-bin)/procs $(tests-bin)/limit: $(tests-bin)/%: tests/harness/%.c | $(tests-bin)
	$(CC) $(tests-link)

# Preloaded beside the library.
$(tests-bin)/%.so: tests/harness/%.c | $(tests-bin)
	$(CC) $(TESTS_STD) $(TESTS_CFLAGS) -U_FORTIFY_SOURCE -fno-builtin -fPIC -shared -o $@ $< -ldl

$(tests-bin) $(tests-bin)/static:
	mkdir -p $@

$(tests-bin)/static/%-musl: $(tests-src)/%.c $(tests-shared) $(tests-headers) | $(tests-bin)/static
	$(MUSL_CC) -static $(tests-link)

$(tests-bin)/%-musl: $(tests-src)/%.c $(tests-shared) $(tests-headers) | $(tests-bin)
	$(MUSL_CC) $(tests-link)

$(tests-bin)/static/%: $(tests-src)/%.c $(tests-shared) $(tests-headers) | $(tests-bin)/static
	$(CC) -static $(tests-link)

$(tests-bin)/%-static: $(tests-bin)/static/%
	ln -f $< $@

$(tests-bin)/%-musl-static: $(tests-bin)/static/%-musl
	ln -f $< $@

$(tests-bin)/%-nopie: $(tests-src)/%.c $(tests-shared) $(tests-headers) | $(tests-bin)
	$(CC) -fno-pie -no-pie $(tests-link)

$(tests-bin)/%: $(tests-src)/%.c $(tests-shared) $(tests-headers) | $(tests-bin)
	$(CC) $(tests-link)

tests-programs-clean:
	rm -rf $(tests-bin)
