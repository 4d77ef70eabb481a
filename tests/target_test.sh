#!/bin/sh
# SPDX-License-Identifier: MIT
# Files that dstart executes in another way than their neighbours: for the user
# that will execute them, with a sanitizer, without a format.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() {
	t_begin || return 1
	mkdir -m 777 open && chmod 777 open
}
tearDown() { t_end; }

# --- helpers -------------------------------------------------------------------

t_loaded() { grep -q libdaemonize.so "/proc/$1/maps"; }

# t_as_user_starts MODE PROGRAM: a copy of it, of this mode, as T_USER.
t_as_user_starts() {
	cp "$2" program && chmod "$1" program || return 1
	t_dstart -p d.pid -u "$T_USER" -- ./program open/got
	t_assert_started d.pid || return 1
	t_user_of=$(t_status "$pid" Uid | cut -f 1)
	assertEquals "$(id -u "$T_USER")" "${t_user_of%% *}"
}

# --- for the user that will execute it --------------------------------------------

testAStaticProgramThatMayOnlyBeExecuted() {
	t_need_switch || return 0
	t_as_user_starts 0711 "$T_PROGRAMS/static/sigprobe"
}

testADynamicProgramThatMayOnlyBeExecuted() {
	t_need_switch || return 0
	t_as_user_starts 0711 "$T_PROGRAMS/sigprobe"
}

# Root's own to root, who would preload it; to the user it brings rights.
testASetUserIdProgramIsJudgedForTheUser() {
	t_need_switch || return 0
	t_as_user_starts 4755 "$T_PROGRAMS/sigprobe" || return
	assertFalse 'the library is in it' "t_loaded $pid"
	assertEquals "$(id -u "$T_USER") 0 0 0" "$(t_status "$pid" Uid | xargs)"
}

testAProgramWithCapabilitiesIsJudgedForTheUser() {
	t_need_switch && t_need setcap || return 0
	cp "$T_PROGRAMS/sigprobe" program
	setcap cap_net_bind_service=ep program || { t_skip 'needs file capabilities'; return 0; }
	t_dstart -p d.pid -u "$T_USER" -- ./program open/got
	t_assert_started d.pid || return
	assertFalse 'the library is in it' "t_loaded $pid"
}

# The other way about: it is the user's, and gives that user nothing.
testTheUsersOwnSetUserIdProgramIsPreloaded() {
	t_need_switch || return 0
	cp "$T_PROGRAMS/sigprobe" program
	chown "$T_USER" program && chmod 4755 program
	t_dstart -p d.pid -u "$T_USER" -- ./program open/got
	t_assert_started d.pid || return
	assertTrue 'the library is not in it' "t_loaded $pid"
}

# --- sanitizers ---------------------------------------------------------------------

# t_sanitized SANITIZER: sigprobe, with gcc's library for it.
t_sanitized() {
	t_need gcc || return 1
	(cd "$T_ROOT/tests/programs" && gcc -D_GNU_SOURCE "-fsanitize=$1" -o "$WORK/program" \
		sigprobe.c args.c say.c stay.c) >gcc.log 2>&1 && readelf -d program | grep -q "lib[at]san" &&
		return
	t_skip "needs gcc's library for $1"
	return 1
}

testAProgramWithAddressSanitizer() {
	t_sanitized address || return 0
	t_dstart -p d.pid -- ./program got
	t_assert_started d.pid || return
	assertFalse 'the library is in it' "t_loaded $pid"
}

testAProgramWithThreadSanitizer() {
	t_sanitized thread || return 0
	t_dstart -p d.pid -- ./program got
	t_assert_started d.pid
}

testPreloadedWithItsLibraryFirst() {
	t_sanitized address || return 0
	T_PRELOAD_FIRST=$(gcc -print-file-name=libasan.so)
	t_spawn DAEMONIZE_PIDFILE=d.pid -- ./program got
	T_PRELOAD_FIRST=
	t_assert_started d.pid
}

# --- without a format ------------------------------------------------------------------

testAScriptWithoutAnInterpreterIsRunByAShell() {
	# shellcheck disable=SC2016 # for the script
	printf 'echo "$0 $1" >got\nexec sleep 1000\n' >program
	chmod 755 program
	t_dstart -p d.pid -- ./program one
	t_assert_started d.pid || return
	t_wait_for 5 test -s got
	assertEquals './program one' "$(cat got)"
}

# Its shell opens it from there.
testAScriptInAnotherDirectory() {
	# shellcheck disable=SC2016 # for the script
	printf 'echo "$0 $1" >got\nexec sleep 1000\n' >program
	chmod 755 program
	t_dstart -p d.pid -d open -- ./program one
	t_assert_started d.pid || return
	t_wait_for 5 test -s open/got
	assertEquals "$WORK/./program one" "$(cat open/got)"
}

