#!/bin/sh
# SPDX-License-Identifier: MIT
# What the daemon gets: all as if started directly, but for what makes it a
# daemon, and no trace of us.
# shellcheck disable=SC2154,SC2016 # rc, pid: set by lib.sh; $1 is for inner shells
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() {
	t_once || return 1
	t_write_observer >"$SHUNIT_TMPDIR/observe.py"
}
# Most of these programs end as soon as they have said what they see.
setUp() {
	t_begin || return 1
	T_BY_DSTART=
	T_READY=main
}
tearDown() { t_end; }

# --- helpers: two reports of programs/probe ---------------------------------

# A report without what makes a daemon, what only names a process, and what
# the kernel counts; and without the zeros where our variables were.
t_comparable() {
	sed -E 's/^(environ=.*[^0])(\\x00)+$/\1/
		/^(pid|ppid|pgid|sid|tty|fds|fd\.[^=]*|map\.[^=]*)=/d
		/^status\.(Pid|SigIgn|Tgid|PPid|NSpid|NStgid|NSpgid|NSsid|FDSize|SigQ)=/d
		/^status\.(x86_Thread_features)=/d
		/^status\.(HugetlbPages|CoreDumping|THP_enabled|untag_mask)=/d' "$1" | sort
}

# t_as_direct COMMAND...: it reports to the file info, started both ways.
t_as_direct() {
	t_plain -- "$@"
	t_assert_rc 0 || return
	t_comparable info >direct
	rm info
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$@"
	t_assert_rc 0 || return
	assertTrue "no report: $(cat d.log)" 't_wait_for 5 test -s info'
	t_comparable info >daemon
	t_assert_same direct daemon
}

# t_report [VAR=VALUE]... -- [ARG]...: a daemon that stays, with its report in info.
t_report() {
	t_spawn DAEMONIZE_PIDFILE=d.pid "$@"
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	assertEquals "$pid" "$(t_field info pid)"
}

# --- helpers: a look from outside -------------------------------------------

