#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual, README.md and the completions say what the programs do: checked
# against the tables in the source, against --help, and in real shells.
# shellcheck disable=SC2154 # rc: set by lib.sh
# shellcheck disable=SC2016 # names of files that look like commands, backquotes of the documents
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

SHIM_7=$T_ROOT/shim/libdaemonize.7
DSIG_1=$T_ROOT/tools/dsig/dsig.1
DSTART_1=$T_ROOT/tools/dstart/dstart.1
COMPLETIONS=$T_ROOT/tools/completions
FIXTURES=$T_ROOT/tests/fixtures

# Where the tools are: a test may have had them copied.
t_path() { echo "${T_DSTART%/*}:${T_DSIG%/*}"; }

# --- what there is -----------------------------------------------------------

# Every variable, from the table in the source.
t_variables() {
	sed -n '/options_table\[\] = {/,/^}/s/^[[:blank:]]*{ "\([A-Z0-9_]*\)",.*/DAEMONIZE_\1/p' \
		"$T_ROOT"/shim/options/options*.c | sed 's/_$//'
}

# "LETTER LONG" of a tool's options, a line each; - where there is none.
t_options() {
	"$1" --help | sed -n \
		-e 's/^  -\(.\), --\([a-z0-9-]*\).*/\1 \2/p' \
		-e 's/^      --\([a-z0-9-]*\).*/- \1/p' \
		-e 's/^  -\(.\)  .*/\1 -/p'
}

t_longs() { t_options "$1" | sed -n 's/^. \([a-z].*\)/--\1/p'; }

t_commands() {
	"$T_DSIG" --help | sed -n '/^Commands:/,/^Options:/s/^  \([a-z0-9]*\)  .*/\1/p'
}

# Every exit status: of the source, of a tool's help.
t_statuses() {
	sed -n 's/^[[:blank:]]*STATUS_[A-Z_]* = \([0-9]*\),.*/\1/p' "$T_ROOT/shim/base/report.h"
}
t_help_statuses() {
	"$1" --help | sed -n '/Exit status:/,$p' | sed 's/See .*//' | tr -c '0-9' '\n' | grep .
}

t_states() {
	sed -n 's/^[[:blank:]]*PIDFILE_\([A-Z]*\),.*/\1/p' "$T_ROOT/shim/pidfile/inspect.h" |
		tr '[:upper:]' '[:lower:]'
}

# t_all LIST MINIMUM SEDEXPRESSION FILE: a line of FILE for each word of LIST,
# matching the expression with @ for the word. And that there is a list at all.
t_all() {
	# shellcheck disable=SC2086 # words
	set -- "$2" "$3" "$4" $1
	assertTrue "found only $(($# - 3))" "[ $(($# - 3)) -ge $1 ]"
	t_expression=$2 t_document=$3
	shift 3
	for t_word; do
		t_pattern=$(echo "$t_expression" | sed "s/@/$t_word/")
		grep -qE -e "$t_pattern" "$t_document" ||
			fail "$t_word is not in ${t_document##*/}"
	done
}

# --- the manual --------------------------------------------------------------

testTheManualIsClean() {
	t_need mandoc || return 0
	for t_page in "$SHIM_7" "$DSIG_1" "$DSTART_1"; do
		assertEquals "${t_page##*/}" '' "$(mandoc -Tlint -Wwarning "$t_page" 2>/dev/null)"
	done
}

testTheHelpHasEveryVariableOfTheTable() {
	t_variables | sed -n 's/^DAEMONIZE_//p' | grep -vx COMMANDS |
		tr 'A-Z_' 'a-z-' | sed 's/^/--/' | sort >table
	t_longs "$T_DSTART" | grep -vx -e --dry-run -e --help -e --version -e --print-pid -e --replace |
		sort >help
	t_assert_same table help
}

testTheHelpFitsOnATerminal() {
	for t_program in "$T_DSTART" "$T_DSIG"; do
		assertEquals '' "$("$t_program" --help | awk 'length > 80')"
	done
}

