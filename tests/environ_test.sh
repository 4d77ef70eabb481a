#!/bin/sh
# SPDX-License-Identifier: MIT
# The daemon's environment and argv[0]: CLEARENV, ENVFILE, ARGV0, other entries
# of LD_PRELOAD, duplicates, and what it keeps and loses of ours.
# shellcheck disable=SC2154,SC2016 # rc, pid: set by lib.sh; nobody is to expand $
# modes: preload dstart static
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# t_env KEY: each value that the probe saw, escaped.
t_env() { sed -n "s/^env\.[0-9]*=$1=//p" got; }
t_all() { sed -n 's/^env\.[0-9]*=//p' got; }

# t_envfile CONTENT: as printf has it; then what the daemon gets of it, and of
# nothing else.
t_envfile() {
	# shellcheck disable=SC2059 # is a format
	printf "$1" >my.env
	rm -f got d.pid
	t_probe DAEMONIZE_CLEARENV=1 DAEMONIZE_ENVFILE=my.env || return 1
	t_kill "$pid"
}

# t_refused LINE TEXT CONTENT: status 78, which names file and line.
t_refused() {
	# shellcheck disable=SC2059 # is a format
	printf "$3" >my.env
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_ENVFILE=my.env -- "$T_PROGRAMS/probe" got
	t_assert_rc 78 && t_assert_err "environment file $WORK/my.env: line $1: $2"
	t_assert_absent d.pid got
}

# --- ours goes ---------------------------------------------------------------------

testNothingOfOursIsLeft() {
	t_probe DAEMONIZE_UMASK=022 DAEMONIZE_COMMANDS=a=USR1 DAEMONIZE=1 || return
	t_all >all
	t_assert_lacks all DAEMONIZE
	t_assert_lacks all LD_PRELOAD
	t_assert_lacks all libdaemonize
}

testNothingOfOursIsLeftInTheMemoryThatTheKernelShows() {
	t_probe DAEMONIZE_LOGFILE=d.log || return
	tr '\0' '\n' <"/proc/$pid/environ" >environ
	t_assert_lacks environ DAEMONIZE
	t_assert_lacks environ LD_PRELOAD
	t_assert_lacks environ libdaemonize
}

testTheRestIsAsItWasAndInItsOrder() {
	t_plain A=1 Z=26 EMPTY= 'SPACES= a  b ' "UNICODE=$(printf '\303\244')" \
		"BYTES=$(printf '\377\376')" "LINES=$(printf 'a\nb')" -- "$T_PROGRAMS/probe" plain
	sed -n 's/^env\.[0-9]*=//p' plain >expected
	t_probe A=1 Z=26 EMPTY= 'SPACES= a  b ' "UNICODE=$(printf '\303\244')" \
		"BYTES=$(printf '\377\376')" "LINES=$(printf 'a\nb')" || return
	t_all >actual
	t_assert_same expected actual
}

testNamesThatOnlyBeginLikeOursAreNotOurs() {
	t_probe DAEMONIZED=1 DAEMONIZER_X=2 daemonize_name=3 XDAEMONIZE_=4 || return
	assertEquals '1 2 3 4' "$(t_env DAEMONIZED) $(t_env DAEMONIZER_X) $(t_env daemonize_name) $(
		t_env XDAEMONIZE_)"
}

# --- variables that are there twice ----------------------------------------------------------------

# Execs its arguments in an environment that has variables twice.
t_doubled() {
	t_need "$T_PYTHON" || return 1
	cat >doubled.py <<-'END'
		import ctypes, os, sys
		vars = [b"PATH=/usr/bin:/bin", b"TWICE=first", b"B=1", b"TWICE=second",
		        b"DAEMONIZE_UMASK=077", b"DAEMONIZE_UMASK=027", b"TWICE=last", b"NOTHING",
		        b"T_TEST=" + os.environb[b"T_TEST"]]
		argv = [a.encode() for a in sys.argv[1:]]
		array = lambda words: (ctypes.c_char_p * (len(words) + 1))(*words, None)
		ctypes.CDLL(None).execve(b"/usr/bin/env", array(argv), array(vars))
	END
	T_WRAP="$T_PYTHON doubled.py"
}

