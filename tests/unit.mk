# SPDX-License-Identifier: MIT
# Unit tests, one program a module. Included by the Makefile, and complete on
# its own: make -f tests/unit.mk

CC ?= cc
CFLAGS ?= -O2 -g

unit-dir := build/tests
UNIT_STD := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 \
	-Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -Ishim -Itools/dstart

unit-names := detach envfile listen precheck process
# All of the base but what libc has, too.
unit-base := $(filter-out shim/base/string.c,$(wildcard shim/base/*.c))

.PHONY: tests-unit
tests-unit: $(addprefix $(unit-dir)/unit-,$(unit-names))

$(unit-dir)/unit-detach: shim/spawn/detach.c
$(unit-dir)/unit-envfile: shim/launcher/envfile.c
$(unit-dir)/unit-listen: $(addprefix shim/ready/,listen.c family.c sockdiag.c sockets.c) \
	$(wildcard shim/options/values*.c)
$(unit-dir)/unit-precheck: tools/dstart/precheck.c tools/dstart/precheck_find.c tools/dstart/elffile.c tools/dstart/rights.c

$(unit-dir)/unit-%: tests/unit/unit_%.c $(unit-base) \
		tests/unit/check.h $(wildcard shim/*/*.h tools/dstart/*.h)
	@mkdir -p $(@D)
	$(CC) $(UNIT_STD) $(CFLAGS) -o $@ $(filter %.c,$^) $(LDFLAGS)