testEveryVariableStandsInTheManual() {
	t_all "$(t_variables)" 20 '^\.It Ev (.* )?@( |$)' "$SHIM_7"
}

testTheManualHasNoOtherVariable() {
	cat "$SHIM_7" "$DSIG_1" "$DSTART_1" | grep -oE '(^|[^_])DAEMONIZE_[A-Z0-9_]+' |
		sed 's/^[^D]//' | sort -u >named
	{
		t_variables
		echo DAEMONIZE_OPTION # any of them
	} | sort -u >known
	assertEquals '' "$(comm -23 named known)"
}

# Each option on a line that begins its description, both forms on the same.
t_options_in() {
	t_options "$1" >options
	assertTrue 'no options' '[ -s options ]'
	while read -r t_letter t_long; do
		t_head='^\.It'
		[ "$t_letter" = - ] || t_head="$t_head Fl $t_letter( .*)?"
		[ "$t_long" = - ] || t_head="$t_head Fl -$t_long"
		grep -qE -e "$t_head( |$)" "$2" || fail "-$t_letter, --$t_long is not in ${2##*/}"
	done <options
}

testEveryOptionStandsInTheManual() {
	t_options_in "$T_DSTART" "$DSTART_1"
	t_options_in "$T_DSIG" "$DSIG_1"
}

# t_no_other_options PAGE TOOL
t_no_other_options() {
	grep '^\.It' "$1" | grep -oE 'Fl -[a-z][a-z0-9-]*' | sed 's/^Fl -/--/' | sort -u >page
	t_longs "$2" | sort -u >help
	t_assert_same help page
}

testTheManualHasNoOtherOption() {
	t_no_other_options "$DSTART_1" "$T_DSTART"
	t_no_other_options "$DSIG_1" "$T_DSIG"
}

testEveryCommandStandsInTheManual() {
	t_all "$(t_commands)" 10 '^\.It Cm (.* )?@( |$)' "$DSIG_1"
}

testEveryExitStatusStandsInTheManual() {
	t_all "$(t_statuses)" 10 '^\.It @( |$)' "$SHIM_7"
	t_all "$(t_help_statuses "$T_DSTART")" 9 '^\.It @( |$)' "$DSTART_1"
	t_all "$(t_help_statuses "$T_DSIG")" 6 '^\.It @( |$)' "$DSIG_1"
}

testEveryStateStandsInTheManual() {
	t_all "$(t_states)" 6 '^\.It Cm @$' "$SHIM_7"
}

# --- README.md ---------------------------------------------------------------

README=$T_ROOT/README.md

testTheReadmeNamesEachOptionAndStatus() {
	t_all "$(t_longs "$T_DSTART")" 25 '@([^a-z-]|$)' "$README"
	t_all "$(t_help_statuses "$T_DSTART")" 10 '^\|.*[^0-9]@[^0-9].*\|' "$README"
	t_all "$(t_help_statuses "$T_DSIG")" 6 '(^|[^0-9])@([^0-9]|$)' "$README"
}

# t_named EXPRESSION: what of that form README and its kin name.
t_named() { cat "$README" "$T_ROOT"/.github/*.md | grep -oE -e "$1" | sort -u; }

testTheReadmeNamesNothingElse() {
	t_named 'DAEMONIZE_[A-Z0-9_]+' >named
	t_variables | sort -u >known
	assertEquals 'variables' '' "$(comm -23 named known)"
	t_named '`--[a-z][a-z0-9-]*' | sed 's/^`//' | grep -vx -e --notify-await >named
	{ t_longs "$T_DSTART"; t_longs "$T_DSIG"; } | sort -u >known
	assertEquals 'options' '' "$(comm -23 named known)"
}

testTheDocumentsLeadToFilesThatExist() {
	for t_page in "$README" "$T_ROOT"/*/README.md "$T_ROOT"/.github/*.md; do
		grep -oE '\]\([^)#:]+\)' "$t_page" | sed 's/^](//; s/)$//' | while read -r t_path; do
			[ -e "${t_page%/*}/$t_path" ] || echo "${t_page##*/}: $t_path"
		done
		grep -oE '`(tests|shim|tools)/[A-Za-z0-9_/.]+`' "$t_page" | tr -d '`' | while read -r t_path; do
			[ -e "$T_ROOT/$t_path" ] || echo "${t_page##*/}: $t_path"
		done
	done >missing
	t_assert_empty missing
}

