#!/bin/sh
# SPDX-License-Identifier: MIT
# The program cannot tell that we were there: all that a process can see of
# itself, started directly and as a daemon, differs by what is listed below and
# by nothing else. From programs of several kinds and several interpreters.
# shellcheck disable=SC2154,SC2016 # rc, pid: set by lib.sh; nobody is to expand $
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once && t_bare; }
# Most of these programs end as soon as they have said what they see.
setUp() { t_begin && T_READY=main && T_WRAP="$T_PYTHON $SHUNIT_TMPDIR/bare.py" || return 1; }
tearDown() { t_end; }

# What the runner's caller has left open, or ignores, is not to be compared.
t_bare() {
	cat >"$SHUNIT_TMPDIR/bare.py" <<-'END'
		import ctypes, os, signal, sys
		os.closerange(3, 4096)
		# children of GNU make ignore these, and libc lets nobody reset them
		rt_sigaction = {"x86_64": 13, "aarch64": 134, "armv7l": 174, "i686": 174}.get(
		    os.uname().machine)
		for s in (32, 33) if rt_sigaction else ():
		    ctypes.CDLL(None).syscall(rt_sigaction, s, bytes(64), None, 8)
		for s in signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGQUIT:
		    signal.signal(s, signal.SIG_DFL)
		os.execvp(sys.argv[1], sys.argv[1:])
	END
}

# What differs by design, or between any two runs: a key of the probe, and why.
t_table() {
	cat <<-'END'
		pid                 another process
		ppid                init's, or the nearest subreaper's
		pgid                a session of its own
		sid                 a session of its own
		tty                 and without a terminal
		fd.0                /dev/null
		fd.0.flags          /dev/null
		fd.0.offset         /dev/null
		fd.1                as LOGFILE says
		fd.1.flags          as LOGFILE says
		fd.1.offset         as LOGFILE says
		fd.2                as LOGFILE says
		fd.2.flags          as LOGFILE says
		fd.2.offset         as LOGFILE says
		status.Pid          another process
		status.Tgid         another process
		status.Ngid         another process
		status.PPid         init's
		status.NSpid        another process
		status.NStgid       another process
		status.NSpgid       a session of its own
		status.NSsid        a session of its own
		status.FDSize       room for the kernel's table, not its contents
		status.SigQ         signals queued for the user, whoever's
		environ             without the bytes of our variables, in their place zeros
		map.lib             the library is mapped
	END
}

# With a pid file there is one more, the lock: descriptor and mapping.
t_normal() {
	sed -e ':again' -e 's/^\(environ=.*\)\\x00$/\1/' -e 't again' \
		-e "s|^map\.[0-9]*=$T_LIB\$|map.lib=|" \
		-e 's/^map\.[0-9]*=/map.#=/' "$1" | sort
}

# t_compare [DIRECT] [DAEMON]: two reports of probe; the keys that differ are
# in the table. The environment is compared without the zeros at its end.
t_compare() {
	t_normal "${1:-direct}" >direct.normal
	t_normal "${2:-daemon}" >daemon.normal
	t_table | awk '{ print $1 }' | sort >allowed
	diff direct.normal daemon.normal | sed -n 's/^[<>] \([^=]*\)=.*/\1/p' | sort -u >different
	surprise=$(comm -13 allowed different | grep -vx -e environ | xargs)
	[ -z "$surprise" ] || fail "differs: $surprise; $(diff direct.normal daemon.normal | grep -F -e "$(
		echo "$surprise" | tr ' ' '\n')")"
	assertEquals 'environ' "$(sed -n 's/^environ=//p' direct.normal)" \
		"$(sed -n 's/^environ=//p' daemon.normal)"
	assertTrue 'a report' "grep -q '^map\.#=' daemon.normal"
}

# t_both COMMAND...: which has probe write to the file seen, directly and as a
# daemon; the two reports are compared. T_SAME: assignments for both.
t_both() {
	# shellcheck disable=SC2086 # words
	t_plain ${T_SAME:-SAME=1} -- "$@"
	t_assert_rc 0 || return 1
	t_wait_for 10 test -e seen || { fail 'no report'; return 1; }
	mv seen direct
	# shellcheck disable=SC2086 # words
	t_spawn DAEMONIZE=1 ${T_SAME:-SAME=1} -- "$@"
	t_assert_rc 0 && t_assert_silent || return 1
	t_wait_for 10 test -e seen || { fail 'no report'; return 1; }
	mv seen daemon
	t_compare
}

# --- programs of several kinds -----------------------------------------------------------

testAPlainProgram() { t_both "$T_PROGRAMS/probe" seen a '' 'b c'; }

testAProgramAtAFixedAddress() { t_both "$T_PROGRAMS/probe-nopie" seen; }

testAProgramOfAnotherLibc() {
	[ -x "$T_PROGRAMS/probe-musl" ] || { t_skip 'needs musl-gcc'; return 0; }
	t_both "$T_PROGRAMS/probe-musl" seen
}

testAProgramThatIsFoundInThePath() {
	T_SAME="PATH=$T_PROGRAMS:$PATH"
	t_both probe seen
	unset T_SAME
}

