# SPDX-License-Identifier: MIT
# make machines: the tests in whole machines, emulated, with the kernel and the
# programs of Debian for another processor; qemu-user cannot start a daemon. It
# takes hours. Needs Debian's apt, and make deps-machines.
#
# MACHINE_TESTS='start dsig': only these.

machines-dir := build/machines

# Compiler, kernel, console, emulator. With its instructions counted and two
# processors, the 32-bit ARM waits for itself for ever as it boots.
machine-arm64 := aarch64-linux-gnu-gcc linux-image-arm64 ttyAMA0 \
	qemu-system-aarch64 -M virt -cpu cortex-a53 -smp 2
machine-armhf := arm-linux-gnueabihf-gcc linux-image-armmp ttyAMA0 \
	qemu-system-arm -M virt -cpu cortex-a15 -smp 1
machine-names := arm64 armhf

# They are about the tree, or the host's compilers.
machines-not := compilers docs faults fuzz harness hosts package valgrind
MACHINE_TESTS = $(filter-out $(machines-not),\
	$(patsubst tests/%_test.sh,%,$(wildcard tests/*_test.sh)))
MACHINE_TIMEOUT = 10800

machine-tree = $(machines-dir)/$*/tree/src

.PHONY: machines deps-machines $(machine-names:%=machine-%)

deps-machines:
	@tests/deps machines

# One after the other, all of them.
machines:
	@status=0; for name in $(machine-names); do \
		$(MAKE) machine-$$name || status=1; \
	done; exit $$status

$(machine-names:%=$(machines-dir)/%/root.cpio): $(machines-dir)/%/root.cpio: tests/machines/root
	tests/machines/root $* $(word 2,$(machine-$*)) $(@D)

$(machine-names:%=machine-%): machine-%: $(machines-dir)/%/root.cpio
	mkdir -p $(machine-tree)
	find $(machine-tree) -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
	cp -R Makefile README.md shim tests tools $(machine-tree)
	cp tests/machines/init $(machines-dir)/$*/tree
	$(MAKE) -s CC=$(firstword $(machine-$*)) MUSL_CC= \
		BUILD=$(machine-tree)/build tests-bin=$(machine-tree)/build/tests \
		$(foreach dir,unit-dir faults-dir races-dir,$(dir)=$(machine-tree)/build/tests) \
		all tests-programs tests-unit tests-faults tests-races
	TESTS='$(MACHINE_TESTS)' T_TIMEOUT=1800 MACHINE_TIMEOUT=$(MACHINE_TIMEOUT) nice -n 19 \
		tests/machines/boot $(machines-dir)/$* $(wordlist 3,99,$(machine-$*))
