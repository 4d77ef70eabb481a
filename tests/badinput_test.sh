#!/bin/sh
# SPDX-License-Identifier: MIT
# Bad input: each variable with each kind of bad value, names that are none,
# and as much of everything as the kernel takes. Always: a status that says
# what it is, a message that names the variable, and nothing left behind.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
# A value is good if the program is started, though it ends at once.
setUp() { t_begin && T_READY=main || return 1; }
tearDown() { t_end; }

LONG=$(printf '%05000d' 0 | tr 0 x)
BYTES=$(printf 'a\377\376b')
LINES=$(printf 'a\nb')
CONTROL=$(printf 'a\033[31mb')

# A variable, and the status for an empty, an overlong, a non-UTF-8, a
# newline-bearing and a wrong value, which comes last. 0: is allowed, for a
# path is made of bytes.
t_table() {
	cat <<-'END'
		DAEMONIZE                 78 78 78 78 78 yes
		DAEMONIZE_NAME            78 78 78 78 78 a/b
		DAEMONIZE_PIDFILE         78 78  0 78 73 /no/such/directory/d.pid
		DAEMONIZE_PIDFILE_MODE    78 78 78 78 78 0888
		DAEMONIZE_LOGFILE         78 78  0 78 73 /no/such/directory/d.log
		DAEMONIZE_STDOUT          78 78  0 78 78 |
		DAEMONIZE_STDERR          78 78  0 78 73 /dev
		DAEMONIZE_STDIN           78 78 73 78 73 /no/such/file
		DAEMONIZE_LOGFILE_MODE    78 78 78 78 78 10000
		DAEMONIZE_WORKDIR         78 78 77 78 77 /dev/null
		DAEMONIZE_CHROOT          78 78 77 78 77 /dev/null
		DAEMONIZE_UMASK           78 78 78 78 78 1000
		DAEMONIZE_USER            78 67 67 78 67 no-such-user
		DAEMONIZE_GROUPS           - 67 67 67 67 no-such-group
		DAEMONIZE_CLEARENV        78 78 78 78 78 2
		DAEMONIZE_ENVFILE         78 78 78 78 78 /no/such/file
		DAEMONIZE_ARGV0           78  0  0 78  - -
		DAEMONIZE_KEEP_FDS        78 78 78 78 78 1
		DAEMONIZE_READY           78 78 78 78 78 soon
		DAEMONIZE_FORKS           78 78 78 78 78 2
		DAEMONIZE_TIMEOUT         78 78 78 78 78 -1
		DAEMONIZE_LINEBUF         78 78 78 78 78 on
		DAEMONIZE_REOPEN          78 78 78 78 78 KILL
		DAEMONIZE_FOREGROUND      78 78 78 78 78 2
		DAEMONIZE_VERBOSE         78 78 78 78 78 11
	END
}

# t_try NAME VALUE STATUS: says what is wrong, if anything is.
t_try() {
	t_spawn "$1=$2" -- "$T_PROGRAMS/probe"
	[ "$rc" -eq "$3" ] || fail "$1='$2': status $rc, expected $3: $(cat err)"
	case $rc in
	0) [ ! -s err ] || fail "$1: said something: $(cat err)" ;;
	78)
		[ "$(grep -c "^$T_SAYS: $1: '" err)" -eq 1 ] ||
			[ "$1" = DAEMONIZE_ENVFILE ] || fail "not named: $1: $(cat err)"
		;;
	*) [ "$(grep -c "^$T_SAYS: unable to " err)" -eq 1 ] || fail "$1: $(cat err)" ;;
	esac
	[ "$(LC_ALL=C tr -dc '\001-\011\013-\037\177' <err | wc -c)" -eq 0 ] ||
		fail "$1: control characters are shown"
	[ "$(wc -c <err)" -lt 6000 ] || fail "$1: a message of $(wc -c <err) bytes"
	left=$(find . -type f ! -name err ! -name out)
	[ "$rc" -eq 0 ] || [ -z "$left" ] || fail "$1: left behind: $left"
	find . -type f -exec rm -f {} +
}

# t_each COLUMN VALUE: for each variable; without VALUE the last column's.
t_each() {
	t_table >"$SHUNIT_TMPDIR/table"
	while read -r name e1 e2 e3 e4 e5 wrong <&4; do
		case $1 in
		1) status=$e1 ;;
		2) status=$e2 ;;
		3) status=$e3 ;;
		4) status=$e4 ;;
		*) status=$e5 ;;
		esac
		[ "$status" = - ] || t_try "$name" "${2-$wrong}" "$status"
	done 4<"$SHUNIT_TMPDIR/table"
	assertTrue true
}

