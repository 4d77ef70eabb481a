#!/bin/sh
# SPDX-License-Identifier: MIT
# How users and groups are looked up, by the library as by the tools: whom they
# ask, what they tell it, and that its answers are believed only as far as they
# make sense.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() {
	t_begin || return 1
	mkdir -m 777 open && chmod 777 open || return 1
	export T_FAKE="$WORK/getent"
}
tearDown() { t_end; }

# --- helpers -----------------------------------------------------------------

# t_getent: stdin becomes the getent of what t_start and t_dsig run. It is a
# shell script's body, to which $1 is the database and $2 the key.
t_getent() {
	t_need_mounts && t_need getent || return 1
	{
		printf '#!/bin/sh\necho "$*" >>%s/asked; env >%s/environ\n' "$WORK" "$WORK"
		cat
	} >getent
	chmod "${1:-755}" getent
	cat >with_getent <<-'END'
		#!/bin/sh
		for file in /usr/bin/getent /bin/getent; do
			[ ! -e "$file" ] || mount --bind "$T_FAKE" "$file" || exit 1
		done
		for file in passwd group; do
			[ ! -e "$file" ] || mount --bind "$file" "/etc/$file" || exit 1
		done
		exec "$@"
	END
	chmod 755 with_getent
	T_WRAP='unshare -m ./with_getent'
}

# t_start USER [OPTION...]: a probe as this user.
t_start() {
	t_user=$1
	shift
	t_dstart -p d.pid -u "$t_user" "$@" "$T_PROGRAMS/probe" --stay open/got
	t_assert_rc 0 && t_assert_started d.pid || return 1
	t_wait_for 5 test -e open/got || fail 'no report'
}

t_refused() {
	t_dstart -p d.pid -u "$1" "$T_PROGRAMS/probe" --stay open/got
	t_assert_rc "$2" && t_assert_err "$3"
	t_assert_absent d.pid open/got
}

t_assert_is() {
	assertEquals "$1 $1 $1 $1" "$(t_field open/got uid)"
	assertEquals "$2 $2 $2 $2" "$(t_field open/got gid)"
	assertEquals "$3" "$(t_field open/got groups)"
}

t_env() { sed -n "s/^env\.[0-9]*=$1=//p" open/got; }

# --- whom they ask -------------------------------------------------------------

testAUserOfADirectoryService() {
	t_getent <<-'END' || return 0
		case $1 in
		passwd) echo ann:x:54321:54322:Ann:/home/ann:/bin/dash ;;
		initgroups) echo "$2                    54331 54322 54332" ;;
		esac
	END
	t_start Ann || return
	t_assert_is 54321 54322 '54322 54331 54332'
	assertEquals 'ann /home/ann /bin/dash' "$(t_env USER) $(t_env HOME) $(t_env SHELL)"
	assertEquals 'passwd Ann,initgroups ann' "$(paste -s -d , asked)"
}

testAGroupOfADirectoryService() {
	t_getent <<-'END' || return 0
		echo staff:x:54400:ann,bob
	END
	t_start :staff || return
	assertEquals '54400 54400 54400 54400' "$(t_field open/got gid)"
	assertEquals 'group staff' "$(cat asked)"
}

testThePreloadedFormAsksIt() {
	t_getent <<-'END' || return 0
		case $1 in
		passwd) echo ann:x:54321:54322:Ann:/home/ann:/bin/dash ;;
		group) echo staff:x:54400: ;;
		initgroups) echo "$2                    54331 54322 54332" ;;
		esac
	END
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_USER=Ann:staff -- \
		"$T_PROGRAMS/probe" --stay open/got
	t_assert_started d.pid || return
	t_wait_for 5 test -e open/got || fail 'no report'
	t_assert_is 54321 54400 '54322 54331 54332 54400'
	assertEquals ann "$(t_env USER)"
}

# Active Directory has such names.
testAUserWhoseNameHasABlank() {
	t_getent <<-'END' || return 0
		case $1 in
		passwd) echo 'ann lee:x:54321:54322::/home/ann:' ;;
		initgroups) echo "$2 54331" ;;
		esac
	END
	t_start 'ann lee' || return
	t_assert_is 54321 54322 '54322 54331'
	assertEquals /bin/sh "$(t_env SHELL)"
}

testItIsToldNothingElse() {
	t_getent <<-'END' || return 0
		exit 2
	END
	T_WRAP="$T_WRAP env DAEMONIZE_UMASK=022 LD_LIBRARY_PATH=/nowhere"
	t_refused nobody-here 67 "unable to find user 'nobody-here'"
	# the rest is its shell's
	assertEquals 'PATH=/usr/bin:/bin' "$(grep -vE '^(PWD|OLDPWD|SHLVL|_)=' environ)"
}

# getent would take these for numbers, or for its own options.
testWhatItWouldMisunderstandIsNotAsked() {
	t_getent <<-'END' || return 0
		echo root:x:0:0:root:/root:/bin/sh
	END
	for user in -1 ' 0' +0 -s --help 4294967295; do
		t_dstart "--user=$user" "$T_PROGRAMS/probe" --stay open/got
		t_assert_rc 67 || { echo "'$user'"; return; }
	done
	t_assert_absent asked
}