testWhatHasANulIsNoScript() {
	printf 'a\0b\n' >program
	chmod 755 program
	t_dstart -p d.pid -- ./program
	t_assert_rc 126 && t_assert_err 'unable to execute ./program: Exec format error'
	t_assert_absent d.pid
}

# t_binfmt: the kernel runs files that begin with "GUEST" by the probe.
t_binfmt() {
	t_registry=/proc/sys/fs/binfmt_misc
	[ -w $t_registry/register ] || mount -t binfmt_misc none $t_registry 2>/dev/null
	[ -w $t_registry/register ] || { t_skip 'needs binfmt_misc'; return 1; }
	t_handler=guest$$
	echo ":$t_handler:M::GUEST::$T_PROGRAMS/sigprobe:" >$t_registry/register 2>/dev/null ||
		{ t_skip 'may not register a format'; return 1; }
	t_defer "echo -1 >$t_registry/$t_handler"
}

testAFormatThatTheKernelHandsToAnInterpreter() {
	t_binfmt || return 0
	echo GUEST >program
	chmod 755 program
	t_dstart -p d.pid -d open -- ./program
	t_assert_started d.pid || return
	assertEquals "$WORK/./program" "$(tr '\0' '\n' <"/proc/$pid/cmdline" | sed -n 2p)"
}

# --- in a sandbox that knows fewer system calls -----------------------------------------

# Container hosts of some years ago answer EPERM to what they do not know; the
# numbers are those of statx, faccessat2, close_range, openat2, pidfd_open,
# pidfd_send_signal and renameat2 on x86-64, alone and together.
testCallsThatASandboxRefuses() {
	[ "$(uname -m)" = x86_64 ] || { t_skip 'the numbers of x86-64'; return 0; }
	"$T_PROGRAMS/nosys" --eperm 436 -- true 2>/dev/null || { t_skip 'needs seccomp'; return 0; }
	for numbers in 332 439 436 437 '434 424' 316 '332 439 436 437 434 424 316'; do
		T_WRAP="$T_PROGRAMS/nosys --eperm $numbers --"
		t_dstart -p d.pid -d open -l d.log -- "$T_PROGRAMS/sigprobe" got
		t_assert_started d.pid || { echo "$numbers: dstart"; return; }
		t_dsig stop ./d.pid
		t_assert_rc 0 || { echo "$numbers: dsig stop"; return; }
		t_dstart -p d.pid -l d.log -- "$T_PROGRAMS/static/sigprobe" got
		t_assert_started d.pid || { echo "$numbers: static"; return; }
		t_dsig status ./d.pid
		t_assert_rc 0 || { echo "$numbers: dsig status"; return; }
		t_dsig stop ./d.pid
		t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE='|cat >log' -- "$T_PROGRAMS/sigprobe" got
		t_assert_started d.pid || { echo "$numbers: preloaded"; return; }
		t_dsig stop ./d.pid
		t_assert_rc 0 || { echo "$numbers: dsig stop"; return; }
	done
}

# --- under an emulator ---------------------------------------------------------------------

# As docker buildx runs foreign programs: each process has memory and descriptors
# of its own, and there is no subreaper. The daemon itself is run by this machine
# here, as it is by the emulator where the kernel knows it (binfmt_misc).
t_emulator() {
	[ "$(uname -m)" = x86_64 ] || { t_skip 'an emulator of this machine'; return 1; }
	t_need qemu-x86_64
}

# t_emulated COMMAND...
t_emulated() { t_capture timeout -k 5 "$T_LIMIT" qemu-x86_64 "$@"; }

testModeMainWorksUnderAnEmulator() {
	t_emulator || return 0
	t_emulated -E "LD_PRELOAD=$T_LIB" -E DAEMONIZE_PIDFILE=one.pid -E DAEMONIZE_READY=main \
		"$T_PROGRAMS/sigprobe" got
	t_assert_started one.pid || { cat err; return; }
	t_emulated "$T_DSTART" -r main -p two.pid -- "$T_PROGRAMS/sigprobe" got
	t_assert_started two.pid || { cat err; return; }
	t_emulated "$T_DSTART" -r main -p three.pid -- "$T_PROGRAMS/static/sigprobe" got
	t_assert_started three.pid || { cat err; return; }
	t_emulated "$T_DSTART" -r main -p three.pid -- "$T_PROGRAMS/static/sigprobe" got
	t_assert_rc 75
}

testOtherModesSayWhatToDo() {
	t_emulator || return 0
	t_emulated "$T_DSTART" -p d.pid -- "$T_PROGRAMS/sigprobe" got
	t_assert_rc 71 && t_assert_err 'an emulator may not know' && t_assert_err '(-r main) needs none'
	t_assert_absent d.pid
}

. "${SHUNIT2:-shunit2}"
