# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What every test file sources. A test reads like this:
#
#	set -u
#	. "$(dirname "$0")/lib.sh"
#	oneTimeSetUp() { t_once; }
#	setUp() { t_begin || return 1; }
#	tearDown() { t_end; }
#
#	testTheDaemonHasNoTerminal() {
#		t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay info
#		t_assert_started d.pid || return
#		assertEquals '(null)' "$(t_field info tty)"
#	}
#
#	. "${SHUNIT2:-shunit2}"
#
# The preload library is given to the innermost command only and never
# exported: with it in the environment of the test's shell, diff and grep would
# be daemonized and answer 0 to everything.

# The nearest directory above the running script that has tests/lib.sh.
t_find_root() (
	cd "$(dirname "$0")" || exit 1
	while [ ! -e tests/lib.sh ]; do
		[ "$PWD" != / ] || exit 1
		cd ..
	done
	pwd -P
)

# Where things are. Each may be set by the caller, to test an installed tree or
# a sanitizer's build; T_PRELOAD_FIRST goes before T_LIB (libasan wants that).
T_ROOT=${T_ROOT:-$(t_find_root)}
T_BUILD=${T_BUILD:-$T_ROOT/build}
T_LIB=${T_LIB:-$T_BUILD/libdaemonize.so}
T_DSIG=${T_DSIG:-$T_BUILD/dsig}
T_DSTART=${T_DSTART:-$T_BUILD/dstart}
T_PROGRAMS=${T_PROGRAMS:-$T_ROOT/build/tests}
T_HARNESS=${T_HARNESS:-$T_ROOT/build/tests}
T_PROCS=$T_HARNESS/procs
T_PRELOAD_FIRST=${T_PRELOAD_FIRST:-}
# How t_spawn starts: preload, dstart, or static: dstart, with programs into
# which no library can be loaded. A file with the line "# modes: preload dstart
# static" is run by tests/run once in each.
T_START=${T_START:-preload}
# who speaks then
# shellcheck disable=SC2034 # for the tests
case $T_START in preload) T_SAYS=libdaemonize ;; *) T_SAYS=dstart ;; esac
[ "$T_START" != static ] || T_PROGRAMS=${T_PROGRAMS%/static}/static
T_USER=${T_USER:-nobody}
# In the environment of everything a test starts: whose it is.
T_RUN=${T_RUN:-alone.$$.$(date +%s%N)} # other pid namespaces have a $$, too
export T_RUN

# $1, or where $2 is found: a version manager's python3 is a shell script that
# runs dozens of processes.
t_tool() { if [ -x "$1" ]; then echo "$1"; else command -v "$2" || echo "$1"; fi; }
T_PYTHON=${T_PYTHON:-$(t_tool /usr/bin/python3 python3)}
# shellcheck disable=SC2034 # for the tests
T_NODE=${T_NODE:-$(t_tool /usr/bin/node node)}

# A prefix of words that runs a command as T_USER; empty when already ordinary.
T_AS_USER=
[ "$(id -u)" -ne 0 ] || T_AS_USER="setpriv --reuid=$(id -u "$T_USER") \
--regid=$(id -g "$T_USER") --clear-groups"

# --- around a test ---------------------------------------------------------

# Once for a file: what it needs has been built.
t_once() {
	for t_file in "$T_LIB" "$T_PROCS" "$T_PROGRAMS/probe"; do
		[ -r "$t_file" ] && continue
		echo "$t_file: not there, run make first"
		return 1
	done
	chmod 755 "${SHUNIT_TMPDIR%/*}" "$SHUNIT_TMPDIR"
}