testANumberIsFirstLookedForInTheFile() {
	t_getent <<-'END' || return 0
		[ "$1" = initgroups ] && echo "$2"
	END
	cp /etc/passwd passwd
	echo 'tester:x:54321:54322::/home/tester:/bin/dash' >>passwd
	t_start 54321 || return
	t_assert_is 54321 54322 54322
	assertEquals tester "$(t_env USER)"
	assertEquals 'initgroups tester' "$(cat asked)"
}

testThenInTheDirectory() {
	t_getent <<-'END' || return 0
		case $1 in
		passwd) echo ann:x:54321:54322:Ann:/home/ann:/bin/dash ;;
		initgroups) echo "$2" ;;
		esac
	END
	t_start 54321 || return
	t_assert_is 54321 54322 54322
	t_dsig status --json ./d.pid
	t_assert_out '"user":"ann"'
}

# --- what is not to be believed ---------------------------------------------------

testAnotherUsersNumberIsNoAnswer() {
	t_getent <<-'END' || return 0
		[ "$1" = passwd ] && echo root:x:0:0:root:/root:/bin/sh
	END
	t_start 54321:54321 || return
	t_assert_is 54321 54321 ''
}

testWhatIsNoEntryIsNoUser() {
	for answer in '' ann ann:x:54321 ann:x:a:b:c:d:e 'ann:x:-1:0::/:'; do
		t_getent <<-END || return 0
			echo '$answer'
		END
		t_refused ann 67 "unable to find user 'ann'" || { echo "$answer"; return; }
	done
}

testGroupsThatAreNone() {
	for answer in '' bob 'annex 1' 'ann 1 x' 'ann -1' 'ann 4294967295'; do
		t_getent <<-END || return 0
			[ "\$1" = passwd ] && echo ann:x:54321:54322::/:/bin/sh && exit
			echo '$answer'
		END
		t_refused ann 71 'unable to list the groups of ann' || { echo "$answer"; return; }
	done
}

testAGetentThatIsKilled() {
	t_getent <<-'END' || return 0
		[ "$1" = passwd ] && echo ann:x:54321:54322::/:/bin/sh && exit
		kill -9 $$
	END
	t_refused ann 71 'unable to list the groups of ann'
}

# Whether the user is there is not known, so nothing is said of it.
testALookUpThatFailsIsNoUnknownUser() {
	for end in 'kill -9 $$:Input/output error' 'kill -ALRM $$:Connection timed out' \
		'exit 127:Input/output error'; do
		t_getent <<-END || return 0
			${end%%:*}
		END
		t_refused ann 71 "unable to look up user 'ann': ${end#*:}" || { echo "$end"; return; }
		t_refused :staff 71 "unable to look up group 'staff': ${end#*:}" || return
	done
}

testWithoutADescriptorNoUserIsUnknown() {
	printf '#!/bin/sh\nulimit -n 4 && exec "$@"\n' >few
	chmod 755 few
	T_WRAP=./few
	t_refused "$T_USER" 71 "unable to look up user '$T_USER': Too many open files" || return
	t_refused :daemon 71 "unable to look up group 'daemon': Too many open files" || return
	t_spawn DAEMONIZE_PIDFILE=d.pid "DAEMONIZE_USER=$T_USER" -- "$T_PROGRAMS/probe" --stay open/got
	t_assert_rc 71 && t_assert_err "unable to look up user '$T_USER': Too many open files"
}

# --- without it -----------------------------------------------------------------

t_files() {
	cp /etc/passwd passwd && cp /etc/group group
	echo 'tester:x:54321:54322::/home/tester:/bin/dash' >>passwd
	printf '%s\n' first:x:54331:other,tester second:x:54332:tester strange:x:54333:other >>group
}

testWithoutGetentTheFilesAreRead() {
	t_getent 644 </dev/null || return 0
	t_files
	t_refused no-such-user 67 "unable to find user 'no-such-user'"
	t_refused tester:no-such-group 67 "unable to find group 'no-such-group'"
	t_start tester:strange || return
	t_assert_is 54321 54333 '54331 54332 54333'
}

# musl's.
testWithoutInitgroupsTheFileIsRead() {
	t_getent <<-'END' || return 0
		[ "$1" = passwd ] && echo tester:x:54321:54322::/:/bin/sh && exit
		exit 1
	END
	t_files
	t_start tester || return
	t_assert_is 54321 54322 '54322 54331 54332'
}

# --- the tools themselves ----------------------------------------------------------

testAPreloadThatWasExportedDoesNotReachThem() {
	t_getent </dev/null || return 0
	ldd "$T_DSTART" >/dev/null 2>&1 && { t_skip 'dynamic tools'; return 0; }
	T_WRAP="env LD_PRELOAD=$T_LIB"
	t_dsig --version
	t_assert_rc 0 && t_assert_has out dsig
}

. "${SHUNIT2:-shunit2}"
