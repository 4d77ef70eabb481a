#!/bin/sh
# SPDX-License-Identifier: MIT
# One daemon on many machines: started, looked at and stopped through ssh, pdsh
# and ansible. Each host is an sshd on a loopback port of its own, in a mount
# namespace with its own /run and /var/log, so NAME is another daemon on each.
# shellcheck disable=SC2154 # rc: set by lib.sh
# shellcheck disable=SC2016 # expanded by inner shells
set -u
. "$(dirname "$0")/lib.sh"
oneTimeSetUp() { t_once; }
setUp() { t_begin || return 1; }
tearDown() { t_end; }

HOSTS='web1 web2'

# --- the hosts ---------------------------------------------------------------

t_may_have_hosts() {
	t_need_mounts && t_need sshd ssh ssh-keygen nginx "$T_PYTHON"
}

t_ports() {
	"$T_PYTHON" -I -c 'import socket
s = [socket.socket() for _ in range(2)]
for one in s: one.bind(("127.0.0.1", 0)); print(one.getsockname()[1])'
}

# What everybody has who says "webd": a server that is not ours, on a socket
# that is one host's own.
t_webd() {
	mkdir -m 755 bin
	cat >nginx.conf <<-'END'
	pid /run/nginx.pid;
	error_log stderr notice;
	daemon off;
	events { worker_connections 16; }
	http {
		access_log off;
		client_body_temp_path /run/body;
		proxy_temp_path /run/proxy;
		fastcgi_temp_path /run/fastcgi;
		uwsgi_temp_path /run/uwsgi;
		scgi_temp_path /run/scgi;
		server { listen unix:/run/web.sock; }
	}
	END
	cat >bin/webd <<-END
	#!/bin/sh
	exec $(command -v nginx) -e stderr -c '$WORK/nginx.conf'
	END
	chmod 755 bin/webd
}

# What runs as pid 1 would on a host: its home is the only thing of it that can
# be seen from outside. Sessions carry the test's mark, and so do daemons.
t_host_files() {
	mkdir -p "$1/home/.ssh"
	ssh-keygen -q -t ed25519 -N '' -f "$1/key"
	cp user.pub "$1/authorized"
	sed "s|^root:.*|root:x:0:0:root:$WORK/$1/home:/bin/sh|" /etc/passwd >"$1/passwd"
	cat >"$1/sshd_config" <<-END
	ListenAddress 127.0.0.1:$2
	HostKey $WORK/$1/key
	AuthorizedKeysFile $WORK/$1/authorized
	PidFile none
	StrictModes no
	UsePAM no
	PasswordAuthentication no
	PermitRootLogin prohibit-password
	Subsystem sftp internal-sftp
	SetEnv T_RUN=$T_RUN T_TEST=$T_TEST PATH=$WORK/bin:$PATH
	END
	cat >"$1/boot" <<-END
	mount -t tmpfs none /run && mount -t tmpfs none /var/log || exit
	mount --bind '$WORK/$1/passwd' /etc/passwd && mkdir -m 755 /run/sshd || exit
	exec $(command -v sshd) -D -e -f '$WORK/$1/sshd_config'
	END
	printf '%s ' "[127.0.0.1]:$2" >>known_hosts
	cat "$1/key.pub" >>known_hosts
	cat >>ssh_config <<-END
	Host $1
	    HostName 127.0.0.1
	    Port $2
	END
}

t_host_answers() { ssh "$1" true 2>/dev/null </dev/null; }

t_host_boot() {
	unshare -m sh "$1/boot" 2>"$1/log" &
	t_track $!
	t_wait_for 10 t_host_answers "$1" && return
	fail "$1 does not answer: $(cat "$1/log")"
	return 1
}

# The ssh that everything below finds first knows these hosts and no others.
t_hosts() {
	t_may_have_hosts || return 1
	ssh-keygen -q -t ed25519 -N '' -f user
	t_webd
	ln -s "$T_DSTART" "$T_DSIG" bin/
	# shellcheck disable=SC2046 # words are ports
	set -- $(t_ports)
	for t_host in $HOSTS; do
		t_host_files "$t_host" "$1"
		shift
	done
	cat >>ssh_config <<-END
	Host *
	    User root
	    IdentityFile $WORK/user
	    UserKnownHostsFile $WORK/known_hosts
	    IdentitiesOnly yes
	    BatchMode yes
	    ConnectTimeout 10
	END
	mkdir client
	printf '#!/bin/sh\nexec %s -F "%s" "$@"\n' "$(command -v ssh)" "$WORK/ssh_config" >client/ssh
	chmod 755 client/ssh
	PATH=$WORK/client:$PATH
	t_defer "PATH=$PATH; PATH=\${PATH#*:}"
	for t_host in $HOSTS; do
		t_host_boot "$t_host" || return 1
	done
	t_defer 't_on_each "dsig -q stop -k -t 5 web"'
}

# t_on HOST COMMAND: bounded, for what is feared most is that it hangs.
t_on() { t_capture timeout -k 5 20 ssh "$@"; }

t_on_each() {
	for t_host in $HOSTS; do
		timeout -k 5 20 ssh "$t_host" "$1" </dev/null >/dev/null 2>&1
	done
}

t_start_on() {
	t_on "$1" 'dstart -n web -r listen -- webd'
	t_assert_rc 0 && t_assert_silent
}