# getenv(3) finds the first, and so it is in a program that is started directly.
testOfAVariableThatIsThereTwiceBothArePassedOn() {
	t_doubled || return 0
	t_probe || return
	assertEquals 'first second last' "$(t_env TWICE | xargs)" || return
	assertEquals 1 "$(t_env B)"
}

testAnEnvironmentFileReplacesAllOfThem() {
	t_doubled || return 0
	echo TWICE=file >my.env
	t_probe DAEMONIZE_ENVFILE="$WORK/my.env" || return
	assertEquals file "$(t_env TWICE)"
}

testOfAnOptionThatIsThereTwiceTheLastOneWins() {
	t_doubled || return 0
	t_probe || return
	assertEquals 0027 "$(t_field got status.Umask)"
}

testAnEntryWithoutAValueIsKept() {
	t_doubled || return 0
	t_probe || return
	assertEquals 1 "$(t_all | grep -cx NOTHING)"
}

testAnEnvironmentFileReplacesAndMakesNoDuplicate() {
	printf 'A=file\nB=one\nB=two\n' >my.env
	t_probe A=caller DAEMONIZE_ENVFILE=my.env || return
	assertEquals file "$(t_env A)"
	assertEquals two "$(t_env B)"
}

# --- CLEARENV --------------------------------------------------------------------------

testAClearedEnvironmentIsEmpty() {
	t_probe DAEMONIZE_CLEARENV=1 A=1 || return
	assertEquals '' "$(t_all)"
	assertEquals '' "$(tr -d '\0' <"/proc/$pid/environ")"
}

testAClearedEnvironmentHasTheFilesVariables() {
	t_envfile 'A=1\nB=2\n' || return
	assertEquals 'A=1 B=2' "$(t_all | xargs)"
}

testZeroDoesNotClearIt() {
	t_probe DAEMONIZE_CLEARENV=0 A=1 || return
	assertEquals 1 "$(t_env A)"
}

# --- ENVFILE: syntax, as systemd's ---------------------------------------------------------

testPlainAssignments() {
	t_envfile 'A=1\nB=two words\nC=\n_x9=y\n' || return
	assertEquals 'A=1|B=two words|C=|_x9=y|' "$(t_all | tr '\n' '|')"
}

testTheLastLineNeedsNoEnd() {
	t_envfile 'A=1\nB=2' || return
	assertEquals 'A=1|B=2|' "$(t_all | tr '\n' '|')"
}

testCommentsAndEmptyLines() {
	t_envfile '# one\n\n   \n; two\n  # three \\\nA=1\n\t; B=2\n' || return
	assertEquals 'A=1|' "$(t_all | tr '\n' '|')"
}

testAHashBehindAValueIsOfTheValue() {
	t_envfile 'A=1 # no comment\nB=x;y\n' || return
	assertEquals 'A=1 # no comment|B=x;y|' "$(t_all | tr '\n' '|')"
}

testBlanksAroundAreDropped() {
	t_envfile '  A  = 1 \t\n\tB=2\n' || return
	assertEquals 'A=1|B=2|' "$(t_all | tr '\n' '|')"
}

testDoubleQuotes() {
	t_envfile 'A="a b"\nB=" kept "\nC="\\"q\\" \\\\ \\$x \\`"\nD="a\\nb"\nE=""\n' || return
	assertEquals 'A=a b|B= kept |C="q" \x5c $x `|D=a\x5cnb|E=|' "$(t_all | tr '\n' '|')"
}

testSingleQuotes() {
	t_envfile "A='a b'\nB='\\\\\\\\n \"q\" \$x'\nC=''\n" || return
	assertEquals 'A=a b|B=\x5c\x5cn "q" $x|C=|' "$(t_all | tr '\n' '|')"
}

testQuotesSpanLines() {
	t_envfile 'A="one\ntwo"\nB='"'three\nfour'"'\n' || return
	assertEquals 'A=one\x0atwo|B=three\x0afour|' "$(t_all | tr '\n' '|')"
}