# t_accepted COMMAND: understood by the tools, whether it can be done or not.
t_accepted() {
	t_capture env PATH="$(t_path):$PATH" XDG_RUNTIME_DIR="$WORK" timeout 5 sh -c "$1" </dev/null
	case $rc in 64 | 78 | 124 | 126 | 127) fail "status $rc: $1: $(cat err)" ;; esac
}

testTheCommandsOfTheReadmeAreUnderstood() {
	t_block '## dsig' 1 | sed 's/ *#.*//' >commands
	sed -n '/^| what you know/,/^$/s/.*| `\(d[^`]*\)` |$/\1/p' "$README" |
		sed "s/ F / x.pid /; s/ F\$/ x.pid/; s/ L / x.log /; s/ U / $(id -un) /; s/ CMD/ true/
			s/^dstart/& -N/" >>commands
	assertTrue 'too few' "[ $(wc -l <commands) -ge 12 ]"
	sed -i 's/^dsig wait/& -t 0.1/; s/ -f web/ web/' commands
	while IFS= read -r t_line; do t_accepted "$t_line"; done <commands
}

# --- sentences that a command can check ------------------------------------------

# t_says PAGE SENTENCE: it stands there, wherever lines are broken.
t_says() {
	case $1 in
	*.md) cat "$1" ;;
	*) mandoc -Tutf8 "$1" | col -b ;;
	esac | tr -s ' \n' '  ' >text
	grep -qF -e "$2" text || fail "not in ${1##*/} any more: $2"
}

testAStaleFileNeverPreventsAStart() {
	t_says "$README" 'a stale file never prevents a start'
	t_needless_pid >d.pid
	t_dstart -p d.pid -- sleep 60
	t_assert_started d.pid
}

t_needless_pid() { sh -c 'echo $$'; }

testTheLibraryNeedsOnlyLibc() {
	t_says "$README" 'no dependency but libc'
	assertEquals '' "$(objdump -p "$T_LIB" | sed -n 's/^ *NEEDED *//p' | grep -vx 'libc\.so.*')"
}

testTwoVariablesAloneDoNothing() {
	t_says "$README" 'acts if any of them except `DAEMONIZE_STOP` and `DAEMONIZE_COMMANDS` is set'
	t_capture env LD_PRELOAD="$T_LIB" DAEMONIZE_STOP=QUIT DAEMONIZE_COMMANDS=a=USR1 echo here
	assertEquals here "$(cat out)"
}

testAProgramThatCannotTakeTheLibrary() {
	t_says "$README" 'simply runs in the foreground. dstart starts those, too.'
	t_capture env LD_PRELOAD="$T_LIB" DAEMONIZE_PIDFILE="$WORK/d.pid" \
		"$T_PROGRAMS/dier-static" 7
	t_assert_rc 7 && t_assert_absent d.pid || return
	t_dstart -p d.pid -- "$T_PROGRAMS/probe-static" --stay info
	t_assert_started d.pid
}

testAFailedStartLeavesOnlyALog() {
	t_says "$README" 'nothing is left that was not there before, except a log with output'
	mkdir left
	t_dstart -p left/d.pid -l left/d.log -- sh -c 'exit 3'
	t_assert_rc 69
	assertEquals '' "$(ls left)"
	t_dstart -p left/d.pid -l left/d.log -- sh -c 'echo words; exit 3'
	assertEquals d.log "$(ls left)"
}

