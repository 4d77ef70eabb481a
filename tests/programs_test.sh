#!/bin/sh
# SPDX-License-Identifier: MIT
# Real programs, unmodified, as daemons: they start, the pid is right, they do
# their work, reload where they can, stop, and leave no pid file.
# shellcheck disable=SC2154,SC2016 # rc, pid: set by lib.sh; $1 is for inner shells
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# --- helpers ----------------------------------------------------------------

# t_serve [VAR=VALUE]... -- COMMAND...: behind d.pid, its output in d.log.
t_serve() {
	t_spawn DAEMONIZE_PIDFILE=d.pid DAEMONIZE_LOGFILE=d.log "$@"
	t_assert_silent
	t_is_served
}

t_is_served() {
	t_assert_started d.pid || return
	t_track "$pid"
	t_dsig pid ./d.pid
	assertEquals "$pid" "$(cat out)"
	t_dsig status ./d.pid
	t_assert_rc 0
}

# t_asked COMMAND...: it answers, sooner or later; the answer is in the file said.
t_asked() { t_wait_for 10 t_answers "$@"; }
t_answers() { "$@" >said 2>/dev/null </dev/null && [ -s said ]; }

t_get() {
	"$T_PYTHON" -I -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode().strip())' "$1"
}

t_log_has() { grep -qF -e "$1" d.log; }

