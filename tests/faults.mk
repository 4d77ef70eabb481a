# SPDX-License-Identifier: MIT
# Fault injection: make faults tries every point, minutes of it; tests/faults_test.sh
# a sample. Complete on its own: make -f tests/faults.mk tests-faults

CC ?= cc
BUILD ?= build

faults-dir := build/tests
FAULTS_CFLAGS := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 \
	-Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -O1 -g -Itests/harness
faults-src := $(addprefix tests/faults/,faults.c scene.c trace.c calls.c) tests/harness/judge.c
faults-programs := $(addprefix $(faults-dir)/faults,-target -target-static)
# Registers have names of their own on each machine; the tests skip without it.
ifneq ($(filter x86_64-linux-%,$(shell $(CC) -dumpmachine)),)
faults-programs += $(faults-dir)/faults
endif

.PHONY: faults tests-faults
tests-faults: $(faults-programs)

$(faults-dir)/faults: $(faults-src) $(wildcard tests/faults/*.h tests/harness/*.h)
	@mkdir -p $(@D)
	$(CC) $(FAULTS_CFLAGS) -o $@ $(faults-src)

$(faults-dir)/faults-target: tests/faults/target.c tests/faults/marks.h
	@mkdir -p $(@D)
	$(CC) $(FAULTS_CFLAGS) -o $@ $<

$(faults-dir)/faults-target-static: tests/faults/target.c tests/faults/marks.h
	@mkdir -p $(@D)
	$(CC) $(FAULTS_CFLAGS) -static -o $@ $<

# FAULTS='-e 10 -o preload': every tenth point of one scene
faults: all tests-faults
	$(faults-dir)/faults $(FAULTS) $(addprefix $(CURDIR)/,$(BUILD)/libdaemonize.so \
		$(BUILD)/dstart $(BUILD)/dsig $(faults-dir)/faults-target \
		$(faults-dir)/faults-target-static)

check: tests-faults
