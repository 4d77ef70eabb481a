#!/bin/sh
# SPDX-License-Identifier: MIT
# DAEMONIZE_READY=listen: who listens is found from outside. A test is a client
# that connects as soon as the launcher has returned.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh
# shellcheck disable=SC2016 # programs in sh, expanded there
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

# t_listen [VAR=VALUE]... -- COMMAND...
t_listen() {
	t_spawn DAEMONIZE_READY=listen DAEMONIZE_TIMEOUT=20 DAEMONIZE_PIDFILE=d.pid \
		DAEMONIZE_LOGFILE=d.log "$@"
}

# A port nobody listens on, of both protocols.
t_free_port() {
	"$T_PYTHON" -S -E -c 'import socket
while True:
    tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
    tcp.bind(("127.0.0.1", 0))
    try:
        udp.bind(tcp.getsockname())
    except OSError:
        continue
    print(tcp.getsockname()[1])
    break'
}

# t_answer KIND WHERE: what a client hears there, at the first attempt.
t_answer() {
	"$T_PYTHON" -S -E -c 'import socket, sys
kind, where = sys.argv[1:]
family = dict(tcp=socket.AF_INET, udp=socket.AF_INET, tcp6=socket.AF_INET6,
              unix=socket.AF_UNIX)[kind]
s = socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
s.settimeout(10)
if kind == "unix":
    s.connect("\0" + where[1:] if where[0] == "@" else where)
else:
    s.connect(("::1" if kind == "tcp6" else "127.0.0.1", int(where)))
if kind == "udp":
    s.send(b"?")
print(s.recv(100).decode().strip())' "$1" "$2" 2>&1 | tail -n 1
}

# t_get PORT: the body that an HTTP server sends for /file.
t_get() {
	"$T_PYTHON" -S -E -c 'import sys, urllib.request
print(urllib.request.urlopen("http://127.0.0.1:%s/file" % sys.argv[1], None, 10).read().decode().strip())' \
		"$1" 2>&1 | tail -n 1
}

# t_serves KIND WHERE [OPTION-OF-listener]...
t_serves() {
	t_kind=$1 t_where=$2
	shift 2
	t_listen -- "$T_PROGRAMS/listener" "$@" --after 150 "$t_kind" "$t_where" "$WORK/where"
	t_assert_started d.pid || return
	t_assert_silent
	t_wait_for 5 test -e where # written just after it listens
	assertEquals 'its answer' ok "$(t_answer "$t_kind" "$(sed 's/^[a-z]* //' where)")"
}

t_never() { # [VAR=VALUE]... -- COMMAND...
	t_listen DAEMONIZE_TIMEOUT=0.5 "$@"
	t_assert_rc 69 && t_assert_err 'was not ready in 0.5 seconds: it was not seen to listen on '
}

# What the clients are made of.
t_client() { t_need "$T_PYTHON"; }

testTcp() {
	t_client || return 0
	t_serves tcp 0
}

# Below the ports that the kernel gives to clients.
t_low_port() {
	"$T_PYTHON" -S -E -c 'import random, socket
while True:
    port = random.randrange(10000, 30000)
    try:
        for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
            socket.socket(type=kind).bind(("127.0.0.1", port))
    except OSError:
        continue
    print(port)
    break'
}

testUdp() {
	t_client || return 0
	t_serves udp "$(t_low_port)"
}

# As a resolver's, or squid's for its questions to one.
testAUdpSocketOnAPortThatTheKernelChoseDoesNotListen() {
	t_client || return 0
	t_never -- "$T_PROGRAMS/listener" udp 0
}

testAUnixSocket() {
	t_client || return 0
	t_serves unix "$WORK/socket"
}

testTcpOfVersionSix() {
	t_client || return 0
	grep -q . /proc/net/if_inet6 2>/dev/null || { t_skip 'needs IPv6'; return 0; }
	t_serves tcp6 0
}

testAnAbstractUnixSocket() {
	t_client || return 0
	cat >abstract.py <<-'END'
		import socket, sys, time
		time.sleep(0.2)
		s = socket.socket(socket.AF_UNIX)
		s.bind("\0" + sys.argv[1])
		s.listen(5)
		while True:
		    s.accept()[0].sendall(b"ok\n")
	END
	t_listen DAEMONIZE_READY="listen=@$WORK" -- "$T_PYTHON" -S -E abstract.py "$WORK"
	t_assert_started d.pid || return
	assertEquals ok "$(t_answer unix "@$WORK")"
}