# A port that nobody uses at the moment.
t_port() {
	"$T_PYTHON" -I -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# The title that a program has given itself.
t_title() { tr '\0' ' ' <"/proc/$1/cmdline" | sed 's/ *$//'; }

t_child() { cut -d ' ' -f 1 "/proc/$1/task/$1/children" 2>/dev/null; }

t_reload() {
	t_dsig reload ./d.pid
	t_assert_rc 0
	assertTrue 'it survives' "t_alive $pid"
}

# TERM, within ten seconds, and nothing is left.
t_stop() {
	t_dsig stop ./d.pid
	t_assert_rc 0
	assertTrue 'it is gone' "t_gone $pid"
	t_assert_absent d.pid
	t_dsig status ./d.pid
	t_assert_rc 3
}

# --- servers ----------------------------------------------------------------

testPythonsHttpServer() {
	t_need "$T_PYTHON" || return 0
	mkdir site
	echo 'hello' >site/index.html
	t_serve -- "$T_PYTHON" -u -m http.server --bind 127.0.0.1 --directory site 0 || return
	assertTrue "$(cat d.log)" 't_wait_for 10 t_log_has "Serving HTTP on 127.0.0.1 port"'
	port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' d.log)
	t_asked t_get "http://127.0.0.1:$port/"
	assertEquals hello "$(cat said)"
	# its second line is of the request
	assertTrue "$(cat d.log)" "t_wait_for 5 t_log_has '\"GET / HTTP/1.1\" 200'"
	# it has no handler: HUP would end it
	t_dsig reload ./d.pid
	t_assert_rc 77
	t_stop
}

t_nginx_conf() {
	cat >nginx.conf <<-END
		daemon off;
		$(test "$(id -u)" -ne 0 || echo 'user root;')
		worker_processes 1;
		pid $WORK/$2;
		error_log stderr notice;
		events { worker_connections 32; }
		http {
			access_log off;
			client_body_temp_path $WORK/tmp;
			proxy_temp_path $WORK/tmp;
			fastcgi_temp_path $WORK/tmp;
			uwsgi_temp_path $WORK/tmp;
			scgi_temp_path $WORK/tmp;
			server {
				listen 127.0.0.1:$port;
				location / { return 200 "$1\n"; }
			}
		}
	END
}

t_need_nginx() {
	PATH=$PATH:/usr/sbin
	t_need nginx "$T_PYTHON" || return 1
	port=$(t_port)
	mkdir tmp
}

testNginxWithItsTitleIntact() {
	t_need_nginx || return 0
	t_nginx_conf one nginx.pid
	set -- nginx -p "$WORK" -c "$WORK/nginx.conf" -e stderr
	"$@" >/dev/null 2>direct.log </dev/null &
	direct=$!
	t_track "$direct"
	assertTrue "$(cat direct.log)" 't_asked t_get "http://127.0.0.1:$port/"'
	t_title "$direct" >direct.title
	t_title "$(t_child "$direct")" >>direct.title
	t_kill "$direct"
	t_serve -- "$@" || return
	assertTrue "$(cat d.log)" 't_asked t_get "http://127.0.0.1:$port/"'
	assertEquals one "$(cat said)"
	t_title "$pid" >d.title
	t_title "$(t_child "$pid")" >>d.title
	t_assert_same direct.title d.title
	t_assert_has d.title "nginx: master process nginx -p $WORK -c "
	assertEquals "$pid" "$(cat nginx.pid)"
	t_assert_has d.log 'start worker process'
	t_stop
	t_assert_absent nginx.pid
}

testNginxReloads() {
	t_need_nginx || return 0
	t_nginx_conf one nginx.pid
	t_serve -- nginx -p "$WORK" -c "$WORK/nginx.conf" -e stderr || return
	t_asked t_get "http://127.0.0.1:$port/"
	assertEquals one "$(cat said)"
	t_nginx_conf two nginx.pid
	t_reload
	assertTrue 'new content' 't_wait_for 10 t_says_two'
	t_dsig quit ./d.pid
	t_assert_rc 0
	t_assert_gone "$pid"
	t_assert_absent d.pid
}

t_says_two() { [ "$(t_get "http://127.0.0.1:$port/" 2>/dev/null)" = two ]; }

# It writes, closes and at the end unlinks the very file.
testNginxWithTheSamePidFile() {
	t_need_nginx || return 0
	t_nginx_conf one d.pid
	t_serve -- nginx -p "$WORK" -c "$WORK/nginx.conf" -e stderr || return
	t_asked t_get "http://127.0.0.1:$port/"
	t_dsig status ./d.pid
	t_assert_rc 0
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/probe" ran
	t_assert_rc 75
	assertEquals "$pid" "$(cat d.pid)"
	t_stop
}

testNginxsMasterIsKilledAndItsWorkerSurvives() {
	t_need_nginx || return 0
	t_nginx_conf one nginx.pid
	t_serve -- nginx -p "$WORK" -c "$WORK/nginx.conf" -e stderr || return
	t_asked t_get "http://127.0.0.1:$port/"
	worker=$(t_child "$pid")
	t_track "$worker"
	kill -s KILL "$pid"
	t_assert_gone "$pid"
	assertTrue 'the worker lives' "t_alive $worker"
	t_dsig status ./d.pid
	t_assert_rc 1
	t_spawn DAEMONIZE_PIDFILE=d.pid -- "$T_PROGRAMS/sigprobe" got
	t_assert_started d.pid
}

testRedis() {
	t_need redis-server redis-cli || return 0
	set -- redis-server --port 0 --unixsocket "$WORK/redis.sock" --save '' --appendonly no \
		--dir "$WORK"
	"$@" >direct.log 2>&1 </dev/null &
	direct=$!
	t_track "$direct"
	t_asked redis-cli -s redis.sock ping
	t_title "$direct" >direct.title
	t_kill "$direct"
	t_serve -- "$@" || return
	assertTrue "$(cat d.log)" 't_asked redis-cli -s redis.sock ping'
	assertEquals PONG "$(cat said)"
	redis-cli -s redis.sock set key value >/dev/null
	assertEquals value "$(redis-cli -s redis.sock get key)"
	assertEquals "process_id:$pid" "$(redis-cli -s redis.sock info server | tr -d '\r' |
		grep ^process_id)"
	t_title "$pid" >d.title
	t_assert_same direct.title d.title
	# getenv and its like, after our scrub
	redis-cli -s redis.sock config set loglevel verbose >/dev/null
	t_assert_has d.log 'eady to accept connections'
	t_stop
	t_assert_has d.log 'bye bye'
}

testNode() {
	t_need "$T_NODE" "$T_PYTHON" || return 0
	cat >server.js <<-'END'
		const http = require('http')
		let answer = 'one'
		const server = http.createServer((request, response) => response.end(answer + '\n'))
		process.on('SIGHUP', () => { answer = 'two'; console.log('reloaded') })
		process.on('SIGTERM', () => { console.error('stopped'); process.exit(0) })
		server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port))
	END
	t_serve -- "$T_NODE" server.js || return
	assertTrue "$(cat d.log)" 't_wait_for 20 t_log_has port'
	port=$(sed -n 's/^port //p' d.log)
	t_asked t_get "http://127.0.0.1:$port/"
	assertEquals one "$(cat said)"
	t_reload
	t_wait_for 5 t_log_has reloaded
	assertTrue 'new content' t_says_two
	t_stop
	assertEquals "port $port reloaded stopped" "$(xargs <d.log)"
}

