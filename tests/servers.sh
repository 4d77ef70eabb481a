# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# shellcheck disable=SC2034 # command, own, stop: for who calls
# Servers that put themselves in the background unless told otherwise. server_NAME prepares
# one in the current directory, on a port of its own:
#   $command  its words, none of which has a blank
#   $own      the pid file that it writes itself, empty: none
#   $stop     a command that ends it, where TERM does not: empty
# and fails if it is not installed.

SERVERS='nginx apache2 lighttpd haproxy haproxy_master memcached redis mosquitto sshd dnsmasq
unbound named php_fpm varnishd tinyproxy rsync cron postgres stunnel snmpd chronyd pure_ftpd
squid privoxy monit webfsd mini_httpd rsyslogd inetd ngircd oidentd slapd exim4 tor atd'

# server_need PROGRAM: its path in $program.
server_need() {
	program=$(PATH=$PATH:/usr/sbin:/usr/local/sbin:/sbin command -v "$1") || return 1
	command='' own='' stop='' dir=$PWD
	port=$("$T_PYTHON" -S -E -c 'import socket
tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
tcp.bind(("127.0.0.1", 0)); udp.bind(tcp.getsockname()); print(tcp.getsockname()[1])')
}

server_nginx() {
	server_need nginx || return 1
	own=$dir/own
	cat >nginx.conf <<-END
		worker_processes 2;
		pid $own;
		error_log $dir/error.log;
		events { }
		http {
			access_log off;
			client_body_temp_path $dir/a; proxy_temp_path $dir/b; fastcgi_temp_path $dir/c;
			uwsgi_temp_path $dir/d; scgi_temp_path $dir/e;
			server { listen 127.0.0.1:$port; }
		}
	END
	command="$program -e stderr -p $dir -c $dir/nginx.conf"
}

server_apache2() {
	server_need apache2 || return 1
	own=$dir/own
	modules=$(echo /usr/lib/apache2/modules /usr/lib64/httpd/modules | tr ' ' '\n' |
		while read -r at; do [ ! -d "$at" ] || echo "$at"; done | head -n 1)
	cat >apache.conf <<-END
		ServerName localhost
		ServerRoot $dir
		PidFile $own
		ErrorLog $dir/error.log
		DefaultRuntimeDir $dir
		Listen 127.0.0.1:$port
		LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
		LoadModule authz_core_module $modules/mod_authz_core.so
		User nobody
		Group nogroup
		DocumentRoot $dir
	END
	command="$program -f $dir/apache.conf"
}

server_lighttpd() {
	server_need lighttpd || return 1
	own=$dir/own
	cat >lighttpd.conf <<-END
		server.document-root = "$dir"
		server.bind = "127.0.0.1"
		server.port = $port
		server.pid-file = "$own"
		server.errorlog = "$dir/error.log"
	END
	command="$program -f $dir/lighttpd.conf"
}

server_haproxy() {
	server_need haproxy || return 1
	own=$dir/own
	cat >haproxy.cfg <<-END
		global
		    maxconn 10
		defaults
		    mode tcp
		    timeout connect 1s
		    timeout client 1s
		    timeout server 1s
		listen it
		    bind 127.0.0.1:$port
		    server s 127.0.0.1:9
	END
	command="$program -D -p $own -f $dir/haproxy.cfg"
}

server_haproxy_master() {
	server_haproxy || return 1
	command="$program -W -D -p $own -f $dir/haproxy.cfg"
}

server_memcached() {
	server_need memcached || return 1
	own=$dir/own
	command="$program -d -u nobody -l 127.0.0.1 -p $port -P $own"
	chmod 777 .
}

server_redis() {
	server_need redis-server || return 1
	own=$dir/own
	command="$program --port $port --bind 127.0.0.1 --dir $dir --daemonize yes --pidfile $own"
}

server_mosquitto() {
	server_need mosquitto || return 1
	own=$dir/own
	printf 'listener %s 127.0.0.1\npid_file %s\nuser root\n' "$port" "$own" >mosquitto.conf
	command="$program -d -c $dir/mosquitto.conf"
}

server_sshd() {
	server_need sshd && command -v ssh-keygen >/dev/null || return 1
	own=$dir/own
	ssh-keygen -q -t ed25519 -N '' -f key </dev/null >/dev/null || return 1
	mkdir -p /run/sshd
	command="$program -f /dev/null -o Port=$port -o ListenAddress=127.0.0.1 -h $dir/key"
	command="$command -o PidFile=$own"
}

server_dnsmasq() {
	server_need dnsmasq || return 1
	own=$dir/own
	command="$program -C /dev/null -p $port -a 127.0.0.1 -z -x $own -u root"
}

server_unbound() {
	server_need unbound || return 1
	own=$dir/own
	cat >unbound.conf <<-END
		server:
		    interface: 127.0.0.1
		    port: $port
		    chroot: ""
		    username: ""
		    directory: "$dir"
		    pidfile: "$own"
		    use-syslog: no
		remote-control:
		    control-enable: no
	END
	command="$program -c $dir/unbound.conf"
}

server_named() {
	server_need named || return 1
	own=$dir/own
	cat >named.conf <<-END
		options { directory "$dir"; pid-file "$own"; session-keyfile "$dir/key";
			listen-on port $port { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; };
		controls { };
	END
	command="$program -c $dir/named.conf"
}

server_php_fpm() {
	php=$(find /usr/sbin -name 'php-fpm*' | head -n 1)
	server_need "$(basename "${php:-php-fpm}")" || return 1
	own=$dir/own
	cat >fpm.conf <<-END
		[global]
		pid = $own
		error_log = $dir/error.log
		daemonize = yes
		[www]
		user = nobody
		group = nogroup
		listen = 127.0.0.1:$port
		pm = static
		pm.max_children = 2
	END
	command="$program -y $dir/fpm.conf"
}

server_varnishd() {
	server_need varnishd || return 1
	own=$dir/own
	command="$program -a 127.0.0.1:$port -b 127.0.0.1:9 -n $dir/v -P $own -j none"
	command="$command -s malloc,8m -T none"
}

server_tinyproxy() {
	server_need tinyproxy || return 1
	own=$dir/own
	printf 'Port %s\nListen 127.0.0.1\nPidFile "%s"\nLogFile "%s"\nUser root\nGroup root\n' \
		"$port" "$own" "$dir/tinyproxy.log" >tinyproxy.conf
	command="$program -c $dir/tinyproxy.conf"
}

server_rsync() {
	server_need rsync || return 1
	own=$dir/own
	printf 'pid file = %s\nuse chroot = no\n' "$own" >rsyncd.conf
	command="$program --daemon --config=$dir/rsyncd.conf --port=$port --address=127.0.0.1"
}

# Its pid file is where it was built to be; so it is asked for in a namespace.
server_cron() {
	server_need cron && unshare -m true 2>/dev/null || return 1
	command="unshare -m sh -c mount\${IFS}-t\${IFS}tmpfs\${IFS}none\${IFS}/run&&exec\${IFS}$program"
}

server_postgres() {
	pg=$(find /usr/lib/postgresql -name bin 2>/dev/null | sort | tail -n 1)
	server_need "${pg:-/nowhere}/pg_ctl" || return 1
	own=$dir/db/postmaster.pid
	[ "$(id -u)" -ne 0 ] || as=postgres
	chmod 755 .
	mkdir db && chown "${as:-$(id -un)}" db
	setpriv --reuid="${as:-$(id -u)}" --regid="$(id -g "${as:-root}")" --clear-groups \
		"$pg/initdb" -D "$dir/db" -A trust -N >/dev/null 2>&1 || return 1
	printf "port = %s\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n" \
		"$port" >>db/postgresql.conf
	printf 'shared_buffers = 1MB\nfsync = off\n' >>db/postgresql.conf
	command="setpriv --reuid=postgres --regid=postgres --clear-groups"
	command="$command $program -D $dir/db -l $dir/db/log start"
}

server_stunnel() {
	server_need stunnel4 || server_need stunnel || return 1
	own=$dir/own
	openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 2 -subj /CN=x \
		>/dev/null 2>&1 || return 1
	cat k.pem c.pem >all.pem
	chmod 600 all.pem
	printf 'pid = %s\n[it]\naccept = 127.0.0.1:%s\nconnect = 127.0.0.1:9\ncert = %s\n' \
		"$own" "$port" "$dir/all.pem" >stunnel.conf
	command="$program $dir/stunnel.conf"
}

server_snmpd() {
	server_need snmpd || return 1
	own=$dir/own
	echo "agentAddress udp:127.0.0.1:$port" >snmpd.conf
	command="env SNMP_PERSISTENT_DIR=$dir $program -C -c $dir/snmpd.conf -p $own -Lf $dir/snmpd.log"
}

server_chronyd() {
	server_need chronyd || return 1
	own=$dir/own
	printf 'pidfile %s\ndriftfile %s/drift\ncmdport 0\nport %s\nbindcmdaddress /\nlocal\nallow\n' \
		"$own" "$dir" "$port" >chrony.conf
	command="$program -x -u root -f $dir/chrony.conf"
}

server_pure_ftpd() {
	server_need pure-ftpd || return 1
	own=$dir/own
	command="$program -B -S 127.0.0.1,$port -g $own -A -E -c 2"
}

server_squid() {
	server_need squid || return 1
	own=$dir/own
	chmod 777 .
	cat >squid.conf <<-END
		http_port 127.0.0.1:$port
		pid_filename $own
		cache_log $dir/cache.log
		access_log none
		cache deny all
		netdb_filename none
		coredump_dir $dir
		shutdown_lifetime 0 seconds
		pinger_enable off
	END
	command="$program -f $dir/squid.conf -n s$$"
}

server_privoxy() {
	server_need privoxy || return 1
	own=$dir/own
	printf 'listen-address 127.0.0.1:%s\nlogdir %s\nconfdir %s\ntempldir %s\n' \
		"$port" "$dir" "$dir" /etc/privoxy/templates >privoxy.conf
	command="$program --pidfile $own $dir/privoxy.conf"
}

server_monit() {
	server_need monit || return 1
	own=$dir/own
	printf 'set daemon 60\nset pidfile %s\nset logfile %s\nset idfile %s\nset statefile %s\n' \
		"$own" "$dir/monit.log" "$dir/id" "$dir/state" >monitrc
	echo 'check filesystem r path /' >>monitrc
	chmod 600 monitrc
	command="$program -c $dir/monitrc"
}

server_webfsd() {
	server_need webfsd || return 1
	own=$dir/own
	command="$program -p $port -i 127.0.0.1 -r $dir -k $own"
}

server_mini_httpd() {
	server_need mini_httpd || server_need mini-httpd || return 1
	own=$dir/own
	command="$program -p $port -h 127.0.0.1 -d $dir -i $own -u nobody"
}

server_rsyslogd() {
	server_need rsyslogd || return 1
	own=$dir/own
	printf 'module(load="imudp")\ninput(type="imudp" port="%s" address="127.0.0.1")\n' \
		"$port" >rsyslog.conf
	printf '*.* action(type="omfile" file="%s/out.log")\n' "$dir" >>rsyslog.conf
	command="$program -f $dir/rsyslog.conf -i $own"
}

server_inetd() {
	server_need inetutils-inetd || server_need inetd || return 1
	echo "127.0.0.1:$port stream tcp nowait root internal discard" >inetd.conf
	command="$program $dir/inetd.conf"
}

server_ngircd() {
	server_need ngircd || return 1
	cat >ngircd.conf <<-END
		[Global]
		Name = irc.example.net
		Listen = 127.0.0.1
		Ports = $port
		ServerUID = root
		ServerGID = root
		[Options]
		PAM = no
		Ident = no
	END
	command="$program -f $dir/ngircd.conf"
}

server_oidentd() {
	server_need oidentd || return 1
	command="$program -a 127.0.0.1 -p $port -u nobody -g nogroup"
}

server_slapd() {
	server_need slapd || return 1
	own=$dir/own
	mkdir ldap
	printf 'pidfile %s\nmoduleload back_mdb\nmodulepath /usr/lib/ldap\n' "$own" >slapd.conf
	printf 'database mdb\nsuffix ""\ndirectory %s\n' "$dir/ldap" >>slapd.conf
	command="$program -f $dir/slapd.conf -h ldap://127.0.0.1:$port/"
}

server_exim4() {
	server_need exim4 || return 1
	own=$dir/own
	cat >exim.conf <<-END
		primary_hostname = localhost
		spool_directory = $dir/spool
		log_file_path = $dir/exim_%s.log
		pid_file_path = $own
		exim_user = root
		never_users =
		tls_advertise_hosts =
		begin routers
		begin transports
	END
	mkdir spool
	command="$program -C $dir/exim.conf -bd -oX 127.0.0.1.$port -oP $own"
}

server_tor() {
	server_need tor || return 1
	own=$dir/own
	chmod 700 .
	printf 'DataDirectory %s\nPidFile %s\nSocksPort 127.0.0.1:%s\nRunAsDaemon 1\nDisableNetwork 1\n' \
		"$dir/data" "$own" "$port" >torrc
	printf 'Log notice file %s/tor.log\n' "$dir" >>torrc
	mkdir -m 700 data
	command="$program -f $dir/torrc --defaults-torrc /dev/null"
}

server_atd() {
	server_need atd && unshare -m true 2>/dev/null || return 1
	command="unshare -m sh -c mount\${IFS}-t\${IFS}tmpfs\${IFS}none\${IFS}/run&&exec\${IFS}$program"
}