testTheChangesAreAsTheySay() {
	t_changes=$T_ROOT/.github/CHANGES.md
	t_says "$t_changes" 'something other than a pid gives 73 and stays untouched'
	echo text >notes
	t_dstart -p notes -- sleep 60
	t_assert_rc 73
	assertEquals text "$(cat notes)"
	t_says "$t_changes" '`none`, `stdout` and the like are refused'
	for t_word in none stdout; do
		t_dstart -l $t_word -- sleep 60
		t_assert_rc 64
	done
	t_says "$t_changes" 'A bad `DAEMONIZE_COMMANDS` gives 78'
	t_capture env LD_PRELOAD="$T_LIB" DAEMONIZE=1 DAEMONIZE_COMMANDS=foo true
	t_assert_rc 78
	t_says "$t_changes" "dstart's messages begin with"
	t_assert_lacks err dstart
	t_dstart -u nosuch -- true
	t_assert_err 'dstart: '
}

testTheManualKnowsThePidFile() {
	t_need mandoc || return 0
	t_says "$SHIM_7" 'The file holds the decimal pid and a newline'
	(umask 077 && t_dstart -p d.pid -l d.log -- sleep 60)
	t_wait_for 10 test -s d.pid
	assertEquals "$(t_pid d.pid)" "$(cat d.pid)"
	assertEquals '644 640' "$(stat -c %a d.pid d.log | xargs)"
	t_says "$SHIM_7" 'a symbolic link is refused'
	ln -s d.pid link.pid
	t_dstart -p link.pid -- sleep 60
	t_assert_rc 73
	t_capture "$T_DSIG" -q -w 5 kill ./d.pid
	t_assert_rc 0
}

# --- the examples of the manual ------------------------------------------------

# Each block of a page becomes PREFIX.N.script and PREFIX.N.expected. Those for
# root, with the prompt #, are left out.
t_blocks() {
	awk -v prefix="$2" '
		/^\.Sh / { examples = $2 == "EXAMPLES" }
		!examples { next }
		/^\.Bd -literal/ { inside = 1; n++; next }
		/^\.Ed/ { inside = 0; next }
		!inside { next }
		{ gsub(/\\e/, "\\") }
		/^# / { root = n }
		root == n { next }
		/^\$ / || more {
			sub(/^\$ /, "")
			print >(prefix "." n ".script")
			more = /\\$/
			next
		}
		{ print >(prefix "." n ".expected") }' "$1"
}

# Pids, ports and paths differ from place to place.
t_alike() {
	sed "s|$WORK/bin/|/bin/|g; s/[0-9]\{2,\}/N/g; s|(/[^)]*)|(PATH)|g; s|/usr/bin/|/bin/|g" "$1"
}

# t_example SCRIPT: prints what is printed there, in a directory of its own.
t_example() {
	t_expected=$WORK/${1%.script}.expected
	touch "$t_expected"
	mkdir "$1.d"
	sed "s|LD_PRELOAD=libdaemonize.so|LD_PRELOAD=${T_PRELOAD_FIRST:+$T_PRELOAD_FIRST:}$T_LIB|
		s/8000/$t_port/g" "$1" >"$1.d/run"
	(
		cd "$1.d" || exit 1
		timeout -k 5 "$T_LIMIT" env PATH="$(t_path):$WORK/bin:$PATH" sh run </dev/null >said 2>&1
	)
	t_alike "$t_expected" >expected
	t_alike "$1.d/said" >said
	t_assert_same expected said || fail "example: $(cat "$1")"
}

