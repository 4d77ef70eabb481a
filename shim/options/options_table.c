/* SPDX-License-Identifier: MIT */
#include "options/options.h"

#define A_FLAG "1 or 0"
#define A_PATH "a path, below 4096 bytes, without control characters"
#define A_MODE "an octal mode, 0 to 07777"
#define A_TIME "seconds above 0, fractions allowed"
#define A_DESTINATION "a path, inherit, null, journal or |command"
#define FIELD(member) offsetof(struct options, member)

const struct setting options_table[] = {
	{ "", 0, NULL, A_FLAG, "daemonize with defaults; 0: do nothing", value_flag, FIELD(on) },
	{ "NAME", 'n', "NAME", "letters, digits and _ . @ -, not beginning with . or -",
	  "instance name: places for pid file and log", value_name, FIELD(name) },
	{ "PIDFILE", 'p', "PATH", A_PATH, "pid file, locked while the daemon lives", value_path,
	  FIELD(pidfile) },
	{ "PIDFILE_MODE", 0, "MODE", A_MODE, "mode of a new pid file (0644)", value_octal,
	  FIELD(pidfile_mode) },
	{ "LOGFILE", 'l', "DEST", A_DESTINATION, "output: a path, inherit, null, journal, |command",
	  value_destination, FIELD(logfile) },
	{ "STDOUT", 0, "DEST", A_DESTINATION, "where stdout goes", value_destination, FIELD(out) },
	{ "STDERR", 0, "DEST", A_DESTINATION, "where stderr goes", value_destination, FIELD(err) },
	{ "LOGFILE_MODE", 0, "MODE", A_MODE, "mode of a new log file (0640)", value_octal,
	  FIELD(logfile_mode) },
	{ "WORKDIR", 'd', "PATH", A_PATH, "working directory, inside the chroot if any", value_path,
	  FIELD(workdir) },
	{ "CHROOT", 0, "PATH", A_PATH, "root directory", value_path, FIELD(chroot) },
	{ "UMASK", 0, "MASK", "an octal mask, 0 to 0777", "umask", value_mask, FIELD(umask) },
	{ "USER", 'u', "USER[:GROUP]", "user, user:group or :group, names or numbers",
	  "user and group to run as", value_string, FIELD(user) },
	{ "GROUPS", 0, "LIST", "a comma list of groups, or empty",
	  "supplementary groups (the user's own)", value_any, FIELD(groups) },
	{ "CLEARENV", 0, NULL, A_FLAG, "begin with an empty environment", value_flag,
	  FIELD(clearenv) },
	{ "ENVFILE", 0, "PATH", A_PATH, "add a file's KEY=VALUE lines to the environment",
	  value_path, FIELD(envfile) },
	{ "ARGV0", 0, "NAME", "a text, not empty, without control characters", "replaces argv[0]",
	  value_string, FIELD(argv0) },
	{ "KEEP_FDS", 0, "LIST", "a comma list of descriptors from 3, or all",
	  "descriptors handed on to the daemon", value_fds, FIELD(keep) },
	{ "READY", 'r', "WHEN",
	  "main, notify, listen, listen=PORT, listen=/PATH, listen=@NAME or "
	  "alive=SECONDS",
	  "main, listen[=...], notify, alive=SECONDS (main)", value_ready, FIELD(ready) },
	{ "TIMEOUT", 't', "SECONDS", A_TIME, "how long readiness is waited for (30)", value_seconds,
	  FIELD(timeout_ms) },
	{ "LINEBUF", 0, NULL, A_FLAG, "line buffered stdout, as stdbuf -oL", value_flag,
	  FIELD(linebuf) },
	{ "REOPEN", 0, "SIGNAL", "a signal that can be caught, such as USR1",
	  "signal on which the log files are reopened", value_signal, FIELD(reopen) },
	{ "VERBOSE", 'v', NULL, A_FLAG, "show each step", value_flag, FIELD(verbose) },
	{ "COMMANDS", 0, "LIST", "WORD=SIGNAL pairs", "own command names of dsig", value_any,
	  FIELD(commands) },
};
const unsigned options_count = sizeof options_table / sizeof options_table[0];
