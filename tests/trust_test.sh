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

# --- the switch of user after exec --------------------------------------------------

# t_threaded [VAR=VALUE]...: a program of which a linked library starts a thread
# that waits, in a chroot that is none, so that the switch comes late.
t_threaded_program() {
	t_shared threads.so "
		#define _GNU_SOURCE
		#include <pthread.h>
		#include <sched.h>
		#include <stdlib.h>
		#include <sys/mman.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		static void *rest(void *arg) { for (;;) pause(); return arg; }
		static int alone(void *arg) { for (;;) syscall(SYS_pause); return arg != 0; }
		__attribute__((constructor)) static void begin(void)
		{
			static char stack[65536];
			pthread_t t;
			if (getenv(\"NO_THREAD\")) return;
			if (!getenv(\"RAW_THREAD\")) pthread_create(&t, 0, rest, 0);
			else clone(alone, stack + sizeof stack, CLONE_VM | CLONE_FS | CLONE_FILES |
				CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, 0);
		}" || return 1
	printf 'extern int main(void);\n#include <unistd.h>\nint main(void) { sleep(60); }\n' >main.c
	cc -o threaded main.c -Wl,--no-as-needed "$WORK/threads.so" && chmod 755 threaded
}

t_late() {
	t_spawn DAEMONIZE_CHROOT="${T_ROOT_DIR:-/}" DAEMONIZE_USER="$T_USER" DAEMONIZE_PIDFILE=d.pid \
		"$@" -- "$WORK/threaded"
}

testAllThreadsOfTheProgramSwitch() {
	t_may && t_threaded_program || return 0
	t_late
	t_assert_started d.pid || return
	assertEquals 2 "$(grep -h ^Uid: /proc/"$pid"/task/*/status | wc -l)"
	for key in Uid Gid; do
		assertEquals "$T_UID $T_UID $T_UID $T_UID" "$(sed -n "s/^$key:.//p" \
			/proc/"$pid"/task/*/status | sort -u | xargs)" || return
	done
	assertEquals 0000000000000000 "$(sed -n 's/^Cap\(Inh\|Prm\|Eff\|Amb\):.//p' \
		/proc/"$pid"/task/*/status | sort -u)"
}

# libc knows nothing of such a thread.
testAThreadThatDoesNotSwitchIsAFailure() {
	t_may && t_threaded_program || return 0
	t_late RAW_THREAD=1
	t_assert_rc 77 && t_assert_err 'has kept rights of the caller' && t_assert_absent d.pid
}

# t_empty_root: the program and what it needs, but no /proc.
t_empty_root() {
	mkdir -p root/proc
	T_ROOT_DIR=$WORK/root
}

testThreadsAreSeenThoughTheNewRootHasNoProc() {
	t_may && t_threaded_program || return 0
	t_empty_root
	t_late
	t_assert_rc 0 || return
	t_late RAW_THREAD=1 DAEMONIZE_PIDFILE=2.pid
	t_assert_rc 77 && t_assert_err 'has kept rights of the caller'
}

t_without_proc() {
	t_need unshare mount || return 1
	printf '#!/bin/sh\nmount -t tmpfs none /proc && exec "$@"\n' >noproc && chmod 755 noproc
	T_WRAP="unshare -m ./noproc"
	$T_WRAP true 2>/dev/null || { t_skip 'may not unshare'; return 1; }
}

testThreadsThatCannotBeSeenAreRefused() {
	t_may && t_threaded_program && t_without_proc || return 0
	t_late
	t_assert_rc 77 && t_assert_err '/proc/self/task' && t_assert_absent d.pid
}

testAProgramWithOneThreadNeedsNoProc() {
	t_may && t_threaded_program && t_without_proc || return 0
	t_late NO_THREAD=1
	t_assert_started d.pid
}

# --- what is inherited ------------------------------------------------------------------

# keyring.py FILE: its session keyring, written down; keyring.py FILE COMMAND...
# executes it with a new one, of root's, as a login has it.
t_keyring() {
	cat >keyring.py <<-'END'
		import ctypes, os, sys
		number = {"x86_64": 250, "aarch64": 219}.get(os.uname().machine, -1)
		libc = ctypes.CDLL(None)
		if len(sys.argv) > 2:
		    libc.syscall(number, 1, None)  # KEYCTL_JOIN_SESSION_KEYRING
		# KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING
		with open(sys.argv[1] + ".new", "w") as f:
		    f.write("%d\n" % libc.syscall(number, 0, -3, 0))
		os.rename(sys.argv[1] + ".new", sys.argv[1])
		if len(sys.argv) > 2:
		    os.execvp(sys.argv[2], sys.argv[2:])
	END
	t_need "$T_PYTHON" && "$T_PYTHON" keyring.py tmp/before true && [ "$(cat tmp/before)" -gt 0 ] &&
		return
	t_skip 'no keyrings here'
	return 1
}

# t_keyring_of [VAR=VALUE]...: the daemon's in tmp/after, the caller's in tmp/before.
t_keyring_of() {
	T_WRAP="$T_PYTHON keyring.py tmp/before"
	t_run DAEMONIZE=1 "$@" -- "$T_PYTHON" "$WORK/keyring.py" "$WORK/tmp/after"
	t_assert_rc 0 && t_wait_for 5 test -s tmp/after && t_assert_has tmp/after ''
}

testTheSessionKeyringIsANewOne() {
	t_may && t_keyring || return 0
	t_both t_keyring_is_new
	T_ROOT_VAR=DAEMONIZE_CHROOT=/
	t_both t_keyring_is_new
}
t_keyring_is_new() {
	t_keyring_of DAEMONIZE_USER="$T_USER" ${T_ROOT_VAR:+"$T_ROOT_VAR"} || return
	assertNotEquals "$T_FORM" "$(cat tmp/before)" "$(cat tmp/after)"
	assertTrue "$(cat tmp/after)" "[ $(cat tmp/after) -gt 0 ]"
}

testWithoutASwitchTheKeyringStays() {
	t_need_root && t_keyring || return 0
	t_both eval 't_keyring_of && t_assert_same tmp/before tmp/after'
}

testInheritableCapabilitiesAreGone() {
	t_may || return 0
	T_WRAP='setpriv --inh-caps=+chown,+net_raw'
	for root in '' /; do
		t_spawn DAEMONIZE_USER="$T_USER" ${root:+DAEMONIZE_CHROOT=$root} \
			DAEMONIZE_PIDFILE="d${root:+2}.pid" -- sleep 60
		t_assert_started "d${root:+2}.pid" || return
		assertEquals 0000000000000000 "$(t_status "$pid" CapInh)"
	done
}

. "${SHUNIT2:-shunit2}"
