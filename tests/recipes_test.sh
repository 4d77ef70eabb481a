#!/bin/sh
# SPDX-License-Identifier: MIT
# The recipes of README.md, each taken from there and run: on a machine of its
# own as far as namespaces give one, with its own pid 1, /run, /var/log and
# network. Those for many machines are in hosts_test.sh.
# shellcheck disable=SC2154 # rc: set by lib.sh
# shellcheck disable=SC2016 # programs in sh, expanded there
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# --- the machine -------------------------------------------------------------

# "webd" is a server that is not ours, understands HUP, and talks.
t_programs() {
	mkdir -m 755 bin
	ln -s "$T_DSTART" "$T_DSIG" bin/
	cat >bin/webd <<-END
	#!$T_PYTHON -Iu
	import signal, socket, sys
	signal.signal(signal.SIGHUP, lambda *_: print("reloaded"))
	s = socket.socket()
	s.bind(("127.0.0.1", 0))
	s.listen()
	print("serving", *sys.argv[1:])
	while True:
	    s.accept()
	END
	chmod 755 bin/webd
}

t_may_have_a_machine() {
	t_need_switch && t_need unshare mount ip "$T_PYTHON" || return 1
	unshare -mnpf --mount-proc true 2>/dev/null && return
	t_skip 'may not unshare'
	return 1
}

# t_recipe_is FILE NAME [N]: the recipe in FILE; the user is one that exists here.
t_recipe_is() {
	t_target=$1
	shift
	t_recipe "$@" | sed "s/www-data/$T_USER/; s/-u redis/-u $T_USER/
		s|^PATH=|&$WORK/bin:|; s|/usr/local/s*bin/|$WORK/bin/|" >"$t_target"
	[ -s "$t_target" ] && return
	fail "no recipe: $*"
	return 1
}

# t_machine FILE [ARG]...: runs the script as its pid 1, with the output in out.
t_machine() {
	cat >boot <<-'END'
	for place in /run /var/log; do mount -t tmpfs -o mode=755 none $place || exit; done
	ip link set lo up || exit
	# what Debian's nginx needs, and what it would show
	mkdir /var/log/nginx
	[ ! -d /var/www/html ] || mount -t tmpfs none /var/www/html || exit
	[ ! -d /var/www/html ] || echo '<!DOCTYPE html>' >/var/www/html/index.html
	exec $T_CONTAINER sh "$@"
	END
	t_capture env T_CONTAINER="${T_CONTAINER:-}" PATH="$WORK/bin:$PATH:/usr/sbin" timeout -k 5 "$T_LIMIT" \
		unshare -mnpf --mount-proc sh boot "$@"
}

# What a script may say: try COMMAND, and its status is told; has FILE TEXT.
t_words='try() { "$@"; echo "$1${2+ $2}: $?"; }
has() { for i in $(seq 250); do grep -qs "$2" "$1" && return; sleep 0.02; done; exit 9; }'

# --- the first example -----------------------------------------------------------

# t_transcript N: block N of "Try it" runs, and prints what is printed there,
# but for numbers, times and sizes.
t_transcript() {
	t_block '## Try it' "$1" | grep -v '^# make install' >block
	echo 'exec 2>&1' >script
	sed -n "s/^# //p" block >>script
	t_machine script
	for t_file in block out; do
		sed '/^# /d; s/[0-9][0-9.:-]*/N/g; s|/usr/bin/||; s|/[^ ]*/bin/python|python|
			s|[^ ]*/webd.py|webd.py|; s/  */ /g' $t_file >"$t_file.alike"
	done
	t_assert_same block.alike out.alike
}

testTheFirstExample() {
	PATH=$PATH:/usr/sbin t_need curl nginx || return 0
	t_may_have_a_machine || return 0
	t_programs
	ln -s "$T_PYTHON" bin/python3
	t_transcript 2
	t_transcript 3
}

# --- recipes -------------------------------------------------------------------