testAnEmptyValue() { t_need_root || return 0; t_each 1 ''; }
testAnOverlongValue() { t_need_root || return 0; t_each 2 "$LONG"; }
testAValueThatIsNotUtf8() { t_need_root || return 0; t_each 3 "$BYTES"; }
testAValueWithANewline() { t_need_root || return 0; t_each 4 "$LINES"; }
testAWrongValue() { t_need_root || return 0; t_each 5; }

testTheTableHasEveryVariable() {
	t_capture "$T_DSTART" -h
	t_table | awk '{ print $1 }' | sed -n 's/^DAEMONIZE_//p' | tr '[:upper:]_' '[:lower:]-' |
		sort >listed
	# dsig's is not the library's
	grep -o -e '--[a-z][a-z0-9-]*' out | sed 's/^--//' |
		grep -vx -e help -e version -e stop -e dry-run -e print-pid -e replace | sort -u >known
	t_assert_same known listed
}

testControlCharactersAreNotShownAsTheyAre() {
	for name in PIDFILE LOGFILE USER ARGV0 NAME READY; do
		t_try "DAEMONIZE_$name" "$CONTROL" 78
	done
	t_try DAEMONIZE_GROUPS "$CONTROL" 67
	assertTrue true
}

testTheMessageShowsTheValueAndWhatIsAllowed() {
	t_spawn DAEMONIZE_UMASK=9 -- "$T_PROGRAMS/probe"
	t_assert_rc 78
	assertEquals "$T_SAYS: DAEMONIZE_UMASK: '9': an octal mask, 0 to 0777" "$(cat err)"
}

testAllErrorsAreShown() {
	t_spawn DAEMONIZE_UMASK=9 DAEMONIZE_READY=soon DAEMONIZE_NAME=/ DAEMONIZE_PIDFLE=x \
		DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe"
	t_assert_rc 78
	assertEquals 4 "$(grep -c "^$T_SAYS: DAEMONIZE_" err)"
	t_assert_absent d.pid
}

testAGoodOneDoesNotSaveABadOne() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log DAEMONIZE_TIMEOUT=0 -- \
		"$T_PROGRAMS/probe"
	t_assert_rc 78
	t_assert_absent d.pid d.log
}

testAPathThatGetsTooLongBehindTheDirectory() {
	deep=$(printf '%0200d' 0)
	mkdir "$deep"
	cd "$deep" || return
	path=$(printf '%04080d' 0 | sed 's|0000000000|000000000/|g')
	t_spawn DAEMONIZE_PIDFILE="${path}x" -- "$T_PROGRAMS/probe"
	cd "$WORK" || return
	t_assert_rc 78 && t_assert_err 'DAEMONIZE_PIDFILE: '
}

testWithZeroNothingIsLookedAt() {
	t_spawn DAEMONIZE=0 DAEMONIZE_UMASK=9 DAEMONIZE_NONSENSE=1 -- /bin/echo as ever
	t_assert_rc 0
	assertEquals 'as ever' "$(cat out)"
}

testDsigsVariablesAreCheckedAndAskForNothing() {
	T_READY=
	for t_case in COMMANDS=foo COMMANDS=a=NOPE 'COMMANDS=a=USR1 b' COMMANDS=a=USR1/5 STOP= STOP=NOPE \
		STOP=TERM/5/ STOP=TERM//KILL STOP=TERM/x STOP=1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1; do
		t_spawn "DAEMONIZE_$t_case" -- /bin/echo as ever
		t_assert_rc 0 && assertEquals 'as ever' "$(cat out)"
		t_spawn DAEMONIZE=1 "DAEMONIZE_$t_case" -- "$T_PROGRAMS/probe" ran
		t_assert_rc 78 && t_assert_err "DAEMONIZE_${t_case%%=*}: '${t_case#*=}'" && t_assert_absent ran
		t_capture env "DAEMONIZE_$t_case" "$T_DSTART" "$T_PROGRAMS/probe" ran
		t_assert_rc 78 && t_assert_absent ran
	done
	t_spawn DAEMONIZE_COMMANDS='a=USR1	b=hup ' DAEMONIZE_STOP=-quit/0.5/9/1 DAEMONIZE_READY=main -- \
		"$T_PROGRAMS/probe"
	t_assert_rc 0
}

# --- names ---------------------------------------------------------------------------------

# t_meant NAME NEAREST
t_meant() {
	t_spawn "$1=x" -- "$T_PROGRAMS/probe"
	t_assert_rc 78 && t_assert_err "$1: unknown, did you mean $2?"
}