testAQuoteWithinAWordIsItself() {
	t_envfile "A=it's\nB=x\"y\n" || return
	assertEquals "A=it's|B=x\"y|" "$(t_all | tr '\n' '|')"
}

testABackslashJoinsLines() {
	t_envfile 'A=one\\\n two\nB="three\\\nfour"\n' || return
	assertEquals 'A=one two|B=threefour|' "$(t_all | tr '\n' '|')"
}

testABackslashKeepsTheNextCharacter() {
	t_envfile 'A=a\\ b\\\\c\\x\nB=end\\ \n' || return
	assertEquals 'A=a b\x5ccx|B=end |' "$(t_all | tr '\n' '|')"
}

testNothingIsExpanded() {
	t_envfile 'A=1\nB=$A\nC=${A}\nD=$(id)\nE=~\nF=*\nG=%%h\n' || return
	assertEquals 'A=1|B=$A|C=${A}|D=$(id)|E=~|F=*|G=%h|' "$(t_all | tr '\n' '|')"
}

testAnEqualsSignInTheValue() {
	t_envfile 'A=b=c=\n' || return
	assertEquals 'A=b=c=|' "$(t_all | tr '\n' '|')"
}

testLinesOfDosAreLines() {
	t_envfile 'A=1\r\nB="2"\r\n' || return
	assertEquals 'A=1|B=2|' "$(t_all | tr '\n' '|')"
}

testBytesThatAreNotUtf8AreKept() {
	t_envfile 'A=\377\376\nB=\303\244\n' || return
	assertEquals 'A=\xff\xfe|B=\xc3\xa4|' "$(t_all | tr '\n' '|')"
}

testAnEmptyFileIsNoError() {
	t_envfile '' || return
	assertEquals '' "$(t_all)"
}

testAThousandLines() {
	i=0
	while [ $i -lt 1000 ]; do
		i=$((i + 1))
		echo "NAME_$i=value $i"
	done >my.env
	t_probe DAEMONIZE_ENVFILE=my.env DAEMONIZE_CLEARENV=1 || return
	assertEquals 1000 "$(t_all | wc -l)"
	assertEquals 'value 777' "$(t_env NAME_777)"
}

# --- ENVFILE: errors ----------------------------------------------------------------------------

testALineThatIsNoAssignment() {
	t_refused 3 'it is not KEY=VALUE' 'A=1\n\njust words\nB=2\n'
}

testExportIsShellsAndNoName() {
	t_refused 1 'the text before = is not a variable name' 'export A=1\n'
}

testANameThatIsNone() {
	t_refused 2 'the text before = is not a variable name' 'A=1\n1A=2\n' &&
		t_refused 1 'the text before = is not a variable name' '=2\n' &&
		t_refused 1 'the text before = is not a variable name' 'A-B=2\n'
}

testAQuoteThatIsNotClosed() {
	t_refused 2 'a quote is not closed' 'A=1\nB="x\nC=2\n' &&
		t_refused 4 'a quote is not closed' "A='1\n2'\n\nB='x\n"
}

testALineBehindAContinuationCountsRight() {
	t_refused 4 'it is not KEY=VALUE' 'A=a\\\nb\\\nc\noops\n'
}

testANulByte() {
	t_refused 2 'it contains a NUL byte' 'A=1\nB=\000x\n'
}

testControlCharactersAreNotShownAsTheyAre() {
	printf 'A=1\nx\033[31my\n' >my.env
	t_spawn DAEMONIZE_ENVFILE=my.env -- "$T_PROGRAMS/probe" got
	t_assert_rc 78
	assertEquals 0 "$(tr -dc '\033' <err | wc -c)"
}

# The library has no use for it any more, and the program must not see it; with
# DAEMONIZE=0 the copy would even think that it is not meant.
testOneOfOursInTheFileIsRefused() {
	for name in DAEMONIZE=0 DAEMONIZE_PIDFILE=x DAEMONIZE_NONSENSE=1 _DAEMONIZE_MARK=1.2; do
		t_refused 2 'DAEMONIZE variables have no effect here' "A=1\n$name\n" || return
	done
	assertTrue true
}

