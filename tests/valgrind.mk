# SPDX-License-Identifier: MIT
# What tests/valgrind_test.sh runs: valgrind knows the malloc of a dynamic
# program only, and takes a static libc's start for errors.

.PHONY: tests-valgrind
tests-valgrind:
	$(MAKE) BUILD=build/valgrind STATIC= all

check: tests-valgrind