t_each_is() { # STATE FILE: one line of JSON for each host
	"$T_PYTHON" -I -c 'import json, sys
print(*[json.loads(line)["state"] for line in open(sys.argv[1])])' "$2" >states
	assertEquals "$(cat "$2")" "$1" "$(cat states)"
}

# --- ssh -----------------------------------------------------------------------

testSshReturnsThoughADaemonWasStarted() {
	t_hosts || return 0
	for t_host in $HOSTS; do
		t_start_on "$t_host" || return
		t_on "$t_host" 'dsig pid web'
		t_assert_rc 0 && cat out >>pids
	done
	assertEquals 'two daemons of one name' 2 "$(sort -u pids | wc -l)"
}

# With a terminal sshd sends HUP to what is left when the session ends.
testItOutlivesASessionWithATerminal() {
	t_hosts || return 0
	t_on web1 -tt 'dstart -n web -r listen -- webd'
	t_assert_rc 0
	t_on web1 'dsig status web'
	t_assert_rc 0
}

# The log is the session's own stderr; still nothing of it is left open.
testSshReturnsWithOutputInAPipe() {
	t_hosts || return 0
	t_on web1 'DAEMONIZE_VERBOSE=1 dstart -n web -r listen -- webd 2>&1 | cat'
	t_assert_rc 0 && t_assert_out 'ready'
}

testStatusesComeThrough() {
	t_hosts || return 0
	t_on web1 'dsig status web'
	t_assert_rc 3
	t_start_on web1
	t_on web1 'dstart -n web -r listen -- webd'
	t_assert_rc 75 && t_assert_err 'already running as pid'
	t_on web2 'dstart -n web -r listen -- false'
	t_assert_rc 69 && t_assert_err 'false ended with status 1'
	t_on web2 'dstart -n web -- nosuch'
	t_assert_rc 127
	t_on web1 'dsig reload web'
	t_assert_rc 0
	t_on web1 'dsig stop web'
	t_assert_rc 0
	t_on web1 'dsig stop web'
	t_assert_rc 3
	t_on web2 'dstart -n web -- sleep 60 && kill -9 $(dsig pid web) && dsig wait web'
	t_assert_rc 0
	t_on web2 'dsig --json status web'
	t_assert_rc 1 && t_each_is stale out
}

# --- the recipes of README.md ----------------------------------------------------

# t_many N: block N of the recipe in the file recipe; without what it prints.
t_many() {
	t_recipe 'Many machines' "$1" >recipe
	assertTrue 'no recipe' '[ -s recipe ]'
}

testTheLoop() {
	t_hosts || return 0
	t_many 1
	t_capture timeout -k 5 60 sh recipe
	t_assert_rc 0 && t_assert_silent || return
	t_on web2 'dsig stop web'
	t_capture timeout -k 5 60 sh recipe
	t_assert_rc 0
	t_assert_has out 'web1: 75'
	t_assert_lacks out web2
}

testPdsh() {
	t_need pdsh jq || return 0
	t_hosts || return 0
	t_start_on web1
	echo 'pdsh -R ssh -S -w web1,web2 dsig --json status web' >asked
	t_capture timeout -k 5 60 sh asked
	t_assert_rc 3
	sort out | sed 's/^web[12]: //' >lines
	t_each_is 'running stopped' lines
	t_many 2
	t_capture timeout -k 5 60 sh recipe
	assertEquals web2 "$(cat out)"
	t_start_on web2
	t_capture timeout -k 5 60 sh asked
	t_assert_rc 0
}

# All of its own in the test's directory.
t_ansible_files() {
	printf "web1\nweb2\n" >inventory
	cat >ansible.cfg <<-END
	[defaults]
	inventory = $WORK/inventory
	local_tmp = $WORK/ansible
	interpreter_python = $T_PYTHON
	[ssh_connection]
	ssh_executable = $WORK/client/ssh
	ssh_args = -o ControlMaster=no
	END
	{
		printf '%s\n' '- hosts: all' '  gather_facts: false' '  tasks:'
		sed 's/^/    /' recipe
	} >play.yml
}

t_ansible() {
	t_capture timeout -k 5 100 env ANSIBLE_CONFIG="$WORK/ansible.cfg" ANSIBLE_NOCOLOR=1 \
		ANSIBLE_HOME="$WORK/ansible" ANSIBLE_NOCOWS=1 LC_ALL=C.UTF-8 "$@"
}

testAnsible() {
	t_need ansible ansible-playbook || return 0
	t_hosts || return 0
	t_start_on web1
	t_many 3
	t_ansible_files
	t_ansible ansible-playbook play.yml
	t_assert_rc 0
	grep -qE '^web1 .* changed=0 ' out || fail "ran already: $(cat out)"
	grep -qE '^web2 .* changed=1 ' out || fail "started: $(cat out)"
	t_on web2 'dsig stop web'
	t_many 4
	t_ansible sh recipe
	t_assert_rc 2
	t_assert_out 'web1 | CHANGED | rc=0' && t_assert_out 'web2 | FAILED | rc=3'
	sort -r out | grep '^{' | sed 's/}.*/}/' >lines
	t_each_is 'stopped running' lines
}

. "${SHUNIT2:-shunit2}"