# For programs that cannot report: exe, comm, argv, AT_EXECFN, environment,
# working directory, limits of a process, from /proc.
t_write_observer() {
	cat <<-'END'
		import os, struct, sys
		base = "/proc/" + sys.argv[1] + "/"
		def content(name):
		    with open(base + name, "rb") as f:
		        return f.read()
		word = struct.calcsize("P")
		auxv = content("auxv")
		pairs = dict(struct.iter_unpack("PP", auxv[:len(auxv) // (2 * word) * 2 * word]))
		with open(base + "mem", "rb", 0) as memory:
		    memory.seek(pairs[31])
		    execfn = memory.read(1)
		    while not execfn.endswith(b"\0"):
		        execfn += memory.read(1)
		print("exe", os.readlink(base + "exe"))
		print("comm", content("comm"))
		print("cmdline", content("cmdline"))
		print("execfn", execfn)
		# what the shell of this test says of itself differs
		print("environ", [v for v in sorted(content("environ").rstrip(b"\0").split(b"\0"))
		                  if not v.startswith((b"_=", b"SHLVL="))])
		print("cwd", os.readlink(base + "cwd"))
		print("limits", content("limits"))
	END
}

# t_observe PID [LINE]...: without these lines.
t_observe() {
	t_pid=$1
	shift
	"$T_PYTHON" -I "$SHUNIT_TMPDIR/observe.py" "$t_pid" 2>/dev/null |
		grep -vE "^(${1:-none}|${2:-none}) "
}

t_looks_direct() {
	t_observe "$direct_pid" "$@" >direct
	t_observe "$pid" "$@" >daemon
	[ -s direct ] && cmp -s direct daemon
}

# t_looks [but LINE]... COMMAND...: a program that stays, started both ways,
# looks the same from outside. T_BY_DSTART=1: it may be static.
t_looks() {
	but=
	[ "$1" != but ] || { but=$2; shift 2; }
	t_need "$T_PYTHON" || return 0
	# shellcheck disable=SC2086 # a prefix of words
	$T_WRAP env "$@" </dev/null >/dev/null 2>direct.err &
	direct_pid=$!
	t_track "$direct_pid"
	rm -f d.pid
	if [ -n "$T_BY_DSTART" ]; then
		t_dstart --pidfile d.pid --logfile d.log -- "$@"
	else
		t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log -- "$@"
	fi
	t_assert_started d.pid || { cat d.log; return 1; }
	t_wait_for 5 t_looks_direct "$but"
	t_assert_same direct daemon
	assertTrue 'the direct one ran' '[ -s direct ]'
	t_kill "$direct_pid" "$pid"
}

# --- a daemon ---------------------------------------------------------------

testItHasASessionOfItsOwnAndDoesNotLeadIt() {
	t_report -- "$T_PROGRAMS/probe" --stay info || return
	assertNotEquals "$(t_stat $$ 6)" "$(t_field info sid)"
	assertNotEquals "$pid" "$(t_field info sid)"
	assertEquals "$(t_field info sid)" "$(t_field info pgid)"
	assertTrue 'the leader is gone' "t_gone $(t_field info sid)"
}

testItsParentIsThatOfAnyOrphan() {
	sh -c '"$1" --stay orphan >/dev/null 2>&1 </dev/null &' sh "$T_PROGRAMS/probe"
	t_wait_for 5 test -s orphan
	t_track "$(t_field orphan pid)"
	for round in 1 2 3 4 5; do
		t_report "ROUND=$round" -- "$T_PROGRAMS/probe" --stay info || return
		# as main sees it, not only later
		assertEquals "$(t_stat "$(t_field orphan pid)" 4)" "$(t_field info ppid)"
		t_kill "$pid"
		rm info
	done
}

testItHasNoTerminal() {
	t_need script || return 0
	cat >tty.sh <<-END
		env DAEMONIZE_PIDFILE=d.pid $T_LAUNCH "$T_PROGRAMS/probe" --stay info
		echo "status \$?" >status
		"$T_PROGRAMS/probe" here
	END
	t_capture timeout 20 script -qec 'sh tty.sh' /dev/null
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	assertEquals 'status 0' "$(cat status)"
	assertNotEquals 'the caller has one' '(null)' "$(t_field here tty)"
	assertEquals '(null)' "$(t_field info tty)"
	assertTrue 'it survives the terminal' "t_alive $pid"
}

# Opening a terminal must not make it the controlling one: it leads no session.
testItCannotGetATerminalByAccident() {
	t_report -- "$T_PROGRAMS/probe" --stay info || return
	assertEquals 0 "$(t_stat "$pid" 7)"
	assertNotEquals "$pid" "$(t_stat "$pid" 6)"
}

testItHasThreeDescriptorsAndNoOther() {
	t_spawn DAEMONIZE=1 -- "$T_PROGRAMS/probe" --stay info
	t_wait_for 5 test -s info
	t_track "$(t_field info pid)"
	assertEquals 3 "$(t_field info fds)"
	for fd in 0 1 2; do
		assertEquals /dev/null "$(t_field info fd.$fd)"
		assertEquals 0 "$(t_field info fd.$fd.cloexec)"
	done
}

testTheLockHasAHighNumber() {
	t_report -- "$T_PROGRAMS/probe" --stay info || return
	assertEquals 4 "$(t_field info fds)"
	fd=$(sed -n 's/^fd\.\([0-9]*\)=.*d\.pid$/\1/p' info)
	assertTrue "number $fd" "[ ${fd:-0} -ge 100 ]"
	assertEquals 0 "$(t_field info "fd.$fd.cloexec")"
}

testItCanReadAndWriteItsNullDescriptors() {
	cat >rw.sh <<-'END'
		read -r line; echo "$? $line" >got
		echo text && echo text >&2 && echo written >>got
		exec "$1" --stay info
	END
	t_report -- sh rw.sh "$T_PROGRAMS/probe" || return
	assertEquals '1 
written' "$(cat got)"
}

testOutputGoesToTheLogInOrder() {
	t_report DAEMONIZE_LOGFILE=d.log -- sh -c 'for i in 1 2 3; do echo out $i; echo err $i >&2
		done; exec "$1" --stay info' sh "$T_PROGRAMS/probe" || return
	assertEquals 'out 1
err 1
out 2
err 2
out 3
err 3' "$(cat d.log)"
	assertEquals 02001 "0$(t_field info fd.1.flags | sed 's/^0*//; s/^.*\(....\)$/\1/')"
}

testStreamsCanBeApart() {
	t_report DAEMONIZE_STDOUT=o.log DAEMONIZE_STDERR=e.log -- \
		sh -c 'echo out; echo err >&2; exec "$1" --stay info' sh \
		"$T_PROGRAMS/probe" || return
	assertEquals 'out err' "$(cat o.log) $(cat e.log)"
}

testALogIsAppendedTo() {
	echo before >d.log
	chmod 600 d.log
	t_report DAEMONIZE_LOGFILE=d.log -- sh -c 'echo after; exec "$1" --stay info' sh \
		"$T_PROGRAMS/probe" || return
	assertEquals 'before after 600' "$(xargs <d.log) $(stat -c %a d.log)"
}

testSignalsAreAtTheirDefaults() {
	env --block-signal true 2>/dev/null || { t_skip 'needs env --block-signal'; return 0; }
	T_WRAP='env --block-signal --ignore-signal'
	t_report -- "$T_PROGRAMS/probe" --stay info || return
	for set in SigBlk SigIgn SigCgt; do
		assertEquals "$set" 0000000000000000 "$(t_field info "status.$set")"
	done
}

testThereIsOneThreadAndNoChild() {
	t_report -- "$T_PROGRAMS/probe" --stay info || return
	assertEquals 1 "$(t_field info status.Threads)"
	assertEquals '' "$(cat "/proc/$pid/task/$pid/children")"
}

# --- as if started directly -------------------------------------------------

testAllElseIsAsIfStartedDirectly() {
	t_as_direct "$T_PROGRAMS/probe" info
}

testAnyArgumentArrives() {
	t_as_direct "$T_PROGRAMS/probe" info '' ' ' 'a b' -- --stay "a
b" 'ä' '*' "$(printf '\001\377')" ''
}

testManyAndLongArgumentsArrive() {
	# shellcheck disable=SC2046 # numbers
	t_as_direct "$T_PROGRAMS/probe" info $(awk 'BEGIN { for (i = 0; i < 3000; i++) print i }') \
		"$(awk 'BEGIN { for (i = 0; i < 60000; i++) printf "y" }')"
}

testNiceLimitsAndFlagsAreKept() {
	cat >odd <<-'END'
		#!/bin/sh
		umask 0137
		ulimit -n 200; ulimit -c 0; ulimit -s 4096; ulimit -t 1000; ulimit -f 100000
		exec nice -n 3 env -i A=1 B= PATH=/bin "C=x
		y" EMPTY= A.b=c "$@"
	END
	chmod +x odd
	T_WRAP=./odd
	t_as_direct "$T_PROGRAMS/probe" info
	nice=$(($(nice) + 3))
	assertEquals $((nice > 19 ? 19 : nice)) "$(t_field info nice)"
	assertEquals 200:200 "$(t_field info rlimit.nofile)"
}

testKernelFlagsAreKept() {
	t_need setpriv || return 0
	T_WRAP='setpriv --no-new-privs'
	t_as_direct "$T_PROGRAMS/probe" info
	assertEquals 1 "$(t_field info no_new_privs)"
}

testItCanRunOnOneProcessorOnly() {
	t_need taskset || return 0
	T_WRAP='taskset 1'
	t_as_direct "$T_PROGRAMS/probe" info
}

testAnOrdinaryUserIsNotChanged() {
	t_need_user || return 0
	mkdir theirs
	chown "$T_USER" theirs
	cd theirs || return
	T_WRAP=$T_AS_USER
	t_as_direct "$T_PROGRAMS/probe" info
	cd ..
}

testVariantsOfTheSameProgram() {
	for variant in probe-nopie probe-musl; do
		[ -x "$T_PROGRAMS/$variant" ] || { t_skip "needs $variant"; continue; }
		t_as_direct "$T_PROGRAMS/$variant" info 'a b' ''
		t_kill "$(t_pid d.pid)"
		rm -f info
	done
}

# --- which file, which argv -------------------------------------------------

testASymbolicLink() {
	ln -s "$T_PROGRAMS/probe" link
	t_as_direct ./link info
	assertEquals ./link "$(t_field info auxv.execfn)"
	assertEquals link "$(t_field info comm)"
}

testAProgramFoundInThePath() {
	ln -s "$T_PROGRAMS/probe" found-in-path
	PATH=$WORK:$PATH t_as_direct found-in-path info
	assertEquals "$WORK/found-in-path" "$(t_field info auxv.execfn)"
}

testAProgramFoundInARelativePath() {
	mkdir bin elsewhere
	cp "$T_PROGRAMS/probe" bin/relative
	PATH=bin:$PATH t_as_direct relative info
	t_kill "$(t_pid d.pid)"
	# the copy is executed before it changes directory
	PATH=bin:$PATH t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_WORKDIR=elsewhere -- relative info
	t_assert_rc 0
	t_wait_for 5 test -s elsewhere/info
	assertEquals bin/relative "$(t_field elsewhere/info auxv.execfn)"
}

testAnotherNameInArgvZero() {
	t_need bash || return 0
	cat >exec-a <<-'END'
		#!/bin/bash
		exec -a "$NAME" "$@"
	END
	chmod +x exec-a
	for name in other -login '' '/no such/file' "$WORK/exec-a"; do
		export NAME="$name"
		rm -f info
		t_as_direct ./exec-a "$T_PROGRAMS/probe" info
		assertEquals "$name" "$(t_field info argv.0)"
	done
	unset NAME
}

testArgvZeroCanBeReplaced() {
	t_report 'DAEMONIZE_ARGV0=my daemon' -- "$T_PROGRAMS/probe" --stay info || return
	assertEquals 'my daemon' "$(t_field info argv.0)"
	assertEquals probe "$(t_field info comm)"
	assertEquals 'my daemon\x00--stay\x00info\x00' "$(t_field info cmdline)"
}

testADeletedProgram() {
	cp "$T_PROGRAMS/probe" victim
	cat >vanish <<-'END'
		#!/bin/sh
		cp "$VICTIM" gone || exit
		exec 3<gone
		rm gone
		exec /proc/self/fd/3 "$@"
	END
	chmod +x vanish
	VICTIM=$T_PROGRAMS/probe
	export VICTIM
	t_as_direct ./vanish info 1
	unset VICTIM
	assertEquals "$WORK/gone (deleted)" "$(t_field info exe)"
}

testAMemfd() {
	t_need "$T_PYTHON" || return 0
	cat >memfd.py <<-'END'
		import os, sys
		fd = os.memfd_create("hidden")
		with open(sys.argv[1], "rb") as f:
		    os.write(fd, f.read())
		env = dict(os.environ)
		env.update(a.split("=", 1) for a in os.environ.get("LATER", "").split(" ") if a)
		env.pop("LATER", None)
		os.execve(fd, ["named", "info"], env)
	END
	t_plain -- "$T_PYTHON" -I memfd.py "$T_PROGRAMS/probe"
	t_comparable info | grep -v '^auxv.execfn=' >direct
	rm info
	# given to the program in the memfd, not to python
	t_plain "LATER=DAEMONIZE_PIDFILE=d.pid DAEMONIZE_READY=main $T_LAUNCH" -- "$T_PYTHON" -I memfd.py \
		"$T_PROGRAMS/probe"
	t_assert_rc 0 || return
	t_wait_for 5 test -s info
	t_comparable info | grep -v '^auxv.execfn=' >daemon
	t_assert_same direct daemon
	assertEquals '/memfd:hidden (deleted)' "$(t_field info exe)"
}

testAnExplicitLoader() {
	found=
	for pair in /lib64/ld-linux-x86-64.so.2=probe /lib/ld-linux-aarch64.so.1=probe \
		/lib/ld-linux-armhf.so.3=probe /lib/ld-linux.so.2=probe \
		/lib/ld-musl-x86_64.so.1=probe-musl /lib/ld-musl-aarch64.so.1=probe-musl; do
		loader=${pair%=*} program=$T_PROGRAMS/${pair#*=}
		"$loader" "$program" info 2>/dev/null || continue
		found=1
		rm info
		t_as_direct "$loader" "$program" info 'a b'
		t_kill "$(t_pid d.pid)"
		rm -f info
		t_as_direct "$loader" --argv0 named "$program" info
		t_kill "$(t_pid d.pid)"
	done
	assertEquals 1 "$found"
}

testAMultiCallProgram() {
	t_need busybox || return 0
	mkfifo fifo
	ln -s "$(command -v busybox)" cat
	T_BY_DSTART=1
	t_looks busybox cat fifo
	t_looks ./cat fifo
}

# t_script INTERPRETER: a script that stays, and can be ended.
t_script() {
	[ -p fifo ] || mkfifo fifo
	printf '#!%s\nread line <fifo\n' "$1"
}

testScriptsOfShells() {
	for shell in sh dash bash zsh ksh; do
		path=$(command -v "$shell") || continue
		t_script "$path" >"script-of-$shell"
		chmod +x "script-of-$shell"
		t_looks "./script-of-$shell" an 'a b' '' || return
		PATH=$WORK:$PATH t_looks "script-of-$shell" an 'a b' ''
		t_looks "$shell" "script-of-$shell" argument
		t_looks "$shell" -c 'read line <fifo' name argument
	done
}

testAScriptWithAnOption() {
	t_script '/bin/sh -eu' >options
	chmod +x options
	t_looks ./options -e -u
}

testAScriptOfAScript() {
	t_script /bin/sh >inner
	printf '#!%s -x\nnothing here is read\n' "$WORK/inner" >middle
	printf '#!%s/middle\nnor here\n' "$WORK" >outer
	chmod +x inner middle outer
	t_looks ./outer one two
	ln -s outer link
	t_looks ./link one two
}

testAScriptOfEnv() {
	t_script '/usr/bin/env dash' >by-env
	t_script '/usr/bin/env -S dash -u' >by-env-s
	chmod +x by-env by-env-s
	t_need dash || return 0
	t_looks ./by-env an 'a b'
	t_looks ./by-env-s an 'a b'
}

testAPythonScript() {
	t_need "$T_PYTHON" || return 0
	printf '#!%s\nimport signal, sys\nsignal.pause()\n' "$T_PYTHON" >daemon.py
	chmod +x daemon.py
	t_looks ./daemon.py x
	t_looks "$T_PYTHON" -u daemon.py x
	t_looks "$T_PYTHON" -c 'import signal; signal.pause()'
}

# A wrapper becomes the real program: the environment of both is clean.
testAWrapperThatExecutes() {
	printf '#!/bin/sh\nX=1 exec "%s/probe" --stay info\n' "$T_PROGRAMS" >wrapper
	chmod +x wrapper
	t_report -- ./wrapper || return
	assertEquals '' "$(grep -iE '^(env|map)\.[0-9]+=.*daemonize' info)"
	assertEquals 1 "$(t_stat "$pid" 20)"
}

testAGoProgram() {
	t_need go || return 0
	mkdir go
	cat >go/main.go <<-'END'
		package main

		import ("os"; "os/signal"; "strings"; "syscall")

		func main() {
			wait := make(chan os.Signal, 1)
			signal.Notify(wait, syscall.SIGTERM)
			lines := append([]string{strings.Join(os.Args, "|")}, os.Environ()...)
			os.WriteFile("tmp", []byte(strings.Join(lines, "\n")+"\n"), 0644)
			os.Rename("tmp", "info")
			<-wait
		}
	END
	HOME=${HOME:-/root} CGO_ENABLED=0 GOCACHE=$SHUNIT_TMPDIR/go-cache \
		GOFLAGS=-buildvcs=false timeout 100 go build -buildmode=pie -o server go/main.go >go.out 2>&1 ||
		{ t_skip "cannot build: $(cat go.out)"; return 0; }
	t_spawn DAEMONIZE_PIDFILE=d.pid -- ./server a 'b c'
	t_assert_started d.pid || return
	t_wait_for 5 test -s info
	assertEquals './server|a|b c' "$(head -n 1 info)"
	t_assert_lacks info DAEMONIZE
	t_assert_lacks info LD_PRELOAD
	t_kill "$pid"
	t_looks ./server x
}

# --- no trace of us ---------------------------------------------------------

testTheEnvironmentIsClean() {
	t_report DAEMONIZE_LOGFILE=null DAEMONIZE_UMASK=022 DAEMONIZE_VERBOSE=0 -- \
		"$T_PROGRAMS/probe" --stay info || return
	assertEquals '' "$(grep -E '^env.*(DAEMONIZE|LD_PRELOAD|daemonize\.so)' info)"
	assertEquals '' "$(tr '\0' '\n' <"/proc/$pid/environ" |
		grep -E 'DAEMONIZE|LD_PRELOAD|daemonize\.so')"
}

testOtherPreloadsAreKept() {
	t_need musl-gcc cc || return 0
	echo 'int other;' | cc -shared -fPIC -x c -o other.so -
	echo 'int third;' | cc -shared -fPIC -x c -o third.so -
	for list in "$WORK/other.so:$T_LIB" "$T_LIB:$WORK/other.so" "$T_LIB $WORK/other.so"; do
		rm -f info
		t_plain DAEMONIZE_PIDFILE=d.pid "LD_PRELOAD=$list" -- \
			"$T_PROGRAMS/probe" --stay info
		t_assert_started d.pid || return
		t_wait_for 5 test -s info
		assertEquals "LD_PRELOAD=$WORK/other.so" \
			"$(sed -n 's/^env\.[0-9]*=\(LD_PRELOAD=.*\)/\1/p' info)"
		assertTrue 'loaded' "grep -q '^map.*other.so' info"
		t_kill "$pid"
	done
}

# In bash getenv and unsetenv are its own, in zsh the environment moves.
testShellsDoNotPassItOn() {
	for shell in sh dash bash zsh ksh; do
		command -v "$shell" >/dev/null || continue
		rm -f got
		t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=null -- "$shell" -c \
			'env >tmp; (export; set) >>tmp; mv tmp got; read line <fifo'
		mkfifo fifo 2>/dev/null
		assertTrue "$shell" 't_wait_for 5 test -s got'
		assertEquals "$shell" '' "$(grep -E '^[^ ]*(DAEMONIZE|LD_PRELOAD)' got)"
		t_kill "$(t_pid d.pid)"
	done
}

testInterpretersDoNotPassItOn() {
	t_need "$T_PYTHON" perl || return 0
	t_spawn DAEMONIZE=1 -- "$T_PYTHON" -c 'import os, subprocess
open("a", "w").write(repr(dict(os.environ)) + subprocess.check_output("env").decode())'
	t_spawn DAEMONIZE=1 -- perl -e 'open(F, ">b"); print F %ENV, `env`;'
	assertTrue 'both' 't_wait_for 5 test -s a && t_wait_for 5 test -s b'
	assertEquals '' "$(grep -lE 'DAEMONIZE|LD_PRELOAD' a b)"
}

# Programs that write their title use the space of argv and the environment in
# one piece: ours stood behind it.
testTheSpaceForATitleIsWhole() {
	t_as_direct "$T_PROGRAMS/probe" info || return
	assertEquals "$(sed -n 's/^environ=//p' direct)" \
		"$(sed -n 's/^environ=//p' info | cut -c "1-$(sed -n 's/^environ=//p' direct |
			awk '{ print length($0) }')")"
}

testADaemonCanStartADaemon() {
	t_report -- sh -c 'env DAEMONIZE_READY=main DAEMONIZE_PIDFILE=inner.pid "$1" "$2" --stay inner
		echo $? >inner.rc; exec "$2" --stay info' sh "$T_LAUNCH" \
		"$T_PROGRAMS/probe" || return
	assertEquals 0 "$(cat inner.rc)"
	inner=$(t_pid inner.pid)
	assertTrue 'it lives' "t_alive ${inner:-0}"
	assertNotEquals "$pid" "$inner"
	t_wait_for 5 test -s inner
	t_wait_for 5 test -s info
	assertEquals "$(t_field info ppid)" "$(t_field inner ppid)"
}

# shellcheck disable=SC1090
. "${SHUNIT2:-shunit2}"