testAWorkerThatListens() {
	t_client || return 0
	t_serves tcp 0 --child
}

testAWorkerThatListensOnAUnixSocket() {
	t_client || return 0
	t_serves unix "$WORK/socket" --child
}

testAMuslProgramThatListens() {
	t_client || return 0
	[ -x "$T_PROGRAMS/listener-musl" ] || { t_skip 'needs musl-gcc'; return 0; }
	t_listen -- "$T_PROGRAMS/listener-musl" --after 100 tcp 0 "$WORK/where"
	t_assert_started d.pid || return
	t_wait_for 5 test -e where
	assertEquals ok "$(t_answer tcp "$(sed 's/port //' where)")"
}

testAnOrdinaryUsersDaemon() {
	t_client && t_need_user || return 0
	chown "$T_USER" .
	T_WRAP=$T_AS_USER
	t_serves tcp 0 --child
}

testADaemonWithAnotherUser() {
	t_client && t_need_user || return 0
	chown "$T_USER" .
	t_listen DAEMONIZE_USER="$T_USER" -- "$T_PROGRAMS/listener" --after 100 tcp 0 "$WORK/where"
	t_assert_started d.pid || return
	t_wait_for 5 test -e where
	assertEquals ok "$(t_answer tcp "$(sed 's/port //' where)")"
}

# --- one in particular ------------------------------------------------------------

testThePortThatIsAskedFor() {
	t_client || return 0
	port=$(t_free_port)
	t_listen DAEMONIZE_READY="listen=$port" -- "$T_PROGRAMS/listener" --after 150 tcp "$port"
	t_assert_started d.pid || return
	assertEquals ok "$(t_answer tcp "$port")"
}

testTheUdpPortThatIsAskedFor() {
	t_client || return 0
	port=$(t_free_port)
	t_listen DAEMONIZE_READY="listen=$port" -- "$T_PROGRAMS/listener" --after 150 udp "$port"
	t_assert_started d.pid || return
	assertEquals ok "$(t_answer udp "$port")"
}

testThePathThatIsAskedFor() {
	t_client || return 0
	t_listen DAEMONIZE_READY="listen=$WORK/s" -- "$T_PROGRAMS/listener" --after 150 unix "$WORK/s"
	t_assert_started d.pid || return
	assertEquals ok "$(t_answer unix "$WORK/s")"
}

testAPathThatTheProgramKnowsByARelativeName() {
	t_client || return 0
	t_listen DAEMONIZE_READY="listen=$WORK/s" -- "$T_PROGRAMS/listener" --after 150 unix s
	t_assert_started d.pid || return
	assertEquals ok "$(t_answer unix "$WORK/s")"
}

testAnotherPortIsNotTheOneAskedFor() {
	t_client || return 0
	t_never DAEMONIZE_READY="listen=$(t_free_port)" -- "$T_PROGRAMS/listener" tcp 0
}

testAnotherPathIsNotTheOneAskedFor() {
	t_never DAEMONIZE_READY="listen=$WORK/s" -- "$T_PROGRAMS/listener" unix "$WORK/other"
}

testThePortOfAnotherProcessDoesNotCount() {
	t_client || return 0
	"$T_PROGRAMS/listener" tcp 0 "$WORK/taken" </dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 5 test -e taken
	port=$(sed 's/port //' taken)
	t_never DAEMONIZE_READY="listen=$port" -- "$T_PROGRAMS/probe" --stay
	t_listen DAEMONIZE_READY="listen=$port" -- "$T_PROGRAMS/listener" tcp "$port"
	t_assert_rc 69 && t_assert_err 'listener ended with status 1 before it was ready'
	t_assert_err 'Address already in use'
}

testTheLaterOfTwoPortsIsWaitedFor() {
	t_client || return 0
	cat >two.py <<-'END'
		import socket, sys, time
		first, second = socket.socket(), socket.socket()
		second.bind(("127.0.0.1", int(sys.argv[1])))
		first.bind(("127.0.0.1", 0))
		first.listen(5)
		time.sleep(0.5)
		second.listen(5)
		while True:
		    second.accept()[0].sendall(b"ok\n")
	END
	port=$(t_free_port)
	t_listen DAEMONIZE_READY="listen=$port" -- "$T_PYTHON" -S -E two.py "$port"
	t_assert_started d.pid || return
	assertEquals ok "$(t_answer tcp "$port")"
}