testAFileThatIsNotThere() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_ENVFILE=nowhere -- "$T_PROGRAMS/probe" got
	t_assert_rc 78
	t_assert_err "unable to read environment file $WORK/nowhere: No such file or directory"
	t_assert_absent d.pid got
}

testADirectory() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_ENVFILE=. -- "$T_PROGRAMS/probe" got
	t_assert_rc 78 && t_assert_err 'it is not a regular file'
	t_assert_absent d.pid got
}

testAFileThatMayNotBeRead() {
	t_need_user || return 0
	echo A=1 >my.env
	chmod 600 my.env
	chmod 777 .
	T_WRAP=$T_AS_USER
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_ENVFILE=my.env -- "$T_PROGRAMS/probe" got
	t_assert_rc 78 && t_assert_err 'Permission denied'
	t_assert_absent d.pid got
}

testAFileWithoutEnd() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_ENVFILE=/dev/zero -- "$T_PROGRAMS/probe" got
	t_assert_rc 78 && t_assert_err 'unable to read environment file /dev/zero'
	t_assert_absent d.pid got
}

# --- ARGV0 ------------------------------------------------------------------------------------

testArgvZeroIsReplaced() {
	t_probe DAEMONIZE_ARGV0='my own name' || return
	assertEquals 'my own name' "$(t_field got argv.0)"
	assertEquals --stay "$(t_field got argv.1)"
	assertEquals 'my own name --stay got' "$(tr '\0' ' ' <"/proc/$pid/cmdline" | sed 's/ $//')"
}

testExeAndCommStayTheProgramsOwn() {
	t_probe DAEMONIZE_ARGV0=other || return
	assertEquals "$(readlink -f "$T_PROGRAMS/probe")" "$(t_field got exe)"
	assertEquals probe "$(t_field got comm)"
}

testArgvZeroOfAScriptIsItsInterpreters() {
	# A fault: dstart lets the kernel find the interpreter, which drops argv[0].
	t_not_in dstart static 'it has no effect on a script' || return 0
	printf '#!/bin/sh\nread -r _ <wait\n' >script
	chmod 755 script
	mkfifo wait
	t_spawn DAEMONIZE_ARGV0=other DAEMONIZE_PIDFILE=d.pid -- ./script x
	t_assert_started d.pid || return
	assertEquals 'other ./script x' "$(tr '\0' ' ' <"/proc/$pid/cmdline" | sed 's/ $//')"
	assertEquals script "$(cat "/proc/$pid/comm")"
}

testArgvZeroTellsAProgramOfManyNamesWhatToBe() {
	T_READY=main
	t_need bash || return 0
	t_spawn DAEMONIZE_ARGV0=sh DAEMONIZE_LOGFILE=log -- bash -c 'set -o | grep posix'
	t_assert_rc 0
	t_wait_for 5 test -s log
	assertEquals 'posix on' "$(xargs <log)"
}

testBytesOfArgvZeroAreKept() {
	t_probe DAEMONIZE_ARGV0="$(printf '\377 \303\244')" || return
	assertEquals '\xff \xc3\xa4' "$(t_field got argv.0)"
}

# --- LD_PRELOAD ---------------------------------------------------------------------------------

# Small libraries to stand beside ours.
t_other_libraries() {
	t_not_in static 'it loads no library' && t_need cc || return 1
	for t_name; do
		echo "int $t_name;" | cc -shared -fPIC -x c -o "$t_name.so" - || return 1
	done
}

# t_beside LIST: as LD_PRELOAD, in which OURS is ours.
t_beside() {
	t_value=$(echo "$1" | sed "s|OURS|$T_LIB|g; s|HERE|$WORK|g")
	t_plain DAEMONIZE_PIDFILE=d.pid "LD_PRELOAD=$t_value" -- "$T_PROGRAMS/probe" --stay got
	t_assert_started d.pid || return 1
	t_wait_for 5 test -e got || fail 'no report'
}

testAnotherLibraryBeforeOursIsKept() {
	t_other_libraries one || return 0
	t_beside HERE/one.so:OURS || return
	assertEquals "$WORK/one.so" "$(t_env LD_PRELOAD)"
	t_assert_has got "=$WORK/one.so"
}

