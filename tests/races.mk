# SPDX-License-Identifier: MIT
# Races, counted: make races takes the full numbers, tests/race_test.sh a
# sample; and make model, a model of the protocol. Complete on its own:
# make -f tests/races.mk tests-races

CC ?= cc
BUILD ?= build

races-dir := build/tests
RACES_CFLAGS := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 \
	-Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -O2 -g -U_FORTIFY_SOURCE -Ishim -Itests/harness

# The daemon's own code, shaken at each of these.
races-wrap := $(addprefix sys_,openat close flock lock lock_holder map_file pread pwrite \
	renameat2 truncate_to_nothing unlinkat stat fstat)
races-shim := $(wildcard shim/pidfile/*.c) \
	$(filter-out shim/base/string.c,$(wildcard shim/base/*.c))
races-locks := $(addprefix tests/races/,locks.c board.c life.c others.c shake.c) $(races-shim)
races-kills := $(addprefix tests/races/,kills.c scene.c start.c verdict.c) \
	tests/harness/judge.c $(races-shim)
races-headers := $(wildcard tests/races/*.h tests/harness/*.h shim/*/*.h)

.PHONY: races model tests-races
tests-races: $(addprefix $(races-dir)/races-,locks kills hostile target target-static)

$(races-dir)/races-locks: $(races-locks) $(races-headers)
	@mkdir -p $(@D)
	$(CC) $(RACES_CFLAGS) $(races-wrap:%=-Wl,--wrap=%) -o $@ $(races-locks)

$(races-dir)/races-kills: $(races-kills) $(races-headers)
	@mkdir -p $(@D)
	$(CC) $(RACES_CFLAGS) -o $@ $(races-kills)

$(races-dir)/races-hostile: tests/races/hostile.c
	@mkdir -p $(@D)
	$(CC) $(RACES_CFLAGS) -o $@ $<

$(races-dir)/races-target: tests/races/target.c
	@mkdir -p $(@D)
	$(CC) $(RACES_CFLAGS) -o $@ $<

$(races-dir)/races-target-static: tests/races/target.c
	@mkdir -p $(@D)
	$(CC) $(RACES_CFLAGS) -static -o $@ $<

RACES_LOCKS = 100000
RACES_KILLS = 10000
RACES_HOSTILE = 1000

# On a disk and in memory; each has all the numbers.
races: all tests-races
	for dir in "$${TMPDIR:-/tmp}" /dev/shm; do \
		echo "in $$dir:"; \
		TMPDIR=$$dir $(races-dir)/races-locks -n $(RACES_LOCKS) && \
		TMPDIR=$$dir $(races-dir)/races-locks -xn $(RACES_LOCKS) && \
		TMPDIR=$$dir $(races-dir)/races-locks -kn $(RACES_LOCKS) -u 3 || exit 1; \
	done
	$(races-dir)/races-kills -n $(RACES_KILLS) $(addprefix $(CURDIR)/,$(BUILD)/libdaemonize.so \
		$(BUILD)/dstart $(BUILD)/dsig $(races-dir)/races-target \
		$(races-dir)/races-target-static)
	$(MAKE) -s tests-programs
	$(races-dir)/races-hostile -n $(RACES_HOSTILE) $(addprefix $(CURDIR)/,$(BUILD)/dstart \
		$(BUILD)/libdaemonize.so $(races-dir)/hostile)

# A quarter of an hour, and 4 GB.
model:
	tests/model/pidfile.py -s 2 -k 2 -e 2
	tests/model/pidfile.py -s 2 -d 1 -k 1 -e 1
	tests/model/pidfile.py -s 3 -k 1 -e 1
	tests/model/pidfile.py -s 2 -r 2 -k 1 -e 1
	tests/model/pidfile.py -s 2 -r 1 -d 1 -k 1

check: tests-races