# --- what is no listening ---------------------------------------------------------

testOneThatNeverListens() { t_never -- "$T_PROGRAMS/probe" --stay; }

testABoundSocketDoesNotListen() {
	t_client || return 0
	t_never -- "$T_PYTHON" -S -E -c 'import socket, signal
a, b = socket.socket(), socket.socket(socket.AF_UNIX)
a.bind(("127.0.0.1", 0)); b.bind("s"); signal.pause()'
}

testAClientDoesNotListen() {
	t_client || return 0
	"$T_PROGRAMS/listener" tcp 0 "$WORK/server" </dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 5 test -e server
	t_never -- "$T_PYTHON" -S -E -c 'import socket, signal, sys
tcp = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
udp = socket.socket(type=socket.SOCK_DGRAM); udp.connect(("127.0.0.1", 9))
pair = socket.socketpair(); signal.pause()' "$(sed 's/port //' server)"
}

testAUdpSocketOfAnotherProcessDoesNotCount() {
	t_client || return 0
	"$T_PROGRAMS/listener" udp 0 "$WORK/server" </dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 5 test -e server
	port=$(sed 's/port //' server)
	for t_want in listen "listen=$port"; do
		t_never DAEMONIZE_READY="$t_want" -- "$T_PYTHON" -S -E -c 'import socket, signal
pair = socket.socketpair(); tcp = socket.socket(); signal.pause()'
	done
}

testASocketOfTheCallerDoesNotCount() {
	t_client || return 0
	cat >caller.py <<-'END'
		import os, socket, sys
		s = socket.socket()
		s.bind(("127.0.0.1", 0))
		s.listen(5)
		s.set_inheritable(True)
		os.execvp(sys.argv[1], sys.argv[1:])
	END
	T_WRAP="$T_PYTHON -S -E caller.py"
	t_never -- "$T_PROGRAMS/probe" --stay
}

# Handed on: that the program accepts connections there cannot be seen.
testASocketThatIsHandedOnDoesNotCount() {
	t_client || return 0
	cat >caller.py <<-'END'
		import os, socket, sys
		s = socket.socket()
		s.bind(("127.0.0.1", 0))
		s.listen(5)
		os.dup2(s.fileno(), 3)
		os.environ["LISTEN_FDS"] = "1"
		os.environ["LISTEN_PID"] = str(os.getpid())
		os.execvp(sys.argv[1], sys.argv[1:])
	END
	T_WRAP="$T_PYTHON -S -E caller.py"
	t_never -- "$T_PROGRAMS/probe" --stay
	t_listen -- "$T_PROGRAMS/dier" 3 100
	t_assert_rc 69 && t_assert_err 'dier ended with status 3 before it was ready'
	t_listen -- "$T_PROGRAMS/listener" tcp 0
	t_assert_started d.pid
}

# mariadbd does so with a pid file that it cannot write.
testOneThatListensForAMomentIsNotReady() {
	t_client || return 0
	cat >moment.py <<-'END'
		import socket, sys, time
		s = socket.socket()
		s.bind(("127.0.0.1", 0))
		s.listen(5)
		until = time.monotonic() + 0.05
		while time.monotonic() < until:
		    pass
		sys.exit(3)
	END
	for t_try in 1 2 3 4 5; do
		t_listen -- "$T_PYTHON" -S -E moment.py
		t_assert_rc 69 && t_assert_err 'ended with status 3 before it was ready'
	done
}

# As su -c, runuser -c and script do.
testAServerInAnotherSession() {
	t_client || return 0
	t_listen -- sh -c 'setsid "$1" --after 100 tcp 0 "$2" & echo $! >child; wait' \
		sh "$T_PROGRAMS/listener" "$WORK/where"
	t_track "$(cat child)"
	t_assert_started d.pid || return
	t_wait_for 5 test -e where
	assertEquals ok "$(t_answer tcp "$(sed 's/port //' where)")"
}

# --- what cannot be seen -----------------------------------------------------------

# t_blind: root without CAP_SYS_PTRACE, as in a container.
t_blind() {
	t_need_user || return 1
	chown "$T_USER" .
	T_WRAP='setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace --'
	$T_WRAP true 2>/dev/null && return
	t_skip 'setpriv cannot drop a capability'
	return 1
}

