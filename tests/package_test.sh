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
t_make() { t_capture make -s -C "$T_ROOT" BUILD="$SHUNIT_TMPDIR/built" "$@"; }

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

# --- packages --------------------------------------------------------------------

testTheArchiveHoldsTheTree() {
	git -C "$T_ROOT" rev-parse HEAD >/dev/null 2>&1 || { t_skip 'not a git checkout'; return; }
	t_make dist
	t_assert_rc 0 || return
	tar -tzf "$T_ROOT"/build/libdaemonize-*.tar.gz >list
	t_assert_has list /shim/daemonize.c && t_assert_has list /Makefile
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
	t_need dpkg dpkg-deb strip || return 0
	t_make deb
	t_assert_rc 0 || return
	t_clean_root "$WORK/root"
	t_capture dpkg --root="$WORK/root" --force-depends --force-script-chrootless --log=/dev/null \
		-i "$SHUNIT_TMPDIR"/built/libdaemonize_*.deb
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