testAnotherLibraryBehindOursIsKept() {
	t_other_libraries one || return 0
	t_beside OURS:HERE/one.so || return
	assertEquals "$WORK/one.so" "$(t_env LD_PRELOAD)"
}

testOthersOnBothSidesKeepTheirOrder() {
	t_other_libraries one two three || return 0
	t_beside HERE/one.so:OURS:HERE/two.so:HERE/three.so || return
	assertEquals "$WORK/one.so:$WORK/two.so:$WORK/three.so" "$(t_env LD_PRELOAD)"
	assertEquals "$WORK/one.so $WORK/two.so $WORK/three.so" "$(sed -n \
		's/^map\.[0-9]*=//p' got | grep "^$WORK/.*so$" | sort -u | awk '
		/one/ { a = $0 } /two/ { b = $0 } /three/ { c = $0 } END { print a, b, c }')"
}

testSpacesSeparateToo() {
	t_other_libraries one two || return 0
	t_beside 'HERE/one.so HERE/two.so  OURS' || return
	assertEquals "$WORK/one.so $WORK/two.so" "$(t_env LD_PRELOAD | tr : ' ')"
}

testOursTwiceIsGoneTwice() {
	t_not_in static 'it loads no library' || return 0
	t_beside OURS:OURS || return
	assertEquals '' "$(t_env LD_PRELOAD)"
}

testOursByAnotherNameIsGoneToo() {
	t_not_in static 'it loads no library' || return 0
	ln -s "$T_LIB" renamed.so
	t_beside HERE/renamed.so || return
	assertEquals '' "$(t_env LD_PRELOAD)"
}

testOursByARelativePath() {
	t_not_in static 'it loads no library' || return 0
	cp "$T_LIB" libdaemonize.so
	mkdir in
	t_plain DAEMONIZE_PIDFILE=d.pid DAEMONIZE_WORKDIR=in LD_PRELOAD=./libdaemonize.so -- \
		"$T_PROGRAMS/probe" --stay "$WORK/got"
	t_assert_started d.pid || return
	t_wait_for 5 test -e got
	assertEquals "$WORK/in" "$(t_field got cwd)"
	assertEquals '' "$(t_env LD_PRELOAD)"
}

testOursByALibraryPath() {
	t_not_in static 'it loads no library' || return 0
	cp "$T_LIB" libdaemonize.so
	t_plain DAEMONIZE_PIDFILE=d.pid LD_LIBRARY_PATH="$WORK" LD_PRELOAD=libdaemonize.so -- \
		"$T_PROGRAMS/probe" --stay got
	t_assert_started d.pid || return
	t_wait_for 5 test -e got
	assertEquals '' "$(t_env LD_PRELOAD)"
	assertEquals "$WORK" "$(t_env LD_LIBRARY_PATH)"
}

testAnEnvironmentFileMayPreload() {
	t_other_libraries one || return 0
	echo "LD_PRELOAD=$WORK/one.so" >my.env
	t_probe DAEMONIZE_ENVFILE=my.env || return
	assertEquals "$WORK/one.so" "$(t_env LD_PRELOAD)"
	t_assert_has got "=$WORK/one.so"
}

testAChildOfTheDaemonIsNoDaemon() {
	T_READY=main
	t_spawn DAEMONIZE_LOGFILE=log -- /bin/sh -c "$T_PROGRAMS/probe; :"
	t_assert_rc 0
	t_wait_for 5 grep -q '^fds=' log
	t_assert_lacks log libdaemonize
}

# --- LISTEN_* (the sockets are in descriptors_test.sh) --------------------------------------------

testSomebodyElsesActivationIsLeftAlone() {
	t_probe LISTEN_FDS=1 LISTEN_PID=1 LISTEN_FDNAMES=web || return
	assertEquals '1 1 web' "$(t_env LISTEN_FDS) $(t_env LISTEN_PID) $(t_env LISTEN_FDNAMES)"
	assertEquals 4 "$(t_field got fds)"
}

testWithoutActivationNoVariableAppears() {
	t_probe || return
	assertEquals '' "$(t_all | grep -E '^(LISTEN|NOTIFY)_')"
}

. "${SHUNIT2:-shunit2}"