t_examples() {
	[ -x "$T_PYTHON" ] || { t_skip 'needs python3'; return 1; }
	mkdir bin && ln -s "$T_PYTHON" bin/python3
	t_port=$("$T_PYTHON" -c 'import socket
s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
	for t_page in "$SHIM_7" "$DSIG_1" "$DSTART_1"; do
		t_blocks "$t_page" "${t_page##*/}"
	done
}

# A static busybox, as some systems have it and others do not.
t_busybox() {
	cat >busybox.c <<-'END'
	#include <stdio.h>
	#include <stdlib.h>
	#include <string.h>
	#include <unistd.h>
	int main(int argc, char **argv)
	{
		if (argc == 3 && strcmp(argv[1], "echo") == 0)
			return puts(argv[2]) < 0;
		return argc != 3 || strcmp(argv[1], "sleep") != 0 || sleep(atoi(argv[2])) != 0;
	}
	END
	"${CC:-cc}" -static -o bin/busybox busybox.c
}

testTheExamplesOfTheManualWork() {
	t_examples || return 0
	t_busybox || { fail 'no static program'; return; }
	t_count=0
	for t_script in *.script; do
		t_example "$t_script"
		t_count=$((t_count + 1))
	done
	assertTrue "only $t_count examples" "[ $t_count -ge 11 ]"
}

# --- completions ---------------------------------------------------------------

# t_ask SHELL TOOL LINE...: what SHELL offers for each goes to the file answers.
# T_AS: a prefix of words. Nothing of our own configuration is read.
t_ask() {
	t_shell=$1 t_tool=$2
	shift 2
	mkdir -p functions home
	cp "$COMPLETIONS/$t_tool.zsh" "functions/_$t_tool"
	cp "$COMPLETIONS/$t_tool.$t_shell" "$FIXTURES/complete.$t_shell" .
	chmod 777 functions home
	case $t_shell in
	bash) set -- bash --norc complete.bash "$t_tool.bash" "$@" ;;
	zsh) set -- zsh -f complete.zsh "$WORK/functions" "$@" ;;
	fish) set -- fish --no-config complete.fish "./$t_tool.fish" "$@" ;;
	esac
	# shellcheck disable=SC2086 # a prefix of words
	t_capture timeout -k 5 "$T_LIMIT" ${T_AS:-} env HOME="$WORK/home" \
		XDG_CONFIG_HOME="$WORK/home" XDG_DATA_HOME="$WORK/home" TERM=dumb \
		XDG_RUNTIME_DIR="$WORK/run" DAEMONIZE_COMMANDS='rotate=USR1 graceful=WINCH' \
		PATH="$(t_path):$PATH" "$@"
	t_assert_rc 0 || return 1
	t_assert_empty err
	cp out answers
}

# t_offered LINE: the words offered for it, without what was there of an option
# (shells differ in whether they repeat it), sorted.
t_offered() {
	awk -v line="? $1" '/^\? / { at = $0 == line; next } at' answers |
		sed 's/^--[a-z-]*=\(.\)/\1/' | sort -u
}

t_offers() {
	t_line=$1
	shift
	for t_word; do
		t_offered "$t_line" | grep -qxF -e "$t_word" ||
			fail "$t_shell: '$t_line' does not offer '$t_word' but: $(t_offered "$t_line" | xargs)"
	done
}

t_offers_not() {
	! t_offered "$1" | grep -qF -e "$2" || fail "$t_shell: '$1' offers '$2'"
}

# Exactly the options of --help.
t_offers_options() {
	t_offered "$1 --" | sed 's/=$//' | sort -u >offered
	t_longs "$2" | sort -u >help
	t_assert_same help offered
}

# All values offered, and an example for those that go on, are taken.
t_values_are_taken() {
	t_offered "dstart --ready=" | sed 's/=$/=5/' | while IFS= read -r t_value; do
		"$T_DSTART" -N --ready="$t_value" true >/dev/null 2>&1 || echo "ready $t_value"
	done >refused
	t_offered "dstart --reopen=" | while IFS= read -r t_value; do
		"$T_DSTART" -N -l log --reopen="$t_value" true >/dev/null 2>&1 || echo "reopen $t_value"
	done >>refused
	t_assert_empty refused
}

# What the message about a wrong value says is possible; "x=" for "x=WHAT".
t_ready_values() {
	"$T_DSTART" --ready= true 2>&1 | sed "s/.*'': //; s/ or /, /; s/, /,/g" |
		tr ',' '\n' | sed 's/=.*/=/' | sort -u
}

# The words of the source's table that are not refused.
t_destinations() {
	grep -o '{ "[a-z]*", TO_' "$T_ROOT/shim/options/values.c" | cut -d '"' -f 2
}