testAProgramByALink() {
	ln -s "$T_PROGRAMS/probe" linked
	t_both ./linked seen
}

testAProgramByItsLoader() {
	loader=$(sed -n 's/^map\.[0-9]*=\(.*ld-[^/]*\.so.*\)$/\1/p' <<-END | head -n 1
		$("$T_PROGRAMS/probe")
	END
	)
	[ -n "$loader" ] || { t_skip 'which loader?'; return 0; }
	t_both "$loader" "$T_PROGRAMS/probe" seen
}

testAProgramWithManyThingsSetBefore() {
	t_need nice taskset prlimit setpriv choom ionice "$T_PYTHON" || return 0
	cat >odd.py <<-'END'
		import ctypes, os, sys
		libc = ctypes.CDLL(None)
		libc.personality(0x0040000)         # ADDR_NO_RANDOMIZE
		libc.prctl(41, 1, 0, 0, 0)          # THP_DISABLE
		libc.prctl(29, 70000, 0, 0, 0)      # TIMERSLACK
		libc.prctl(36, 0, 0, 0, 0)
		os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
		os.umask(0o027)
		os.execvp(sys.argv[1], sys.argv[1:])
	END
	T_WRAP="nice -n 7 taskset 1 prlimit --nofile=300:400 --core=0 choom -n 300 -- ionice -c 3 \
setpriv --no-new-privs $T_PYTHON odd.py $T_WRAP"
	t_both "$T_PROGRAMS/probe" seen || return
	assertEquals '3 1 1 300 300:400' "$(t_field daemon policy) $(
		t_field daemon no_new_privs) $(t_field daemon thp_disable) $(
		t_field daemon oom_score_adj) $(t_field daemon rlimit.nofile)"
}

# By design different: an exec keeps a timer, but a timer is a process's own.
testAnAlarmIsTheCallersOwn() {
	t_need perl || return 0
	T_WRAP="perl -e alarm(1000);exec(@ARGV) --"
	t_plain -- "$T_PROGRAMS/probe" direct
	t_spawn DAEMONIZE=1 -- "$T_PROGRAMS/probe" daemon
	t_wait_for 5 test -e daemon
	assertEquals '1 0' "$(t_field direct itimer.0) $(t_field daemon itimer.0)"
}

testTheTableIsNoLongerThanItMustBe() {
	t_both "$T_PROGRAMS/probe" seen || return
	for key in pid pgid sid fd.1 map.lib; do
		grep -qx "$key" different || fail "$key does not differ"
	done
	assertTrue true
}

testALockAddsADescriptorAndAMapping() {
	t_plain -- "$T_PROGRAMS/probe" direct
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" daemon
	t_assert_rc 0
	t_wait_for 5 test -e daemon
	sed -e "/^argv\.1=/d; /^cmdline=/d" direct >direct.args
	lock=$(sed -n "s|^fd\.\([0-9]*\)=$WORK/d.pid$|\1|p" daemon)
	sed -e "/^argv\.1=/d; /^cmdline=/d; /^fds=/d; /^fd\.${lock}[.=]/d" \
		-e "\|^map\.[0-9]*=$WORK/d.pid|d" daemon >daemon.args
	sed -i '/^fds=/d' direct.args
	t_compare direct.args daemon.args
	assertEquals '3 4' "$(t_field direct fds) $(t_field daemon fds)"
}

# --- from inside interpreters ----------------------------------------------------------------

# They execute the probe themselves, so that what they made of the environment,
# signals and descriptors shows.

testBash() { t_need bash && t_both bash -c "exec '$T_PROGRAMS/probe' seen"; }
testDash() { t_need dash && t_both dash -c "exec '$T_PROGRAMS/probe' seen"; }

testBashAsAParent() { t_need bash && t_both bash -c "'$T_PROGRAMS/probe' seen; :"; }

testAScript() {
	printf '#!/bin/sh\n"%s" seen; :\n' "$T_PROGRAMS/probe" >script
	chmod 755 script
	t_both ./script a b
}

testPython() {
	t_need "$T_PYTHON" && t_both "$T_PYTHON" -c 'import os, sys
os.execv(sys.argv[1], [sys.argv[1], "seen"])' "$T_PROGRAMS/probe"
}

testPerl() { t_need perl && t_both perl -e 'exec @ARGV' "$T_PROGRAMS/probe" seen; }

testNode() {
	t_need "$T_NODE" || return 0
	t_both "$T_NODE" -e 'require("child_process").spawnSync(process.argv[1], ["seen"],
		{ stdio: "inherit" })' "$T_PROGRAMS/probe"
}

# Static, so that it takes the launcher: which does it all, and leaves no map.
testBusybox() {
	t_need busybox || return 0
	t_plain -- busybox sh -c "'$T_PROGRAMS/probe' seen; :"
	t_wait_for 5 test -e seen && mv seen direct
	t_dstart -r main busybox sh -c "'$T_PROGRAMS/probe' seen; :"
	t_assert_rc 0
	t_wait_for 5 test -e seen && mv seen daemon
	t_compare
}

