# SPDX-License-Identifier: MIT
# Fuzzing, with clang's libFuzzer: make fuzz [FUZZ_SECONDS=120]
# or, without the rest: make -f tests/fuzz/fuzz.mk fuzz
# New inputs and what failed stay in build/fuzz. tests/fuzz_test.sh runs each
# harness over its corpus only.

FUZZ_CC ?= clang
FUZZ_SECONDS ?= 20
FUZZ_FLAGS := -std=c11 -D_GNU_SOURCE -DVERSION='""' -g -O1 -Wall -Wextra -Ishim -Itools -I. \
	-fsanitize=address,undefined -fno-sanitize-recover=all

fuzz-dir := build/fuzz
fuzz-names := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz-programs := $(fuzz-names:%=$(fuzz-dir)/%)
fuzz-objects = $(patsubst %.c,$(fuzz-dir)/obj/%.o,$(1))
# All of the library but its constructor, and what libc has, too.
fuzz-shim := $(filter-out shim/base/string.c,$(wildcard shim/*/*.c))

.PHONY: fuzz tests-fuzz
fuzz: $(addprefix fuzz-,$(fuzz-names))
check: tests-fuzz

# Where clang has no libFuzzer, the tests say that it was needed.
tests-fuzz:
	@echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | \
		$(FUZZ_CC) -fsanitize=fuzzer -x c -o /dev/null - 2>/dev/null || exit 0; \
	$(MAKE) --no-print-directory -f $(firstword $(MAKEFILE_LIST)) $(fuzz-programs)

$(fuzz-dir)/dsig: $(call fuzz-objects,$(filter-out tools/dsig/dsig.c,$(wildcard tools/*.c tools/dsig/*.c)))
$(fuzz-dir)/dstart: $(call fuzz-objects,tools/dstart/cmdline.c tools/getopts.c)
$(fuzz-dir)/escape: $(call fuzz-objects,tools/dsig/escape.c)
$(fuzz-dir)/precheck: $(call fuzz-objects,$(addprefix tools/dstart/,precheck.c elffile.c rights.c))
# These play the kernel.
fuzz-wrap = $(foreach name,$(1),-Wl,--wrap=$(name))
$(fuzz-dir)/process: FUZZ_LINK = $(call fuzz-wrap,sys_read sys_read_file)
$(fuzz-dir)/sockets: FUZZ_LINK = $(call fuzz-wrap,scan_open scan_line scan_close sockdiag_tcp)
$(fuzz-dir)/sockdiag: FUZZ_LINK = $(call fuzz-wrap,sys_socket sys_send sys_recv)

$(fuzz-programs): $(fuzz-dir)/shim.a

$(fuzz-dir)/shim.a: $(call fuzz-objects,$(fuzz-shim))
	@rm -f $@
	@$(AR) rcs $@ $^

$(fuzz-programs): $(fuzz-dir)/%: $(fuzz-dir)/obj/tests/fuzz/fuzz_%.o
	@echo 'LD    $@'
	@$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer $(FUZZ_LINK) -o $@ $(filter %.o,$^) $(filter %.a,$^)

$(fuzz-dir)/obj/%.o: %.c tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

.PRECIOUS: $(fuzz-dir)/obj/%.o
-include $(wildcard $(fuzz-dir)/obj/*/*/*.d)

fuzz-%: $(fuzz-dir)/%
	@tests/fuzz/run $< $(FUZZ_SECONDS)