# Nothing of the caller's environment may steer a test.
t_scrub() {
	unset LD_PRELOAD NOTIFY_SOCKET INVOCATION_ID JOURNAL_STREAM MAINPID
	unset XDG_RUNTIME_DIR XDG_STATE_HOME XDG_CONFIG_HOME
	unset ENV BASH_ENV CDPATH POSIXLY_CORRECT MAKEFLAGS MFLAGS MAKELEVEL
	case $(export -p) in *DAEMONIZE* | *LISTEN_*)
		for t_name in $(env | sed -n \
			's/^\(_\{0,1\}DAEMONIZE[A-Za-z0-9_]*\)=.*/\1/p; s/^\(LISTEN_[A-Z]*\)=.*/\1/p'); do
			unset "$t_name"
		done
		;;
	esac
	LC_ALL=C
	export LC_ALL
}

# A fresh, empty work directory, the current one; nothing left of the last test.
t_begin() {
	t_scrub
	umask 022
	WORK=$SHUNIT_TMPDIR/${_shunit_test_:-test}
	[ ! -e "$WORK" ] || rm -rf "$WORK"
	mkdir "$WORK" || return 1
	WORK=$(cd "$WORK" && pwd -P) || return 1
	cd "$WORK" || return 1
	T_TEST="$T_RUN/${_shunit_test_:-test};"
	export T_TEST
	T_TRACKED='' T_DEFERRED='' T_STDIN=/dev/null T_WRAP='' T_LIMIT=60 T_READY='' rc=''
	t_launch
}

# $T_LAUNCH: what makes a daemon of the command after it, words for env(1).
t_launch() {
	case $T_START in
	preload) T_LAUNCH="LD_PRELOAD=${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$T_LIB" ;;
	*) T_LAUNCH="${T_PRELOAD_FIRST:+LD_PRELOAD=$T_PRELOAD_FIRST }$T_DSTART --" ;;
	esac
}

# Ends what the test recorded, and fails if anything else of it is still there.
# shunit2 calls this once more at the end of the file.
t_end() {
	[ -n "${T_TEST:-}" ] || return 0
	endSkipping
	eval "$T_DEFERRED"
	cd "$SHUNIT_TMPDIR" || return 1
	# What dies at the end of a pipe may take a moment. After a failure nothing
	# is expected to have gone by itself.
	t_grace=2000
	[ "${__shunit_testSuccess:-0}" -eq 0 ] || t_grace=0
	# shellcheck disable=SC2086 # words are pids
	t_left=$("$T_PROCS" end "T_TEST=$T_TEST" "$WORK" $t_grace $T_TRACKED) ||
		[ $t_grace -eq 0 ] || fail "left behind: $t_left"
	unset T_TEST
	return 0
}

