# SPDX-License-Identifier: MIT
# make coverage: the behaviour tests on code that counts, and what they have not
# reached. Needs gcc and its gcov. COVERAGE_TESTS='tests/dsig_test.sh': only these.

COVERAGE_CC = gcc
COVERAGE_FLOOR = 90
coverage-dir := build/coverage
# They inspect the binary as it is shipped, limit its files, or have no daemon.
coverage-not := library compilers package transparency faults fuzz harness valgrind
COVERAGE_TESTS = $(filter-out $(coverage-not:%=tests/%_test.sh),$(wildcard tests/*_test.sh))
coverage-wrap := -Wl,--wrap=_exit,--wrap=execv,--wrap=sys_exit,--wrap=sys_execve \
	-Wl,--wrap=reborn,--wrap=sys_chroot \
	-Wl,--wrap=open,--wrap=mkdir,--wrap=vfprintf,--wrap=fprintf,--exclude-libs,libgcov.a

# What has failed may be a test of how the library looks (its symbols, their
# versions), which counters change: make check is the judge of that.
#
# -O0: a branch of the source is one of the code.
coverage: tests-programs tests-unit
	rm -rf $(coverage-dir)
	mkdir -p $(coverage-dir)
	$(COVERAGE_CC) -std=c11 -D_GNU_SOURCE -Wall -Wextra -O1 -g -fPIC -fvisibility=hidden \
		-DCOVERAGE_DIR='"$(CURDIR)/$(coverage-dir)/"' -c -o $(coverage-dir)/dump.o tests/coverage/dump.c
	$(MAKE) BUILD=$(coverage-dir) CC=$(COVERAGE_CC) STATIC= CFLAGS='-O0 -g --coverage' \
		'SHIM_CFLAGS=$$(BASE) $$(CFLAGS) -fPIC -fvisibility=hidden -U_FORTIFY_SOURCE' \
		LDFLAGS='$(coverage-dir)/dump.o $(coverage-wrap)' all
	$(MAKE) -f tests/unit.mk unit-dir=$(coverage-dir)/unit CC=$(COVERAGE_CC) \
		CFLAGS='-O0 -g --coverage' LDFLAGS='$(coverage-dir)/dump.o $(coverage-wrap)' tests-unit
	find $(coverage-dir) -type d -exec chmod 777 {} +
	T_BUILD=$(CURDIR)/$(coverage-dir) T_UNIT=$(CURDIR)/$(coverage-dir)/unit \
		tests/run $(COVERAGE_TESTS) || echo 'some failed, see above'
	tests/coverage/report $(coverage-dir) $(COVERAGE_FLOOR)

.PHONY: coverage