# Without cgo its runtime is its own libc, and reads the environment itself.
testGo() {
	t_need go || return 0
	cat >main.go <<-'END'
		package main

		import ("os"; "syscall")

		func main() {
			syscall.Exec(os.Args[1], []string{os.Args[1], "seen"}, os.Environ())
		}
	END
	CGO_ENABLED=0 GOFLAGS=-mod=mod GOCACHE="$SHUNIT_TMPDIR/go" HOME="$WORK" \
		timeout 120 nice go build -buildmode=pie -o gopie main.go 2>go.err || {
		t_skip "go cannot build: $(head -n 1 go.err)"
		return 0
	}
	t_both ./gopie "$T_PROGRAMS/probe"
}

# --- with other libraries ---------------------------------------------------------------------

# t_preloaded LIBRARY COMMAND...: as t_both, with the library in both.
t_preloaded() {
	t_other=$1
	shift
	t_plain "LD_PRELOAD=$t_other" -- "$@"
	t_assert_rc 0
	t_wait_for 5 test -e seen && mv seen direct
	t_plain DAEMONIZE_READY=main "LD_PRELOAD=$t_other:$T_LIB" -- "$@"
	t_assert_rc 0 && t_assert_silent
	t_wait_for 5 test -e seen && mv seen daemon
	t_compare
	t_assert_has daemon "$t_other"
}

testJemalloc() {
	jemalloc=$(ldconfig -p 2>/dev/null | sed -n 's/.*libjemalloc.*=> //p' | head -n 1)
	[ -e "$jemalloc" ] || { t_skip 'needs libjemalloc2'; return 0; }
	t_preloaded "$jemalloc" "$T_PROGRAMS/probe" seen
}

testALibraryOfTheUsers() {
	t_need cc || return 0
	cat >own.c <<-'END'
		#include <stdlib.h>
		__attribute__((constructor)) static void began(void) { setenv("OWN", "was here", 1); }
	END
	cc -shared -fPIC -o own.so own.c || return
	t_preloaded "$WORK/own.so" "$T_PROGRAMS/probe" seen
	t_assert_has daemon '=OWN=was here'
}

testASanitizer() {
	t_need cc || return 0
	asan=$(cc -print-file-name=libasan.so)
	case $asan in /*) ;; *) t_skip 'needs libasan'; return 0 ;; esac
	asan=$(readlink -f "$asan")
	echo 'int main(int c, char **v) { extern int execv(); (void)c; return execv(v[1], v + 1); }' |
		cc -w -std=gnu89 -fsanitize=address -x c -o sanitized - 2>cc.err ||
		{ t_skip "cannot build: $(head -n 1 cc.err)"; return 0; }
	t_preloaded "$asan" ./sanitized "$T_PROGRAMS/probe" seen
}

# --- seen from outside: the interpreter's own image -----------------------------------------

# t_outside PID FILE: what /proc shows of it, without what must differ.
t_outside() {
	{
		for name in environ cmdline comm cgroup oom_score_adj limits; do
			echo "$name: $(tr '\0' '\n' <"/proc/$1/$name")"
		done
		for name in exe cwd root; do
			echo "$name: $(readlink "/proc/$1/$name")"
		done
		grep -E '^(Name|Umask|[UG]id|Groups|Seccomp|NoNewPrivs|Cap|Threads|THP|Cpus_allowed)' \
			"/proc/$1/status"
		grep -E '^Sig(Blk|Ign|Cgt)' "/proc/$1/status"
		echo "children: $(cat "/proc/$1/task/$1/children")"
		echo "nice: $(t_stat "$1" 19)"
	} >"$2"
}

# t_staying COMMAND...: which creates the file up and stays.
t_staying() {
	rm -f up
	(
		# shellcheck disable=SC2086 # a prefix of words
		exec $T_WRAP env _=bash_sets_it "$@" </dev/null >/dev/null 2>&1
	) &
	direct=$!
	t_track "$direct"
	t_wait_for 10 test -e up
	t_outside "$direct" direct
	rm -f up
	t_spawn DAEMONIZE_PIDFILE=d.pid _=bash_sets_it -- "$@"
	t_assert_started d.pid || return 1
	t_wait_for 10 test -e up
	t_outside "$pid" daemon
	t_assert_same direct daemon
}

testBashItself() {
	t_need bash && mkfifo wait
	t_staying bash -c 'echo >up; read -r _ <wait'
}

testDashItself() {
	t_need dash && mkfifo wait
	t_staying dash -c 'echo >up; read -r _ <wait'
}

testPythonItself() {
	t_need "$T_PYTHON" || return 0
	t_staying "$T_PYTHON" -c 'import signal; open("up", "w").close(); signal.pause()'
}

testPerlItself() {
	t_need perl || return 0
	t_staying perl -e 'open(F, ">up"); close(F); sleep 1000'
}

testNodeItself() {
	t_need "$T_NODE" || return 0
	t_staying "$T_NODE" -e 'require("fs").writeFileSync("up", ""); setInterval(() => 0, 1e6)'
}

. "${SHUNIT2:-shunit2}"