testANamedPortOfAnotherUsersServerIsFoundByItsOwner() {
	t_client && t_blind || return 0
	port=$(t_free_port)
	t_listen DAEMONIZE_READY="listen=$port" DAEMONIZE_USER="$T_USER" -- \
		"$T_PROGRAMS/listener" --after 150 tcp "$port"
	t_assert_started d.pid || return
	assertEquals ok "$(t_answer tcp "$port")"
}

testANamedPathOfAnotherUsersServerIsFoundByItsOwner() {
	t_client && t_blind || return 0
	t_listen DAEMONIZE_READY="listen=$WORK/s" DAEMONIZE_USER="$T_USER" -- \
		"$T_PROGRAMS/listener" --after 150 unix "$WORK/s"
	t_assert_started d.pid || return
	assertEquals ok "$(t_answer unix "$WORK/s")"
}

testAPortThatWasTakenBeforeIsNotAnotherUsersServer() {
	t_client && t_blind || return 0
	$T_AS_USER "$T_PROGRAMS/listener" tcp 0 "$WORK/taken" </dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 5 test -e taken
	t_never DAEMONIZE_READY="listen=$(sed 's/port //' taken)" DAEMONIZE_USER="$T_USER" -- \
		"$T_PROGRAMS/probe" --stay
}

testAnySocketOfAnotherUsersServerCannotBeSeen() {
	t_blind || return 0
	t_listen DAEMONIZE_USER="$T_USER" -- "$T_PROGRAMS/listener" tcp 0
	t_assert_rc 69 && t_assert_err 'unable to see the sockets of'
	t_assert_err 'say which with listen=PORT or listen=/PATH, or have CAP_SYS_PTRACE'
}

# /proc/PID/fd of a process that is ending belongs to root.
testADeathWhileWeLookIsADeath() {
	t_need_user || return 0
	chown "$T_USER" .
	T_WRAP=$T_AS_USER
	for t_try in 1 2 3 4 5 6 7 8 9 10; do
		t_listen -- "$T_PROGRAMS/dier" 1 $t_try
		t_assert_rc 69 && t_assert_err 'dier ended with status 1 before it was ready'
	done
}

# --- programs that cannot be preloaded ------------------------------------------------

testAStaticProgramThroughDstart() {
	t_client && t_need "${CC:-cc}" || return 0
	cat >server.c <<-'END'
		#include <arpa/inet.h>
		#include <stdlib.h>
		#include <sys/socket.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			struct sockaddr_in a = { .sin_family = AF_INET };
			int fd = socket(AF_INET, SOCK_STREAM, 0), client;

			a.sin_port = htons((unsigned short)atoi(argv[argc - 1]));
			a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
			usleep(200000);
			if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 5) != 0)
				return 1;
			while ((client = accept(fd, NULL, NULL)) >= 0) {
				if (write(client, "ok\n", 3) != 3)
					return 1;
				close(client);
			}
			return 1;
		}
	END
	"${CC:-cc}" -D_DEFAULT_SOURCE -static -o server server.c 2>/dev/null ||
		{ t_skip 'needs a static libc'; return 0; }
	port=$(t_free_port)
	t_dstart -r "listen=$port" -t 20 -p d.pid -- ./server "$port"
	t_assert_started d.pid || return
	assertEquals ok "$(t_answer tcp "$port")"
}

testAGoProgramThroughDstart() {
	t_client && t_need go || return 0
	cat >server.go <<-'END'
		package main

		import (
			"net"
			"os"
			"time"
		)

		func main() {
			time.Sleep(200 * time.Millisecond)
			l, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
			if err != nil {
				panic(err)
			}
			for {
				c, _ := l.Accept()
				c.Write([]byte("ok\n"))
				c.Close()
			}
		}
	END
	HOME=${HOME:-/root} CGO_ENABLED=0 GO111MODULE=off GOFLAGS='' go build -o server server.go >go.log 2>&1 ||
		{ t_skip "go: $(cat go.log)"; return 0; }
	port=$(t_free_port)
	t_dstart -r listen -t 20 -p d.pid -- ./server "$port"
	t_assert_started d.pid || return
	assertEquals ok "$(t_answer tcp "$port")"
	t_kill "$pid"
	t_listen DAEMONIZE_PIDFILE=e.pid DAEMONIZE_TIMEOUT=20 DAEMONIZE_READY="listen=$port" -- \
		sh -c 'trap "kill \$!" TERM; ./server "$1" & wait; wait' sh "$port"
	t_assert_started e.pid || return
	assertEquals ok "$(t_answer tcp "$port")"
}

