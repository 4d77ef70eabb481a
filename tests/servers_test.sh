#!/bin/sh
# SPDX-License-Identifier: MIT
# Real servers, as they come: they put themselves in the background, and what stays there
# is the daemon. servers.sh says how each is started.
# shellcheck disable=SC2154 # rc, pid: set by lib.sh; command, own: by servers.sh
set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/servers.sh"
oneTimeSetUp() { t_once; }
setUp() {
	t_begin || return 1
	chmod 755 "$SHUNIT_TMPDIR" .
}
tearDown() { t_end; }

# t_own: what its own pid file says, once it is there.
t_own() {
	t_wait_for 10 test -s "$own"
	head -n 1 "$own" | tr -dc 0-9
}

# t_server NAME [VAR=VALUE]...: it is followed, runs on, and goes when it is told to.
t_server() {
	t_need_root && t_need "$T_PYTHON" || return 0
	t_name=$1
	shift
	"server_$t_name" || { t_skip "needs $t_name"; return 0; }
	# shellcheck disable=SC2086 # words of a command
	t_spawn DAEMONIZE_PIDFILE="$WORK/d.pid" DAEMONIZE_LOGFILE="$WORK/d.log" "$@" -- $command
	t_assert_started d.pid || { cat d.log; return 1; }
	t_assert_silent
	[ -z "$own" ] || assertEquals "who it is by $own" "$(t_own)" "$pid"
	t_dsig status --json ./d.pid
	t_assert_rc 0 && t_assert_out "\"pid\":$pid,"
	t_dsig stop -k -t 20 ./d.pid
	t_assert_rc 0
	t_wait_for 10 t_none_left
}

testApache() { t_server apache2; }
testAtd() { t_server atd; }
testChronyd() { t_server chronyd; }
testCron() { t_server cron; }
testDnsmasq() { t_server dnsmasq; }
testExim() { t_server exim4; }
testHaproxy() { t_server haproxy; }
testHaproxyWithAMaster() { t_server haproxy_master; }
testInetd() { t_server inetd; }
testLighttpd() { t_server lighttpd; }
testMemcached() { t_server memcached; }
testMiniHttpd() { t_server mini_httpd; }
testMonit() { t_server monit; }
testMosquitto() { t_server mosquitto; }
testNamed() { t_server named; }
testNgircd() { t_server ngircd; }
testNginx() { t_server nginx; }
testOidentd() { t_server oidentd; }
testPhp() { t_server php_fpm; }
testPostgres() { t_server postgres; }
testPrivoxy() { t_server privoxy; }
testPureFtpd() { t_server pure_ftpd; }
testRedis() { t_server redis; }
testRsync() { t_server rsync; }
testRsyslogd() { t_server rsyslogd; }
testSlapd() { t_server slapd; }
testSnmpd() { t_server snmpd; }
testSquid() { t_server squid; }
testSshd() { t_server sshd; }
testStunnel() { t_server stunnel; }
testTinyproxy() { t_server tinyproxy; }
testTor() { t_server tor; }
testUnbound() { t_server unbound; }
testVarnish() { t_server varnishd; }
testWebfsd() { t_server webfsd; }

testTheyListenWhenTheyAreAskedTo() {
	for t_name in nginx lighttpd memcached redis; do
		(mkdir "$t_name" && chmod 755 "$t_name")
		cd "$t_name" || return
		WORK=$PWD
		t_server $t_name DAEMONIZE_READY="listen"
		cd .. && WORK=$PWD
	done
}

testTheirOwnPidFilesDecide() {
	t_server nginx DAEMONIZE_FORKS="$WORK/own"
}

. "${SHUNIT2:-shunit2}"
