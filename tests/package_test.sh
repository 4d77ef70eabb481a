#!/bin/sh
# SPDX-License-Identifier: MIT
# What make install, uninstall, dist and deb leave on a machine.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# --- helpers ---------------------------------------------------------------------

# With a build of its own, so that the one under test stays as it is.
t_make() { t_capture make -s -j2 -C "$T_ROOT" BUILD="$SHUNIT_TMPDIR/built" "$@"; }

t_has_files() {
	for t_file; do assertTrue "no $t_file" "[ -f '$t_file' ]"; done
}

t_files() { (cd "$1" && find . -type f | sort); }

# --- install ---------------------------------------------------------------------

testInstallPutsEachFileInItsPlace() {
	t_make install DESTDIR="$WORK/root" PREFIX=/usr libdir=/usr/lib64
	t_assert_rc 0 || return
	cat >expected <<-'END'
	./usr/bin/dsig
	./usr/bin/dstart
	./usr/lib64/libdaemonize.so
	./usr/share/bash-completion/completions/dsig
	./usr/share/bash-completion/completions/dstart
	./usr/share/fish/vendor_completions.d/dsig.fish
	./usr/share/fish/vendor_completions.d/dstart.fish
	./usr/share/man/man1/dsig.1
	./usr/share/man/man1/dstart.1
	./usr/share/man/man7/libdaemonize.7
	./usr/share/zsh/site-functions/_dsig
	./usr/share/zsh/site-functions/_dstart
	END
	t_files root >found
	t_assert_same expected found
}

testModesAreThoseOfPackages() {
	(umask 077 && t_make install DESTDIR="$WORK/root" PREFIX=/usr)
	assertEquals 644 "$(stat -c %a root/usr/lib/libdaemonize.so)"
	assertEquals 755 "$(stat -c %a root/usr/bin/dstart)"
	assertEquals 644 "$(stat -c %a root/usr/share/man/man1/dsig.1)"
}

testUninstallLeavesNoFile() {
	t_make install DESTDIR="$WORK/root" PREFIX=/usr
	t_make uninstall DESTDIR="$WORK/root" PREFIX=/usr
	t_assert_rc 0 || return
	t_files root >found
	t_assert_empty found
}

testTheInstalledToolsFindTheInstalledLibrary() {
	t_make install PREFIX="$WORK/opt"
	t_assert_rc 0 || return
	t_capture "$WORK/opt/bin/dstart" -p "$WORK/d.pid" "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid || return
	assertEquals "$WORK/opt/lib/libdaemonize.so" \
		"$(sed -n 's|.* \(/[^ ]*/libdaemonize.so\)$|\1|p' "/proc/$pid/maps" | head -n 1)"
	t_capture "$WORK/opt/bin/dsig" stop "$WORK/d.pid"
	t_assert_rc 0
}

testTheyDoSoThroughALinkAndThePath() {
	t_make install PREFIX="$WORK/opt"
	mkdir elsewhere
	ln -s ../opt/bin/dstart elsewhere/start
	PATH=$WORK/elsewhere:$PATH t_capture start -p "$WORK/d.pid" "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid
}

testALibraryInTheCurrentDirectoryIsNotTaken() {
	mkdir bin
	cp "$T_DSTART" bin/
	: >libdaemonize.so
	t_capture bin/dstart --dry-run "$T_PROGRAMS/probe"
	t_assert_lacks out "$WORK/libdaemonize.so"
}

# The loader knows the places of the system; of another it is said what to write.
testAfterAnInstallationElsewhereItIsSaidWhatToWrite() {
	t_make install PREFIX="$WORK/opt"
	t_assert_rc 0 || return
	LD_PRELOAD=libdaemonize.so DAEMONIZE=0 env true 2>found
	[ -s found ] || { t_skip 'the loader finds one by its name'; return; }
	line=$(grep -o 'LD_PRELOAD=[^ ]*so' out)
	assertEquals "LD_PRELOAD=$WORK/opt/lib/libdaemonize.so" "$line"
	t_capture env "$line" DAEMONIZE_PIDFILE="$WORK/d.pid" "$T_PROGRAMS/probe" --stay info
	t_assert_started d.pid
}

testHelpNamesTheTargets() {
	t_make help
	t_assert_rc 0
	for target in demo install check deb; do
		t_assert_has out "make $target "
	done
}

# --- packages --------------------------------------------------------------------