# It may well be static: dstart is for these as well.
testBusyboxsHttpServer() {
	t_need busybox "$T_PYTHON" || return 0
	busybox httpd --help >/dev/null 2>&1 || { t_skip 'needs busybox httpd'; return 0; }
	mkdir site
	echo hello >site/index.html
	port=$(t_port)
	t_dstart --pidfile d.pid --logfile d.log -- busybox httpd -f -v -p "127.0.0.1:$port" -h site
	t_assert_silent
	t_is_served || return
	t_asked t_get "http://127.0.0.1:$port/"
	assertEquals hello "$(cat said)"
	t_stop
}

# --- scripts ----------------------------------------------------------------

# t_shell_script: counts its reloads, says goodbye.
t_shell_script() {
	cat <<-END
		#!$1
		trap 'echo reloaded; n=\$((n + 1)); echo \$n >count' HUP
		trap 'echo stopped; exit 0' TERM
		n=0
		echo "started \$\$"
		echo ready >&2
		while :; do
			sleep 0.05
		done
	END
}

t_try_script() {
	t_serve -- "$@" || return
	assertTrue "$(cat d.log)" 't_wait_for 5 t_log_has ready'
	t_reload
	assertTrue "$(cat d.log)" 't_wait_for 5 test -s count'
	t_reload
	assertTrue "$(cat d.log)" 't_wait_for 5 grep -q 2 count'
	t_stop
	assertEquals "started $pid ready reloaded reloaded stopped" "$(xargs <d.log)"
	rm -f d.log count
}

testABashScript() {
	t_need bash || return 0
	t_shell_script "$(command -v bash)" >daemon
	chmod +x daemon
	t_try_script ./daemon && t_try_script bash daemon
}

testADashScript() {
	t_need dash || return 0
	t_shell_script "$(command -v dash)" >daemon
	chmod +x daemon
	t_try_script ./daemon && t_try_script dash daemon
}

testAScriptOfTheOtherShells() {
	for shell in zsh ksh mksh; do
		command -v "$shell" >/dev/null || continue
		t_shell_script "$(command -v "$shell")" >daemon
		chmod +x daemon
		t_try_script ./daemon || { echo "$shell"; return; }
	done
	assertTrue true
}

testABusyboxScript() {
	t_need busybox || return 0
	t_shell_script "$(command -v busybox) sh" >daemon
	chmod +x daemon
	t_dstart --pidfile d.pid --logfile d.log -- ./daemon
	t_is_served || return
	t_wait_for 5 t_log_has ready
	t_reload
	t_wait_for 5 t_log_has reloaded
	t_stop
	assertEquals "started $pid ready reloaded stopped" "$(xargs <d.log)"
}

testAPythonScript() {
	t_need "$T_PYTHON" || return 0
	cat >daemon <<-END
		#!$T_PYTHON
		import os, signal, sys
		def reload(*_):
		    print("reloaded", flush=True)
		    open("count", "a").write("12")
		def stop(*_):
		    print("stopped")
		    sys.exit(0)
		signal.signal(signal.SIGHUP, reload)
		signal.signal(signal.SIGTERM, stop)
		print("started", os.getpid(), flush=True)
		print("ready", file=sys.stderr, flush=True)
		while True:
		    signal.pause()
	END
	chmod +x daemon
	t_try_script ./daemon
}

testAPerlScript() {
	t_need perl || return 0
	cat >daemon <<-'END'
		#!/usr/bin/perl
		$| = 1;
		$SIG{HUP} = sub { print "reloaded\n"; open(F, ">>count"); print F "12"; close F };
		$SIG{TERM} = sub { print "stopped\n"; exit 0 };
		print "started $$\n";
		print STDERR "ready\n";
		sleep 1 while 1;
	END
	chmod +x daemon
	t_try_script ./daemon
}

# --- others -----------------------------------------------------------------

testProgramsThatKnowNothingOfSignals() {
	echo text >file
	for command in 'sleep 100' 'tail -f file' 'cat fifo'; do
		rm -f fifo d.log
		mkfifo fifo
		# shellcheck disable=SC2086 # words
		t_serve -- $command || { echo "$command"; return; }
		t_stop
	done
	assertTrue true
}

# shellcheck disable=SC1090
. "${SHUNIT2:-shunit2}"