t_dstart_completes() {
	t_need "$1" || return 1
	touch file.conf
	mkdir dir.d
	t_ask "$1" dstart 'dstart --' 'dstart --ready=' 'dstart -r l' 'dstart --user=roo' \
		'dstart -u root:roo' 'dstart --reopen=' 'dstart -l in' 'dstart -l ' 'dstart -l fi' \
		'dstart --groups=root,roo' 'dstart -d di' 'dstart -d fi' 'dstart --keep-fds=' \
		'dstart -n x timeo' 'dstart -p x.pid -- timeo' 'dstart -r listen --ver' \
		'dstart sleep --re' || return 1
	t_offers_options dstart "$T_DSTART"
	t_values_are_taken
	# shellcheck disable=SC2046 # words
	t_offers 'dstart --ready=' $(t_ready_values)
	t_offers 'dstart -r l' listen listen=
	t_offers 'dstart --user=roo' root
	t_offered 'dstart -u root:roo' | grep -qE '^(root:)?root$' || fail "$1: no group"
	t_offered 'dstart --groups=root,roo' | grep -qE '^(root,)?root$' || fail "$1: no groups"
	t_offers 'dstart --reopen=' USR1 HUP
	t_offers_not 'dstart --reopen=' KILL
	t_offers 'dstart -l in' inherit
	# shellcheck disable=SC2046 # words
	t_offers 'dstart -l ' $(t_destinations)
	t_offers 'dstart -l fi' file.conf
	t_offered 'dstart -d di' | grep -qE '^dir\.d/?$' || fail "$1: no directory"
	t_offers_not 'dstart -d fi' file.conf
	t_offers 'dstart --keep-fds=' all
	t_offers 'dstart -n x timeo' timeout
	t_offers 'dstart -p x.pid -- timeo' timeout
	t_offers 'dstart -r listen --ver' --verbose --version
	t_offers_not 'dstart sleep --re' --ready
}

t_dsig_completes() {
	t_need "$1" || return 1
	touch my.pid my.txt
	mkdir dir.d
	t_ask "$1" dsig 'dsig ' 'dsig --' 'dsig rot' 'dsig reload,rot' 'dsig -d ./d' 'dsig WIN' 'dsig -t 3 sto' 'dsig -p ./my' \
		'dsig --pidfile=./my' 'dsig stop ./my' 'dsig -c a=US' 'dsig list ' 'dsig stop .' || return 1
	t_offers_options dsig "$T_DSIG"
	# shellcheck disable=SC2046 # words
	t_offers 'dsig ' $(t_commands) graceful
	t_offers 'dsig rot' rotate
	t_offered 'dsig reload,rot' | grep -qE '^(reload,)?rotate$' || fail "$1: no second command"
	t_offered 'dsig -d ./d' | grep -qE '^(\./)?dir\.d/?$' || fail "$1: no directory"
	t_offers 'dsig WIN' WINCH
	t_offers 'dsig -t 3 sto' stop
	for t_line in 'dsig -p ./my' 'dsig --pidfile=./my' 'dsig stop ./my'; do
		t_offered "$t_line" | grep -qE '^(\./)?my\.pid$' || fail "$1: '$t_line' without my.pid"
		assertEquals "$1: '$t_line'" 1 "$(t_offered "$t_line" | wc -l)"
	done
	t_offered 'dsig -c a=US' | grep -qE '^(a=)?USR1$' || fail "$1: no signal to define"
	t_offers 'dsig stop .' ./my.pid
	t_offers_not 'dsig stop .' my.txt
	assertEquals "$1: operands of list" '' "$(t_offered 'dsig list ')"
}

