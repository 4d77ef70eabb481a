# SPDX-License-Identifier: MIT
# make bench: figures beside those of the peers that are installed. Included
# by the Makefile, and complete on its own once the product is built:
# make -f tests/bench/bench.mk bench

CC ?= cc
BENCH_BUILD ?= build
BENCH_CFLAGS ?= -O2 -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 \
	-Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -Werror

bench-src := tests/bench
bench-bin := build/bench

.PHONY: bench bench-programs
bench-programs: $(addprefix $(bench-bin)/,bench target get)

$(bench-bin)/bench: $(addprefix $(bench-src)/,bench.c child.c spec.c series.c child.h spec.h series.h)
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -o $@ $(filter %.c,$^)

$(bench-bin)/%: $(bench-src)/%.c
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -o $@ $<

# BENCH_NEEDS: the target that builds the product, where there is one.
bench: $(BENCH_NEEDS) bench-programs
	tests/bench/run $(BENCH_BUILD)