# --- servers ---------------------------------------------------------------------------

testPythonsHttpServer() {
	t_client || return 0
	echo content >file
	port=$(t_free_port)
	t_listen -- "$T_PYTHON" -m http.server --bind 127.0.0.1 "$port"
	t_assert_started d.pid || return
	assertEquals content "$(t_get "$port")"
}

testNginx() {
	t_client && PATH=$PATH:/usr/sbin t_need nginx || return 0
	nginx=$(PATH=$PATH:/usr/sbin command -v nginx)
	port=$(t_free_port)
	mkdir tmp html
	echo content >html/file
	cat >nginx.conf <<-END
		daemon off;
		worker_processes 2;
		pid $WORK/nginx-own;
		error_log stderr;
		events { }
		http {
			access_log off;
			client_body_temp_path $WORK/tmp/a; proxy_temp_path $WORK/tmp/b;
			fastcgi_temp_path $WORK/tmp/c; uwsgi_temp_path $WORK/tmp/d; scgi_temp_path $WORK/tmp/e;
			server { listen 127.0.0.1:$port; root $WORK/html; }
		}
	END
	chmod 755 "$SHUNIT_TMPDIR" . html
	t_listen DAEMONIZE_READY="listen=$port" -- "$nginx" -e stderr -p "$WORK" -c "$WORK/nginx.conf"
	t_assert_started d.pid || return
	assertEquals content "$(t_get "$port")"
	assertTrue 'it is the master' "tr '\\0' ' ' </proc/$pid/cmdline | grep -q 'master process'"
	t_capture "$T_DSIG" stop ./d.pid
	t_assert_rc 0
}

testRedis() {
	t_client && t_need redis-server || return 0
	port=$(t_free_port)
	t_listen DAEMONIZE_READY="listen=$port" -- redis-server --port "$port" --bind 127.0.0.1 \
		--save '' --dir "$WORK"
	t_assert_started d.pid || return
	assertEquals PONG "$("$T_PYTHON" -S -E -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(b"PING\r\n"); print(s.recv(100).decode().strip(" +\r\n"))' "$port")"
}

# --- between many others -----------------------------------------------------------------

testManyConnectionsOfOthersAreNoHindrance() {
	t_client || return 0
	cat >busy.py <<-'END'
		import resource, signal, socket
		resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
		s = socket.socket()
		s.bind(("127.0.0.1", 0))
		s.listen(4096)
		keep = []
		for i in range(1500):
		    c = socket.create_connection(s.getsockname())
		    keep += [c, s.accept()[0]]
		open("busy", "w").close()
		signal.pause()
	END
	"$T_PYTHON" -S -E busy.py </dev/null >/dev/null 2>&1 &
	t_track $!
	t_wait_for 20 test -e busy
	t_serves tcp 0 --child
}

# The kernel answers for the network of who asks only: its tables are read.
testAListenerInAnotherNetwork() {
	t_need_root && t_need unshare || return 0
	unshare -n true 2>/dev/null || { t_skip 'may not unshare'; return 0; }
	t_dstart -r listen=1234 -t 20 -p d.pid -l d.log -- \
		unshare -n "$T_PROGRAMS/listener" tcp 1234 "$WORK/where"
	t_assert_started d.pid || { cat d.log; return; }
	t_dstart -r listen=1235 -t 0.5 -- unshare -n "$T_PROGRAMS/listener" tcp 1234 "$WORK/where2"
	t_assert_rc 69 && t_assert_err 'was not ready in 0.5 seconds'
}

testItSaysOnWhichPortItListensInstead() {
	t_never DAEMONIZE_READY=listen=1 -- "$T_PROGRAMS/listener" tcp 0 "$WORK/where"
	t_assert_err "it was not seen to listen on port 1, but on port $(sed 's/.*[ :]//' where)"
	t_never DAEMONIZE_READY=listen=/nowhere -- "$T_PROGRAMS/probe" --stay
	t_assert_lacks err ', but on'
}

. "${SHUNIT2:-shunit2}"