testAnUnknownNameIsNamedWithTheNearestKnown() {
	t_meant DAEMONIZE_PIDFLE DAEMONIZE_PIDFILE
	t_meant DAEMONIZE_PID_FILE DAEMONIZE_PIDFILE
	t_meant DAEMONIZE_LOG DAEMONIZE_LOGFILE
	t_meant DAEMONIZE_WORK_DIR DAEMONIZE_WORKDIR
	t_meant DAEMONIZE_USR DAEMONIZE_USER
	t_meant DAEMONIZE_pidfile DAEMONIZE_PIDFILE
	t_meant DAEMONIZE_PIDFILES DAEMONIZE_PIDFILE
	t_meant DAEMONIZE_SDTOUT DAEMONIZE_STDOUT
}

testANameThatResemblesNothingIsNotGuessed() {
	for t_name in QQQQQQQQ UID X; do
		t_spawn "DAEMONIZE_$t_name=x" -- "$T_PROGRAMS/probe"
		t_assert_rc 78 && t_assert_err "DAEMONIZE_$t_name: unknown" && t_assert_lacks err 'did you mean'
	done
}

testAnAliveTimeThatIsTooLongIsShownWithTheTimeout() {
	t_spawn DAEMONIZE_TIMEOUT=5.25 DAEMONIZE_READY=alive=6 -- "$T_PROGRAMS/probe"
	t_assert_rc 78 && t_assert_err "DAEMONIZE_READY: 'alive=6': less than DAEMONIZE_TIMEOUT (5.25)"
}

testANameWithoutAnyNearOne() {
	t_spawn DAEMONIZE_="x" -- "$T_PROGRAMS/probe"
	t_assert_rc 78 && t_assert_err 'DAEMONIZE_: unknown'
	t_spawn "DAEMONIZE_$LONG=x" -- "$T_PROGRAMS/probe"
	t_assert_rc 78 && t_assert_err ': unknown'
	assertTrue 'bounded' "[ $(wc -c <err) -lt 500 ]"
}

testAnUnknownNameIsNotShownWithRawBytes() {
	t_spawn "DAEMONIZE_$CONTROL=x" -- "$T_PROGRAMS/probe"
	t_assert_rc 78
	assertEquals 0 "$(LC_ALL=C tr -d '\040-\176\n' <err | wc -c)"
}

testAnUnknownNameIsAnErrorThatStopsEverything() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_TYPO=1 -- "$T_PROGRAMS/probe" got
	t_assert_rc 78
	t_assert_absent d.pid got
}

# --- the kernel's limits -------------------------------------------------------------------------

# fill.py env|argv COMMAND...: the command with as many bytes as just go; the
# last try that the kernel takes replaces this process.
t_fill() {
	t_need "$T_PYTHON" || return 1
	cat >fill.py <<-'END'
		import errno, os, resource, sys
		resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, 8 << 20))
		where, command = sys.argv[1], sys.argv[2:]
		env = {k: os.environ[k] for k in ("PATH", "T_TEST", "T_RUN")}
		while "=" in command[0]:
		    key, env[key] = command[0].split("=", 1)[0], command.pop(0).split("=", 1)[1]
		def attempt(path, room):
		    more = ["x" * 100000] * 20 + ["y" * room]
		    try:
		        if where == "argv": os.execve(path, command + more, env)
		        os.execve(path, command, {**{"V%02d" % i: v for i, v in enumerate(more)}, **env})
		    except OSError as e: return e.errno != errno.E2BIG
		# Of the same length, and no program: it shows whether it would fit.
		dud = "." + "/" * (len(command[0]) - 4) + "dud"
		with open("dud", "w") as f: f.write("#")
		os.chmod("dud", 0o755)
		low, high = 0, 120000
		while high - low > 1:
		    middle = (low + high) // 2
		    low, high = (middle, high) if attempt(dud, middle) else (low, middle)
		attempt(command[0], low)
		sys.exit("did not fit: %d" % low)
	END
}

# What the copy has more than the launcher had, its mark, does not fit any more.
testAnEnvironmentAtTheKernelsLimitIsReported() {
	t_fill || return 0
	t_capture timeout 30 "$T_PYTHON" fill.py env DAEMONIZE=1 LD_PRELOAD="$T_LIB" \
		"$T_PROGRAMS/probe" got
	t_assert_rc 71 && t_assert_err 'Argument list too long'
	t_assert_absent got
}

testAnArgvAtTheKernelsLimitIsReported() {
	t_fill || return 0
	t_capture timeout 30 "$T_PYTHON" fill.py argv DAEMONIZE=1 LD_PRELOAD="$T_LIB" \
		"$T_PROGRAMS/probe" got
	t_assert_rc 71 && t_assert_err 'Argument list too long'
	t_assert_absent got
}

