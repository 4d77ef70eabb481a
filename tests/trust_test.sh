#!/bin/sh
# SPDX-License-Identifier: MIT
# Root starts a daemon of another user, who owns what he can: the environment
# file, the directory of the log, the program. Nothing of it steers what is
# done with the caller's rights.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once && t_need_user >"$SHUNIT_TMPDIR/may" && t_facts; endSkipping; }
setUp() { t_begin && t_prepare || return 1; }
tearDown() { t_end; }

t_facts() { T_UID=$(id -u "$T_USER") T_GID=$(id -g "$T_USER"); }

t_may() {
	[ ! -s "$SHUNIT_TMPDIR/may" ] && return
	t_skip "$(sed 's/^SKIP: [^:]*: //' "$SHUNIT_TMPDIR/may")"
	return 1
}

# his/ is T_USER's, root's/ is root's, tmp/ everybody's.
t_prepare() {
	[ "$(id -u)" -eq 0 ] || return 0
	mkdir -m 755 his roots && mkdir -m 1777 tmp && chmod 1777 tmp && chown "$T_USER" his
}

# t_both COMMAND...: by the library, and by dstart; with options as variables.
t_both() {
	T_FORM=preloaded
	"$@" || return
	t_prepare_again
	T_FORM=dstart
	"$@"
}
t_prepare_again() {
	rm -rf his roots tmp ./*.pid ./*.log
	t_prepare
}

# t_run [VAR=VALUE]... -- COMMAND...: in the form T_FORM.
t_run() {
	if [ "$T_FORM" = preloaded ]; then
		t_spawn "$@"
		return
	fi
	t_words=
	while [ "$1" != -- ]; do
		t_words="$t_words '$1'"
		shift
	done
	shift
	eval "t_plain $t_words -- \"\$T_DSTART\" -- \"\$@\""
}

# t_shared FILE.so C-TEXT: a library.
t_shared() {
	t_need cc || return 1
	printf '%s\n' "$2" >"$1.c"
	cc -shared -fPIC -o "$1" "$1.c" && chmod 755 "$1"
}

# Whoever runs this code leaves his uid in the file.
t_traitor() {
	t_shared "$1" '
		#include <stdio.h>
		#include <unistd.h>
		__attribute__((constructor)) static void act(void)
		{
			FILE *f = fopen("'"$WORK"'/tmp/acted", "a");
			if (f) { fprintf(f, "%d\n", (int)geteuid()); fclose(f); }
		}'
}

# --- the log command ------------------------------------------------------------

t_logger_environment() {
	printf 'FROM_FILE=1\nLD_PRELOAD=%s/traitor.so\n' "$WORK" >his/env
	chown "$T_USER" his/env
	t_run DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/env HOME=/root/of/caller KEPT=yes \
		DAEMONIZE_LOGFILE="|env >roots/seen; cat >/dev/null" -- sleep 60
	t_assert_rc 0 || return
	t_wait_for 5 test -s roots/seen
	t_assert_has roots/seen HOME=/root/of/caller && t_assert_has roots/seen KEPT=yes || return
	t_assert_lacks roots/seen FROM_FILE && t_assert_lacks roots/seen DAEMONIZE &&
		t_assert_lacks roots/seen LD_PRELOAD || return
	assertEquals "$T_FORM" '' "$(grep -sx 0 tmp/acted)"
	t_end_all
}
# shellcheck disable=SC2046 # pids
t_end_all() { t_kill $(t_ours); }

testALogCommandHasTheCallersEnvironmentAndNothingOfTheDaemons() {
	t_may || return 0
	t_traitor roots/traitor.so || return 0
	mv roots/traitor.so traitor.so
	t_both t_logger_environment
}

testALogCommandKeepsOtherPreloadsOfTheCaller() {
	t_shared other.so 'int other;' || return 0
	t_limited "LD_PRELOAD=$WORK/other.so:$T_LIB" DAEMONIZE_PIDFILE=d.pid \
		DAEMONIZE_LOGFILE="|env >seen; cat >/dev/null" -- sleep 60
	t_assert_started d.pid || return
	t_wait_for 5 test -s seen
	assertEquals "LD_PRELOAD=$WORK/other.so" "$(grep ^LD_PRELOAD seen)"
}

# --- the environment file -------------------------------------------------------

# t_envfile_refused TEXT: the file his/env, without a wait.
t_envfile_refused() {
	T_LIMIT=10
	t_run DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/env DAEMONIZE_PIDFILE=d.pid \
		DAEMONIZE_LOGFILE=d.log -- sleep 60
	t_assert_rc 78 && t_assert_err "$1" && t_assert_absent d.pid d.log
}

testAnEnvfileThatIsAFifoIsRefusedAtOnce() {
	t_may || return 0
	t_both eval 'mkfifo his/env; t_envfile_refused "it is not a regular file"'
}

testAnEnvfileThatIsALinkOfTheUsersIsRefused() {
	t_may || return 0
	t_both eval 'ln -s /etc/shadow his/env; chown -h "$T_USER" his/env
		t_envfile_refused "a symbolic link"'
}

testAnEnvfileBelowALinkOfTheUsersIsRefused() {
	t_may || return 0
	echo SECRET=1 >roots/env
	chmod 600 roots/env
	ln -s ../roots his/conf
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/conf/env -- true
	t_assert_rc 78 && t_assert_err 'a symbolic link'
}

testAnEnvfileThatIsAnotherNameOfRootsFileIsRefused() {
	t_may || return 0
	t_both eval 'echo SECRET=1 >roots/env; ln roots/env his/env
		t_envfile_refused "another user could have put it there"'
}

testAnEnvfileOfAThirdUserIsRefused() {
	t_may || return 0
	t_both eval 'echo A=1 >his/env; chown 54321 his/env
		t_envfile_refused "it must belong to root"'
}

testAnEnvfileThatAnotherHasLeftInTmpIsRefused() {
	t_may || return 0
	echo A=1 >tmp/env
	chown "$T_USER" tmp/env
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=tmp/env -- true
	t_assert_rc 78 && t_assert_err 'another user could have put it there'
}

testALineOfAnEnvfileIsNeverShown() {
	t_may || return 0
	t_both eval 'printf "A=1\nroot:secret:1:2\n" >his/env
		t_envfile_refused "line 2: it is not KEY=VALUE" && t_assert_lacks err secret'
}

testAnEnvfileOfTheUserIsReadForTheUser() {
	t_may || return 0
	printf 'A=his\n' >his/env
	chown "$T_USER" his/env
	chmod 600 his/env
	t_spawn DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/env DAEMONIZE_PIDFILE=d.pid -- sleep 60
	t_assert_started d.pid || return
	tr '\0' '\n' <"/proc/$pid/environ" >seen
	t_assert_has seen A=his
}

# --- the loader, where root executes the program --------------------------------

# t_loader LINE: executed by root, in the root directory /, with such a file.
t_loader() {
	t_spawn DAEMONIZE_CHROOT=/ DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/env \
		DAEMONIZE_PIDFILE=d.pid -- sleep 60
}

testVariablesOfTheLoaderFromTheUsersFileAreRefusedWhereRootExecutes() {
	t_may || return 0
	t_traitor his/traitor.so || return 0
	for line in "LD_PRELOAD=$WORK/his/traitor.so" "LD_AUDIT=$WORK/his/traitor.so" \
		GLIBC_TUNABLES=glibc.malloc.check=1 GCONV_PATH=his LOCPATH=his MALLOC_TRACE=tmp/x \
		NLSPATH=his RES_OPTIONS=debug TMPDIR=his LD_LIBRARY_PATH=his; do
		printf 'A=1\n%s\n' "$line" >his/env
		chown "$T_USER" his/env
		t_loader
		t_assert_rc 78 && t_assert_err 'line 2: a variable for the loader' || return
	done
	t_assert_absent tmp/acted d.pid
}

testNorFromAFileOfRootsThatOthersCanWrite() {
	t_may || return 0
	echo TMPDIR=/ >his/env
	chmod 664 his/env
	t_loader
	t_assert_rc 78 && t_assert_err 'line 1: a variable for the loader'
}

testButFromAFileThatOnlyRootCanWrite() {
	t_may || return 0
	echo TMPDIR=/ >his/env
	t_loader
	t_assert_started d.pid
}

testAndFromTheUsersFileWhereTheUserExecutes() {
	t_may || return 0
	t_traitor traitor.so || return 0
	t_both eval 'echo "LD_PRELOAD=$WORK/traitor.so" >his/env; chown "$T_USER" his/env
		t_run DAEMONIZE_USER="$T_USER" DAEMONIZE_ENVFILE=his/env -- true
		t_assert_rc 0 && t_wait_for 5 test -s tmp/acted && assertEquals "$T_UID" "$(sort -u tmp/acted)"'
}

. "${SHUNIT2:-shunit2}"
