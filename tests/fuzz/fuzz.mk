# SPDX-License-Identifier: MIT
# Fuzzing, with clang's libFuzzer: make fuzz [FUZZ_SECONDS=120]
# or, without the rest: make -f tests/fuzz/fuzz.mk fuzz
# New inputs and what failed stay in build/fuzz.

FUZZ_CC ?= clang
FUZZ_SECONDS ?= 20
FUZZ_FLAGS := -std=c11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Ishim \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all

fuzz-dir := build/fuzz
fuzz-names := dsig envfile notify options pidfile plan precheck preload process scan
# All of the library but its constructor.
fuzz-shim := $(filter-out shim/daemonize.c,$(wildcard shim/*.c))

.PHONY: fuzz
fuzz: $(addprefix fuzz-,$(fuzz-names))

$(fuzz-dir)/envfile: shim/envfile.c
$(fuzz-dir)/precheck: tools/dstart/precheck.c tools/dstart/elffile.c tools/dstart/rights.c
$(fuzz-dir)/scan: shim/scan.c
$(fuzz-dir)/notify $(fuzz-dir)/options $(fuzz-dir)/plan $(fuzz-dir)/pidfile $(fuzz-dir)/preload: \
	$(fuzz-shim)
$(fuzz-dir)/dsig: $(fuzz-shim) $(filter-out tools/dsig/dsig.c,$(wildcard tools/dsig/*.c))
$(fuzz-dir)/dsig: FUZZ_INCLUDE = -Itools/dsig -DVERSION='""'
$(fuzz-dir)/precheck: FUZZ_INCLUDE = -Itools/dstart
# replaces the readers of files itself
$(fuzz-dir)/process: tests/fuzz/fuzz_process.c shim/process.c shim/text.c $(wildcard shim/*.h)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_FLAGS) -o $@ $(filter %.c,$^)

$(fuzz-dir)/%: tests/fuzz/fuzz_%.c shim/sys.c shim/text.c $(wildcard shim/*.h tools/dstart/*.h)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_FLAGS) $(FUZZ_INCLUDE) -o $@ $(sort $(filter %.c,$^))

fuzz-%: $(fuzz-dir)/%
	@mkdir -p $(fuzz-dir)/found-$*
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=6000 -verbosity=0 -close_fd_mask=1 -print_final_stats=1 \
		-artifact_prefix=$(fuzz-dir)/$*- $(fuzz-dir)/found-$* tests/fuzz/corpus/$*