testTheInitScript() {
	t_may_have_a_machine || return 0
	t_programs
	t_recipe_is web 'An init script' || return
	chmod 755 web
	cat >script <<-END
	$t_words
	for word in status start start status reload restart status stop stop status; do
		try ./web \$word >>log 2>>errors
		tail -n 1 log
		[ \$word != reload ] || has /var/log/web.log reloaded
	done
	./web start
	kill -9 \$(dsig pid web) && try dsig wait web
	try ./web status >log; tail -n 1 log
	try ./web stop
	try ./web nonsense
	try ./web
	grep -e serving -e reloaded /var/log/web.log
	END
	t_machine script
	cat >expected <<-'END'
	./web status: 3
	./web start: 0
	./web start: 0
	./web status: 0
	./web reload: 0
	./web restart: 0
	./web status: 0
	./web stop: 0
	./web stop: 0
	./web status: 3
	dsig wait: 0
	./web status: 1
	./web stop: 0
	./web nonsense: 2
	./web: 2
	serving --foreground
	reloaded
	serving --foreground
	serving --foreground
	END
	t_assert_same expected out
	t_assert_err 'usage: ./web {start'
}

# There is no systemd to ask; it reads what it would be told.
testTheUnit() {
	t_need systemd-analyze || return 0
	t_recipe systemd | sed 's|^ExecStart=.*|ExecStart=/bin/true|' >web.service
	t_assert_has web.service PIDFile= || return
	mkdir run
	t_capture env XDG_RUNTIME_DIR="$WORK/run" systemd-analyze verify --man=no "$WORK/web.service"
	t_assert_rc 0 && t_assert_silent
}

# t_docker: capabilities and system calls of a container as Docker makes it, with
# the numbers of x86-64: what its default profile refuses with EPERM (from mount
# and keyctl to io_uring), and clone3, which it does not know.
t_docker() {
	[ "$(uname -m)" = x86_64 ] || { t_skip 'the numbers of x86-64'; return 1; }
	t_allowed=-all
	for t_cap in chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service \
		net_raw sys_chroot mknod audit_write setfcap; do
		t_allowed=$t_allowed,+$t_cap
	done
	T_CONTAINER="setpriv --inh-caps=-all --bounding-set=$t_allowed --"
	T_CONTAINER="$T_CONTAINER $T_PROGRAMS/nosys 435 -- $T_PROGRAMS/nosys --eperm 103 135 153 155 163"
	for t_number in 164 165 166 167 168 169 172 173 175 176 179 212 227 237 238 239 246 248 249 250 \
		272 279 298 300 303 304 308 310 311 312 313 321 323 425 426 427; do
		T_CONTAINER="$T_CONTAINER $t_number"
	done
	T_CONTAINER="$T_CONTAINER --"
	$T_CONTAINER true 2>/dev/null && return
	t_skip 'may not drop capabilities, or filter calls'
	return 1
}

testAContainerAsDockerMakesIt() {
	t_docker || return 0
	testAContainerWithoutInit
	unset T_CONTAINER
}

# The same with all that dstart and dsig do to a server of another user's.
testDaemonsInADockerContainer() {
	t_may_have_a_machine && t_docker || return 0
	t_programs
	mkdir -m 777 open && chmod 777 open
	cat >script <<-END
	$t_words
	try dstart -n one -u $T_USER -d /tmp -l $WORK/open/one.log --reopen=USR1 -- webd
	try dstart -n two -u $T_USER -- $T_PROGRAMS/static/sigprobe $WORK/open/got
	LD_PRELOAD=$T_LIB DAEMONIZE_NAME=three DAEMONIZE_USER=$T_USER webd
	echo "preloaded: \$?"
	for name in one two three; do try dsig status -q \$name; done
	try dsig reload one
	has $WORK/open/one.log reloaded
	try dsig stop two
	try dsig -k stop one three
	END
	t_machine script
	unset T_CONTAINER
	sed 's/: /:/; s/ .*:/:/' out >said
	cat >expected <<-'END'
	dstart:0
	dstart:0
	preloaded:0
	dsig:0
	dsig:0
	dsig:0
	dsig:0
	dsig:0
	dsig:0
	END
	t_assert_same expected said || cat out err
}