testTheArchiveHoldsTheTree() {
	[ -e "$T_ROOT/.git" ] || { t_skip 'not a git checkout'; return; }
	t_make dist
	t_assert_rc 0 || return
	tar -xzf "$SHUNIT_TMPDIR"/built/libdaemonize-*.tar.gz
	t_has_files libdaemonize-*/shim/daemonize.c libdaemonize-*/.clang-format
	# And in what was unpacked, the same archive is made again.
	t_capture make -s -C libdaemonize-* dist
	t_assert_rc 0 || return
	cmp libdaemonize-*/build/*.tar.gz "$SHUNIT_TMPDIR"/built/*.tar.gz
	assertEquals 'the archive of the archive is another' 0 $?
}

# t_copy DIRECTORY: the sources as they are, without git.
t_copy() {
	mkdir -p "$1"
	tar -C "$T_ROOT" -cf - --exclude=./build --exclude=./.git . | tar -xf - -C "$1"
}

# One package for all tests that look at it.
t_deb() {
	t_need dpkg-deb dpkg-architecture dpkg-buildflags strip objdump || return 1
	DEB=$(echo "$SHUNIT_TMPDIR"/built/*.deb)
	[ ! -e "$DEB" ] || return 0
	SOURCE_DATE_EPOCH=1790000000 t_make deb
	t_assert_rc 0 || return 1
	DEB=$(echo "$SHUNIT_TMPDIR"/built/*.deb)
}

testThePackageIsTheSameFromAnotherDirectory() {
	t_deb || return 0
	t_copy elsewhere/deeper
	SOURCE_DATE_EPOCH=1790000000 t_capture make -s -j2 -C elsewhere/deeper deb
	t_assert_rc 0 || return
	cmp "$DEB" elsewhere/deeper/build/*.deb
	assertEquals 'it differs' 0 $?
}

testLintianHasNothingToSay() {
	t_need lintian || return 0
	t_deb || return 0
	t_capture lintian --display-info --pedantic "$DEB"
	t_assert_rc 0 && t_assert_empty out
}

# Its library takes no hardening that would call into libc.
testTheLibraryOfThePackageFitsEveryLibc() {
	t_deb || return 0
	dpkg-deb -x "$DEB" x
	objdump -T x/usr/lib/*/libdaemonize.so >symbols
	t_assert_has symbols environ && t_assert_lacks symbols _chk
}

testAnRpmIsBuiltFromTheArchive() {
	t_need rpmbuild rpm || return 0
	t_copy tree
	t_capture make -s -C tree dist
	t_assert_rc 0 || return
	t_capture rpmbuild --define "_topdir $WORK/rpm" --nodeps -tb tree/build/*.tar.gz
	t_assert_rc 0 || return
	rpm -qpl rpm/RPMS/*/*.rpm | grep -v build-id >files
	for t_file in bin/dstart bin/dsig libdaemonize.so man7/libdaemonize.7; do
		t_assert_has files "/$t_file"
	done
}

# As abuild does it, with musl's compiler.
testAnApkbuildInstallsWhatMuslHosts() {
	t_need musl-gcc || return 0
	t_copy src
	cp src/tests/package/APKBUILD .
	# shellcheck disable=SC2016 # for the inner shell
	t_capture sh -euc 'export CC=musl-gcc pkgdir=$PWD/pkg; . ./APKBUILD; MAKEFLAGS=-j2; export MAKEFLAGS; cd src; build; package'
	t_assert_rc 0 && t_has_files pkg/usr/bin/dstart pkg/usr/lib/libdaemonize.so
}

testFlagsComeFromTheEnvironmentToo() {
	CFLAGS=-DOF_THE_ENVIRONMENT CPPFLAGS=-DCPP_TOO CC=gcc t_make -n -B V=1 all
	t_assert_rc 0 || return
	grep -e ' -c ' out | grep -v -e '-DCPP_TOO.*-DOF_THE_ENVIRONMENT' >without
	t_assert_empty without
}

testTheVersionStandsInOnePlace() {
	version=$(sed -n 's/^VERSION = //p' "$T_ROOT/Makefile")
	assertEquals Makefile "$(cd "$T_ROOT" && grep -rlF "$version" Makefile shim tools tests/package)"
}

# A root with nothing in it but libc, a shell and the package.
t_clean_root() {
	mkdir -p "$1/var/lib/dpkg/info" "$1/var/lib/dpkg/updates" "$1/tmp" "$1/run" "$1/dev" \
		"$1/bin" "$1/etc"
	: >"$1/var/lib/dpkg/status"
	for t_binary in /bin/sh /bin/sleep /bin/cat; do
		cp "$t_binary" "$1/bin/"
		ldd "$t_binary" | grep -o '/[^ ]*' | while read -r t_file; do
			mkdir -p "$1${t_file%/*}"
			cp -L "$t_file" "$1$t_file"
		done
	done
	mknod -m 666 "$1/dev/null" c 1 3
}

testThePackageWorksInACleanRoot() {
	t_need_root || return 0
	t_need dpkg || return 0
	t_deb || return 0
	t_clean_root "$WORK/root"
	t_capture dpkg --root="$WORK/root" --force-depends --force-script-chrootless --log=/dev/null \
		-i "$DEB"
	t_assert_rc 0 || return
	# One pid namespace, so that nothing can stay behind, and its own /proc.
	cat >root/try.sh <<-'END'
	dstart -p /run/d.pid -l /tmp/d.log -- /bin/sleep 60 || exit
	LD_PRELOAD=libdaemonize.so DAEMONIZE_PIDFILE=/run/e.pid sleep 60 || exit
	dsig pid /run/d.pid /run/e.pid || exit
	dsig stop /run/d.pid && dsig stop /run/e.pid
	END
	mkdir root/proc
	t_capture unshare -pf --mount-proc="$WORK/root/proc" chroot "$WORK/root" /bin/sh /try.sh
	t_assert_rc 0 && t_assert_absent root/run/d.pid root/run/e.pid
}

. "${SHUNIT2:-shunit2}"