testNothingIsLeftOfWhatDidNotFit() {
	t_fill || return 0
	echo "X=$(printf '%0100000d' 0)" >my.env
	t_capture timeout 30 "$T_PYTHON" fill.py env DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log \
		DAEMONIZE_ENVFILE=my.env LD_PRELOAD="$T_LIB" "$T_PROGRAMS/probe" got
	t_assert_rc 71 && t_assert_err 'Argument list too long'
	t_assert_absent d.pid d.log got
}

# A string of its own may have 128 KiB.
testAVariableAtTheKernelsLimit() {
	t_need "$T_PYTHON" || return 0
	echo "X=$(printf '%0131069d' 0)" >my.env
	t_spawn DAEMONIZE_ENVFILE=my.env DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay got
	t_assert_started d.pid || return
	assertEquals 131069 "$(tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^X=//p' | tr -d '\n' |
		wc -c)"
	echo "X=$(printf '%0131070d' 0)" >my.env
	t_spawn DAEMONIZE_ENVFILE=my.env DAEMONIZE_PIDFILE=2.pid -- "$T_PROGRAMS/probe" got
	t_assert_rc 71 && t_assert_err 'Argument list too long'
	t_assert_absent 2.pid
}

testALargeArgvArrivesWhole() {
	# shellcheck disable=SC2046 # words
	t_capture timeout 20 env DAEMONIZE_PIDFILE=d.pid LD_PRELOAD="$T_LIB" "$T_PROGRAMS/probe" \
		--stay got $(seq 100000 150000)
	t_assert_started d.pid || return
	assertEquals 50004 "$(tr '\0' '\n' <"/proc/$pid/cmdline" | wc -l)"
	assertEquals 150000 "$(tr '\0' '\n' <"/proc/$pid/cmdline" | tail -n 1)"
}

testEmptyArgumentsArrive() {
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" --stay got '' a '' ''
	t_assert_started d.pid || return
	t_wait_for 5 test -e got
	assertEquals '<><a><><>' "<$(t_field got argv.3)><$(t_field got argv.4)><$(
		t_field got argv.5)><$(t_field got argv.6)>"
}

# t_many COUNT: starts /bin/true with so many variables; milliseconds in $took.
t_many() {
	cat >many.py <<-'END'
		import os, subprocess, sys, time
		env = {k: os.environ[k] for k in ("PATH", "T_TEST", "T_RUN")}
		env.update({"VARIABLE_%d" % i: "value" for i in range(int(sys.argv[1]))})
		env.update(DAEMONIZE_READY="main", LD_PRELOAD=sys.argv[2])
		began = time.monotonic()
		rc = subprocess.call(["/bin/true"], env=env)
		print(int((time.monotonic() - began) * 1000))
		sys.exit(rc)
	END
	t_capture timeout 60 "$T_PYTHON" many.py "$1" "$T_LIB"
	took=$(cat out)
	echo "$1 variables: $took ms"
}

# 18 ms on the machine where this was written, half of which without us.
testThousandsOfVariablesTakeNoTime() {
	t_need "$T_PYTHON" || return 0
	t_many 5000
	t_assert_rc 0
	assertTrue "$took ms" "[ $took -lt 1000 ]"
}

testTwentyThousandVariablesTakeLittle() {
	t_need "$T_PYTHON" || return 0
	t_many 20000
	t_assert_rc 0
	assertTrue "$took ms" "[ $took -lt 3000 ]"
}

testThousandsOfVariablesAllArrive() {
	t_need "$T_PYTHON" || return 0
	seq 1 5000 | sed 's/.*/NAME_&=value/' >my.env
	t_spawn DAEMONIZE_ENVFILE=my.env DAEMONIZE_CLEARENV=1 DAEMONIZE_PIDFILE=d.pid -- \
		"$T_PROGRAMS/probe" --stay got
	t_assert_started d.pid || return
	assertEquals 5000 "$(tr '\0' '\n' <"/proc/$pid/environ" | grep -c '=value$')"
}

# --- marks -------------------------------------------------------------------------------------

testAForgedMarkIsAnError() {
	for mark in '' 0 0.0 1.2 3.00000000000000000000000000000000 -1.x 99999999999 x "$LONG" "$BYTES"; do
		t_spawn _DAEMONIZE_MARK="$mark" -- "$T_PROGRAMS/probe" got
		t_assert_rc 78 || return
		t_assert_err _DAEMONIZE_MARK
	done
	t_assert_absent got
}

. "${SHUNIT2:-shunit2}"