testAContainerWithoutInit() {
	t_need redis-server || return 0
	t_may_have_a_machine || return 0
	t_programs
	t_recipe_is command 'A container without init' || return
	# pid 1, as it would be, asks and then lets the other one die
	cat >bin/webd <<-END
	#!/bin/sh
	$t_words
	echo "webd is \$\$"
	try dsig status cache >log; tail -n 1 log
	kill -9 \$(dsig pid cache) && dsig wait cache
	try dsig status cache >log; tail -n 1 log
	END
	t_machine -c "$(cat command)"
	grep -e '^webd' -e '^dsig' out >said
	cat >expected <<-'END'
	webd is 1
	dsig status: 0
	dsig status: 1
	END
	t_assert_same expected said
	t_assert_out 'Redis is starting'
}

# The status is that of the tests, and the server has gone.
testACiJob() {
	t_need redis-server || return 0
	t_may_have_a_machine || return 0
	t_programs
	t_recipe_is command 'A CI job' || return
	for t_status in 0 5; do
		printf '#!/bin/sh\ntest -e db.pid && exit %s\n' $t_status >bin/run-tests
		chmod 755 bin/run-tests
		t_machine -c "sh command; echo \$?; dsig status ./db.pid"
		t_assert_rc 3
		assertEquals $t_status "$(head -n 1 out)"
	done
	# it ends: what reads its output sees the end of it
	sed -i 's/^dstart/dstart --bogus/' command
	t_machine -c 'sh command 2>&1 | cat; exit 3'
	t_assert_rc 3 && t_assert_out '--bogus'
}

# With a real cron, the home of a user in another /etc/passwd, and nobody's jobs.
testCronAtReboot() {
	t_need cron || return 0
	t_may_have_a_machine || return 0
	t_programs
	t_recipe_is line cron || return
	mkdir -m 755 home && chown "$T_USER" home
	cp bin/webd home/bot
	sed "s|^\($T_USER:.*:\)[^:]*:[^:]*$|\1$WORK/home:/bin/sh|" /etc/passwd >passwd
	cat >script <<-END
	mount --bind passwd /etc/passwd && mount --bind /dev/null /etc/crontab || exit
	mount -t tmpfs none /etc/cron.d && mount -t tmpfs none /var/spool/cron || exit
	mkdir -m 1730 /var/spool/cron/crontabs && chgrp crontab /var/spool/cron/crontabs
	install -m 600 -o $T_USER line /var/spool/cron/crontabs/$T_USER
	cron -f &
	$t_words
	has home/bot.log serving
	exec setpriv --reuid=$T_USER --regid=$(id -g "$T_USER") --clear-groups dsig status home/.bot.pid
	END
	t_machine script
	t_assert_rc 0 && t_assert_out "$WORK/home/bot.log"
}

# The next minute comes when it comes.
testCronEachMinute() {
	t_need cron || return 0
	t_may_have_a_machine || return 0
	t_programs
	t_recipe_is line 'Restarts by cron' || return
	mkdir -m 755 home && chown "$T_USER" home
	cp bin/webd home/bot
	sed "s|^\($T_USER:.*:\)[^:]*:[^:]*$|\1$WORK/home:/bin/sh|" /etc/passwd >passwd
	cat >script <<-END
	mount --bind passwd /etc/passwd && mount --bind /dev/null /etc/crontab || exit
	mount -t tmpfs none /etc/cron.d && mount -t tmpfs none /var/spool/cron || exit
	mkdir -m 1730 /var/spool/cron/crontabs && chgrp crontab /var/spool/cron/crontabs
	{ echo "PATH=\$PATH"; cat line; } >crontab
	install -m 600 -o $T_USER crontab /var/spool/cron/crontabs/$T_USER
	as="setpriv --reuid=$T_USER --regid=$(id -g "$T_USER") --clear-groups"
	HOME=$WORK/home \$as sh -c "\$(sed 's/^[* ]*//' line)" || exit
	dsig pid home/.bot.pid >before && dsig -w 5 kill home/.bot.pid || exit
	HOME=$WORK/home \$as dsig -q status home/.bot.pid && exit 9
	cron -f &
	for i in \$(seq 700); do
		dsig -q status home/.bot.pid && break
		sleep 0.1
	done
	dsig pid home/.bot.pid
	END
	T_LIMIT=90
	t_machine script
	T_LIMIT=60
	t_assert_rc 0 || return
	assertNotEquals "$(cat before)" "$(cat out)"
}