# t_defer COMMAND: a shell command for the end of the test, the last one first.
t_defer() { T_DEFERRED="$*
$T_DEFERRED"; }

# t_skip REASON: the runner lists it, and fails where everything must run.
t_skip() {
	echo "SKIP: ${_shunit_test_:-}: $*"
	startSkipping
}

# t_not_in MODE... REASON: what is tested does not exist when programs are started
# so: `t_not_in static 'no library in it' || return 0`. This is no skipped test.
t_not_in() {
	while [ $# -gt 1 ]; do
		[ "$T_START" = "$1" ] && { assertTrue true; return 1; }
		shift
	done
}

t_static() { [ "$T_START" = static ]; }

# t_jail DIR PROGRAM...: a root directory for them. A static program must be in
# it, by the name it has outside.
t_jail() {
	mkdir -p "$1"
	! t_static || for t_file; do
		[ "$t_file" != "$1" ] || continue
		mkdir -p "$1${t_file%/*}" && cp "$t_file" "$1$t_file"
	done
}

# t_need COMMAND...: or else the test is skipped: `t_need strace || return 0`.
t_need() {
	for t_name; do
		command -v "$t_name" >/dev/null && continue
		t_skip "needs $t_name"
		return 1
	done
}

t_need_root() {
	[ "$(id -u)" -eq 0 ] && return
	t_skip 'needs root'
	return 1
}

# Root, who can mount in a namespace: `unshare -m sh -c 'mount ...'`.
t_need_mounts() {
	t_need_root && t_need unshare mount || return 1
	unshare -m mount -t tmpfs none /mnt 2>/dev/null && return
	t_skip 'needs to mount'
	return 1
}

t_need_strace() {
	t_need strace || return 1
	strace -o /dev/null true 2>/dev/null && return
	t_skip 'needs ptrace'
	return 1
}

# Root, who can become T_USER.
t_need_switch() {
	t_need_root || return 1
	t_as_user true 2>/dev/null && return
	t_skip "needs setpriv(1) of util-linux and the user $T_USER"
	return 1
}

# The same, and a tree that T_USER can read: else it is copied to where T_USER
# can.
t_need_user() {
	t_need_switch || return 1
	chmod 755 "${SHUNIT_TMPDIR%/*}" "$SHUNIT_TMPDIR"
	t_as_user test -r "$T_LIB" && t_as_user test -x "$T_PROGRAMS/probe" && return
	mkdir -p "$SHUNIT_TMPDIR/public"
	for t_file in "$T_LIB" "$T_DSIG" "$T_DSTART" "$T_PROGRAMS"/*; do
		[ ! -f "$t_file" ] || install -m 755 "$t_file" "$SHUNIT_TMPDIR/public/" || return 1
	done
	T_LIB=$SHUNIT_TMPDIR/public/${T_LIB##*/}
	T_DSIG=$SHUNIT_TMPDIR/public/${T_DSIG##*/}
	T_DSTART=$SHUNIT_TMPDIR/public/${T_DSTART##*/}
	T_PROGRAMS=$SHUNIT_TMPDIR/public
}

# t_as_user COMMAND...: as T_USER; see T_WRAP for t_spawn.
t_as_user() {
	# shellcheck disable=SC2086 # a prefix of words
	$T_AS_USER "$@"
}

# --- running things --------------------------------------------------------

# t_capture COMMAND...: its status in $rc, its output in the files out and err.
t_capture() {
	rc=0
	"$@" <"$T_STDIN" >"$WORK/out" 2>"$WORK/err" || rc=$?
}

# t_plain [VAR=VALUE]... -- COMMAND...: without the library, to compare with.
# Bounded by T_LIMIT seconds; T_WRAP is a prefix of words, as T_AS_USER is.
t_plain() {
	t_limited '' "$@"
}

# t_spawn [VAR=VALUE]... -- COMMAND...: with it, or as T_START says. T_READY is the
# readiness mode where none is given: main for programs that end by themselves.
t_spawn() {
	t_launch
	t_limited "$T_LAUNCH" ${T_READY:+"DAEMONIZE_READY=$T_READY"} "$@"
}

# env(1) is what executes the command, so neither it nor limit is
# preloaded. The first -- becomes the assignment of the library, or dstart.
t_limited() {
	t_how=$1
	shift
	t_args=$#
	t_split=
	for t_arg; do
		if [ -z "$t_split" ] && [ "$t_arg" = -- ]; then
			t_split=1
			# shellcheck disable=SC2086 # words for env
			set -- "$@" $t_how
		else
			set -- "$@" "$t_arg"
		fi
	done
	shift "$t_args"
	[ -n "$t_split" ] || { fail 'no -- before the command'; rc=64; return 0; }
	# shellcheck disable=SC2086 # a prefix of words
	t_capture "$T_HARNESS/limit" "$T_LIMIT" $T_WRAP env "$@"
}

# t_probe [VAR=VALUE]...: a probe as a daemon behind d.pid; what it sees in got.
t_probe() {
	t_spawn DAEMONIZE_PIDFILE=d.pid "$@" -- "$T_PROGRAMS/probe" --stay got
	t_assert_started d.pid || return 1
	t_wait_for 5 test -e got || fail "the probe, pid $pid, has written no file got"
}

# The two tools, bounded in the same way.
t_dstart() { t_tool_run "$T_DSTART" "$@"; }
t_dsig() { t_tool_run "$T_DSIG" "$@"; }
t_tool_run() {
	# shellcheck disable=SC2086 # a prefix of words
	t_capture "$T_HARNESS/limit" "$T_LIMIT" $T_WRAP \
		env ${T_PRELOAD_FIRST:+"LD_PRELOAD=$T_PRELOAD_FIRST"} "$@"
}

# t_wait_for SECONDS COMMAND...: until it succeeds, looked at every 20 ms.
t_wait_for() {
	t_polls=$(($1 * 50))
	shift
	until "$@"; do
		[ "$t_polls" -gt 0 ] || return 1
		t_polls=$((t_polls - 1))
		sleep 0.02
	done
}

# --- processes ---------------------------------------------------------------

# t_status PID NAME: a line of /proc/PID/status; 1 if there is none.
t_status() { t_read_status "$@" && echo "$t_value"; }
t_read_status() {
	{
		while IFS= read -r t_value; do
			case $t_value in "$2:"*)
				t_value=${t_value#*:}
				t_value=${t_value#?}
				return 0
				;;
			esac
		done <"/proc/$1/status"
	} 2>/dev/null
	return 1
}

# A zombie is gone: pid 1 of a container may never reap it.
t_alive() {
	t_read_status "$1" State || return 1
	case $t_value in [ZX]*) return 1 ;; esac
}

t_gone() { ! t_alive "$1"; }

t_all_gone() {
	for t_pid; do
		t_gone "$t_pid" || return 1
	done
}

# t_stat PID N: field N of /proc/PID/stat, for N of at least 3.
t_stat() {
	{ t_line=$(cat "/proc/$1/stat"); } 2>/dev/null || return 1
	# shellcheck disable=SC2086 # words are fields
	(n=$2; set -- ${t_line##*) }; shift $((n - 3)); echo "$1")
}

# t_pid FILE: the pid in it: digits and a newline, nothing else; or 1.
t_pid() {
	{ IFS= read -r t_line <"$1"; } 2>/dev/null || return 1
	case $t_line in '' | 0* | *[!0-9]*) return 1 ;; esac
	[ "$(wc -c <"$1")" -eq $((${#t_line} + 1)) ] || return 1
	echo "$t_line"
}

t_has_pid() { t_pid "$1" >/dev/null; }

# t_track PID...: t_end ends them. The start time makes sure it is still them.
t_track() {
	for t_pid; do
		T_TRACKED="$T_TRACKED $t_pid:$(t_stat "$t_pid" 22)"
	done
}

# t_kill PID...: TERM, and KILL for those that do not go; returns when gone.
t_kill() { "$T_PROCS" kill "$@"; }

# Everything that lives and is of this test, a pid a line.
t_ours() { "$T_PROCS" find "T_TEST=$T_TEST" "$WORK"; }

t_none_left() { [ -z "$(t_ours)" ]; }

# t_named PID...: for people.
t_named() {
	for t_pid; do
		printf '%s (%s)\n' "$t_pid" "$(tr '\0' ' ' 2>/dev/null <"/proc/$t_pid/cmdline")"
	done
}

# --- assertions ---------------------------------------------------------------

# t_shown FILE: its beginning, for people.
t_shown() { head -c 1500 "$1" 2>&1; }

# t_assert_rc STATUS: of the last command; shows what it said when it differs.
t_assert_rc() {
	[ "$rc" = "$1" ] && { assertTrue true; return; }
	t_why="status $rc, expected $1"
	[ "$rc" != 124 ] || t_why="$t_why (stopped after $T_LIMIT s)"
	fail "$t_why; stderr: $(t_shown "$WORK/err"); stdout: $(t_shown "$WORK/out")"
	return 1
}

# t_assert_has FILE TEXT, t_assert_lacks FILE TEXT: a fixed text in a line.
t_assert_has() {
	grep -qsF -e "$2" "$1" && { assertTrue true; return; }
	fail "'$2' is not in $1: $(t_shown "$1")"
	return 1
}
t_assert_lacks() {
	grep -qF -e "$2" "$1" || { assertTrue true; return; }
	fail "'$2' is in $1: $(t_shown "$1")"
	return 1
}

t_assert_err() { t_assert_has "$WORK/err" "$1"; }
t_assert_out() { t_assert_has "$WORK/out" "$1"; }

# t_assert_empty FILE: there, and empty. t_assert_silent: no output at all.
t_assert_empty() {
	[ -e "$1" ] && [ ! -s "$1" ] && { assertTrue true; return; }
	fail "$1 is not empty: $(t_shown "$1")"
	return 1
}
t_assert_silent() { t_assert_empty "$WORK/out" && t_assert_empty "$WORK/err"; }

# t_assert_absent FILE...: nothing of that name, not even a dangling link.
t_assert_absent() {
	for t_file; do
		[ -e "$t_file" ] || [ -L "$t_file" ] || { assertTrue true; continue; }
		fail "$t_file exists"
		return 1
	done
}

# t_assert_same EXPECTED ACTUAL: two files; shows the difference.
t_assert_same() {
	t_diff=$(diff "$1" "$2" 2>&1) && { assertTrue true; return; }
	fail "$2 differs from $1: $t_diff"
	return 1
}

# t_assert_started PIDFILE: the last command started a daemon; its pid in $pid.
t_assert_started() {
	pid=
	t_assert_rc 0 || return 1
	if [ ! -e "$1" ]; then
		fail "status 0, but there is no file $1"
	elif ! pid=$(t_pid "$1"); then
		fail "$1 does not hold a pid and a newline, but: $(t_bytes "$1")"
	elif ! t_alive "$pid"; then
		fail "$1 names $pid, which is $(t_status "$pid" State || echo gone)"
	else
		assertTrue true
		return
	fi
	return 1
}

# t_bytes FILE: the first of them, for people.
t_bytes() { head -c 64 "$1" 2>&1 | od -An -ta | tr -s ' \n' ' '; }

# t_assert_removed PIDFILE: by the daemon, at its end. Nothing of ours is in a
# static one, which leaves it, stale.
t_assert_removed() {
	t_static || { t_assert_absent "$1"; return; }
	t_dsig status "$PWD/$1"
	t_assert_rc 1
}

# t_assert_gone PID: within 5 seconds.
t_assert_gone() {
	"$T_PROCS" gone 5000 "$1" && { assertTrue true; return; }
	fail "still alive after 5 s: $(t_named "$1"), $(t_status "$1" State)"
	return 1
}

# t_field FILE KEY: a value from what programs/probe.c wrote.
t_field() {
	awk -v key="$2=" 'index($0, key) == 1 { print substr($0, length(key) + 1); exit }' "$1"
}

# --- README.md -----------------------------------------------------------------

# t_recipe NAME [N]: the Nth (first) indented block of text after **NAME**.
t_recipe() { t_block "**$1**" "${2:-1}"; }

# t_block START N: the same after the line, a heading or a bold one, that starts so.
t_block() {
	awk -v name="$1" -v n="$2" '
		/^(\*\*|#)/ { at = index($0, name) == 1; inside = block = 0 }
		!at { next }
		/^    / {
			if (!inside) { inside = 1; block++; gap = "" }
			if (block == n) print gap substr($0, 5)
			gap = ""
			next
		}
		/^$/ { gap = gap "\n"; next }
		{ inside = 0 }' "$T_ROOT/README.md"
}

# t_assert_stale FILE: it stayed, and hinders nobody.
t_assert_stale() {
	"$T_DSIG" -q status -p "$1"
	assertEquals "$1: $(cat "$1" 2>&1)" 1 $?
}