# Names are those of the pid files in the run directory; root's is /run, so an
# ordinary user asks.
t_names_complete() {
	t_need "$1" || return 1
	T_AS=
	if [ "$(id -u)" -eq 0 ]; then
		t_need_user || return 1
		T_AS=$T_AS_USER
	fi
	mkdir run
	touch run/alpha.pid run/beta.pid run/other.txt
	t_ask "$1" dsig 'dsig stop ' 'dsig status alpha b'
	T_AS=
	# and those of the system, which dsig finds, too
	find /run -maxdepth 1 -name '*.pid' | sed 's|.*/||; s/\.pid$//' >system
	{ printf 'alpha\nbeta\n' && cat system; } | sort -u >expected
	t_offered 'dsig stop ' >offered
	t_assert_same expected offered "$1"
	assertEquals "$1" beta "$(t_offered 'dsig status alpha b' | grep -vxFf system | xargs)"
}

testBashCompletesDstart() { t_dstart_completes bash || return 0; }
testZshCompletesDstart() { t_dstart_completes zsh || return 0; }
testFishCompletesDstart() { t_dstart_completes fish || return 0; }
testBashCompletesDsig() { t_dsig_completes bash || return 0; }
testZshCompletesDsig() { t_dsig_completes zsh || return 0; }
testFishCompletesDsig() { t_dsig_completes fish || return 0; }
testBashCompletesNames() { t_names_complete bash || return 0; }
testZshCompletesNames() { t_names_complete zsh || return 0; }
testFishCompletesNames() { t_names_complete fish || return 0; }

# Files that somebody else has named, and a variable.
t_names_are_not_executed() {
	t_need "$1" || return 1
	T_AS=
	if [ "$(id -u)" -eq 0 ]; then
		t_need_user || return 1
		T_AS=$T_AS_USER
	fi
	mkdir -m 777 run
	chmod 777 . run
	for t_file in 'a$(touch hacked).pid' 'a`touch hacked`.pid' 'a;touch hacked;.pid'; do
		: >"run/$t_file" && : >"$t_file"
	done
	t_ask "$1" dsig 'dsig stop ' 'dsig stop a' 'dsig stop ./a' 'dsig --pidfile=a' 'dsig stop ./'
	t_ask "$1" dstart 'dstart --pidfile=a' 'dstart -l a' 'dstart --logfile=./a'
	T_AS=
	assertEquals "$1" '' "$(find . -name '*hacked')"
}
testBashExecutesNoName() { t_names_are_not_executed bash || return 0; }
testZshExecutesNoName() { t_names_are_not_executed zsh || return 0; }
testFishExecutesNoName() { t_names_are_not_executed fish || return 0; }

# Typed at a terminal: what is completed is one word, and quoted.
testACompletedFileNameIsQuoted() {
	t_need bash && t_need "$T_PYTHON" || return 0
	mkdir run
	: >'a$(touch hacked).pid'
	cp "$COMPLETIONS/dsig.bash" "$COMPLETIONS/dstart.bash" .
	cat >type.py <<-'END'
		import os, pty, re, select, sys, time
		pid, fd = pty.fork()
		if pid == 0:
		    os.environ.update(PS1="ready> ", HISTFILE="", TERM="dumb")
		    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
		def until(what):
		    data, end = b"", time.monotonic() + 10
		    while what not in data and time.monotonic() < end:
		        if select.select([fd], [], [], 0.1)[0]:
		            data += os.read(fd, 4096)
		    sys.stderr.buffer.write(data)
		until(b"ready> ")
		os.write(fd, b"dsig() { echo \"<$1|$2>\" >said; }; dstart() { dsig $#\"$@\"; }; "
		             b". ./dsig.bash; . ./dstart.bash; bind 'set bell-style none'\n")
		until(b"ready> ")
		os.write(fd, sys.argv[1].encode() + b"\t")
		until(b".pid")
		os.write(fd, b"\n")
		until(b"ready> ")
		os.write(fd, b"exit\n")
		os.waitpid(pid, 0)
	END
	t_capture timeout 60 env PATH="$(t_path):$PATH" "$T_PYTHON" type.py 'dsig stop ./a'
	assertEquals "$(cat err)" '<stop|./a$(touch hacked).pid>' "$(cat said)"
	t_assert_absent hacked
}

. "${SHUNIT2:-shunit2}"