# t_supervised SUPERVISOR COMMANDS: the run file of README in the directory web.
t_supervised() {
	t_may_have_a_machine || return 1
	t_programs
	mkdir web
	t_recipe_is web/run 'runit, s6' || return 1
	chmod 755 web/run
	cat >script <<-END
	$t_words
	up() { for i in \$(seq 250); do dsig -q status web && return; sleep 0.02; done; exit 8; }
	$1 web >>log &
	supervisor=\$!
	up
	has log 'serving --foreground'
	dsig pid web >first
	grep '^PPid' /proc/\$(cat first)/status
	echo "supervisor \$supervisor"
	dsig reload web && has log reloaded
	dsig -w 5 kill web
	up
	dsig pid web >second
	cmp -s first second || echo restarted
	$2
	try dsig status web >states; tail -n 1 states
	END
	t_machine script
	t_assert_rc 0 || return 1
	assertEquals "$(sed -n 's/^supervisor //p' out)" "$(sed -n 's/^PPid:[^0-9]*//p' out)"
	t_assert_out restarted
	assertEquals 'dsig status: 1' "$(tail -n 1 out)"
}

testRunit() {
	t_need runsv sv || return 0
	t_supervised runsv 'sv force-stop ./web >/dev/null'
}

testS6() {
	t_need s6-supervise s6-svc || return 0
	t_supervised s6-supervise 's6-svc -d -wD -T 5000 web'
}

# webd says that it is ready where s6 listens; dstart hands the descriptor on.
testS6HearsThatItIsReady() {
	t_need s6-supervise s6-svwait || return 0
	t_may_have_a_machine || return 0
	t_programs
	mkdir web
	t_recipe_is web/run 'runit, s6' || return
	chmod 755 web/run
	echo 3 >web/notification-fd
	sed -i 's/^print("serving/import os; os.write(3, b"\\n")\n&/' bin/webd
	cat >script <<-END
	s6-supervise web >log 2>&1 &
	for i in \$(seq 250); do [ -e web/supervise/control ] && break; sleep 0.02; done
	s6-svwait -U -t 10000 web || exit
	s6-svstat -o ready web
	s6-svc -d -wD -T 5000 web
	END
	t_machine script
	t_assert_rc 0 && assertEquals true "$(head -n 1 out)"
}

testALogThroughAPipe() {
	t_need logger svlogd socat || return 0
	t_may_have_a_machine || return 0
	t_programs
	t_recipe_is commands 'A log through a pipe' || return
	assertEquals 2 "$(wc -l <commands)"
	cat >script <<-END
	mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && mkdir /var/log/web || exit
	socat -u UNIX-RECV:/dev/log OPEN:got,creat,append &
	until [ -S /dev/log ]; do sleep 0.02; done
	$t_words
	$(sed -n 1p commands) || exit
	has got serving && dsig stop web || exit
	$(sed -n 2p commands) || exit
	has /var/log/web/current serving && dsig reload web && dsig stop web || exit
	cat got && echo && cat /var/log/web/current
	END
	t_machine script
	t_assert_rc 0
	grep -q 'web: serving' out || fail "no syslog: $(cat out)"
	grep -q '^20[0-9_:.-]* serving' out || fail "no svlogd: $(cat out)"
}

testRotation() {
	t_need logrotate || return 0
	t_may_have_a_machine || return 0
	t_programs
	t_recipe_is web.conf Rotation || return
	cat >script <<-END
	$t_words
	dstart -n web -u $T_USER --reopen=USR1 -- webd || exit
	has /var/log/web.log serving
	for turn in 1 2; do
		logrotate -f -s state web.conf && dsig reload web || exit
		has /var/log/web.log reloaded
	done
	stat -c '%n %U %a' /var/log/web.log*
	grep -c . /var/log/web.log.1
	END
	t_machine script
	t_assert_rc 0
	cat >expected <<-END
	/var/log/web.log $T_USER 640
	/var/log/web.log.1 $T_USER 640
	/var/log/web.log.2.gz $T_USER 640
	1
	END
	t_assert_same expected out
}

. "${SHUNIT2:-shunit2}"
