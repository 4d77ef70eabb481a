/* SPDX-License-Identifier: MIT */
#include "options/options.h"

#define A_FLAG "1 or 0"
#define A_PATH "a path, below 4096 bytes, without control characters"
#define A_MODE "an octal mode, 0 to 07777"
#define A_TIME "seconds above 0, fractions allowed"
#define A_DESTINATION "a path, inherit, null, journal or |command; ./NAME for a file called so"
#define FIELD(member) offsetof(struct options, member)

const struct setting options_table[] = {
	{ "", 0, NULL, A_FLAG, "daemonize with defaults; 0: do nothing", value_flag, FIELD(on), 0 },
	{ "NAME", 'n', "NAME", "letters, digits and _ . @ -, not beginning with . or -",
	  "instance name: places for pid file and log", value_name, FIELD(name), 0 },
	{ "PIDFILE", 'p', "PATH", A_PATH, "pid file, locked while the daemon lives", value_path,
	  FIELD(pidfile), 0 },
	{ "PIDFILE_MODE", 0, "MODE", A_MODE, "mode of a new pid file (0644)", value_octal,
	  FIELD(pidfile_mode), 0 },
	{ "LOGFILE", 'l', "DEST", A_DESTINATION, "output: a path, inherit, null, journal, |command",
	  value_destination, FIELD(logfile), 0 },
	{ "STDOUT", 0, "DEST", A_DESTINATION, "where stdout goes", value_destination, FIELD(out),
	  0 },
	{ "STDERR", 0, "DEST", A_DESTINATION, "where stderr goes", value_destination, FIELD(err),
	  0 },
	{ "STDIN", 0, "PATH", "a path, or null", "where stdin comes from (null)", value_input,
	  FIELD(in), 0 },
	{ "LOGFILE_MODE", 0, "MODE", A_MODE, "mode of a new log file (0640)", value_octal,
	  FIELD(logfile_mode), 0 },
	{ "WORKDIR", 'd', "PATH", A_PATH, "working directory, inside the chroot if any", value_path,
	  FIELD(workdir), 0 },
	{ "CHROOT", 0, "PATH", A_PATH, "root directory", value_path, FIELD(chroot), 0 },
	{ "UMASK", 0, "MASK", "an octal mask, 0 to 0777", "umask", value_mask, FIELD(umask), 0 },
	{ "USER", 'u', "USER[:GROUP]", "user, user:group or :group, names or numbers",
	  "user and group to run as", value_string, FIELD(user), 0 },
	{ "GROUPS", 0, "LIST", "a comma list of groups, or empty",
	  "supplementary groups (the user's own)", value_any, FIELD(groups), 0 },
	{ "CLEARENV", 0, NULL, A_FLAG, "begin with an empty environment", value_flag,
	  FIELD(clearenv), 0 },
	{ "ENVFILE", 0, "PATH", A_PATH, "add a file's KEY=VALUE lines to the environment",
	  value_path, FIELD(envfile), 0 },
	{ "ARGV0", 0, "NAME", "a text, not empty, without control characters", "replaces argv[0]",
	  value_string, FIELD(argv0), 0 },
	{ "KEEP_FDS", 0, "LIST", "a comma list of descriptors from 3, or all",
	  "descriptors handed on to the daemon", value_fds, FIELD(keep), 0 },
	{ "READY", 'r', "WHEN",
	  "settled, main, notify, listen, listen=PORT, listen=/PATH, listen=@NAME, fd=N or "
	  "alive=SECONDS",
	  "main, listen[=], notify, fd=, alive= (settled)", value_ready, FIELD(ready), 0 },
	{ "FORKS", 0, "HOW", "auto, 0, 1 or the /PATH of the program's own pid file",
	  "follow into background: auto, 0, 1, /PATH (auto)", value_forks, FIELD(forks), 0 },
	{ "TIMEOUT", 't', "SECONDS", A_TIME, "how long readiness is waited for (30)", value_seconds,
	  FIELD(timeout_ms), 0 },
	{ "LINEBUF", 0, NULL, A_FLAG, "line buffered stdout, as stdbuf -oL", value_flag,
	  FIELD(linebuf), 0 },
	{ "REOPEN", 0, "SIGNAL", "a signal that can be caught, such as USR1",
	  "signal on which the log files are reopened", value_signal, FIELD(reopen), 0 },
	{ "FOREGROUND", 'f', NULL, A_FLAG, "the same settings, but no daemon: in this process",
	  value_flag, FIELD(foreground), 0 },
	{ "VERBOSE", 'v', NULL, A_FLAG, "show each step", value_flag, FIELD(verbose), 0 },
	{ "STOP", 0, "SCHEDULE", "SIGNAL[/SECONDS[/SIGNAL/SECONDS]...], such as TERM/30/KILL/5",
	  "how dsig stop ends it (TERM)", value_schedule, FIELD(stop), 1 },
	{ "COMMANDS", 0, NULL, "WORD=SIGNAL pairs, such as rotate=USR1", "", value_commands,
	  FIELD(commands), 1 },
};
const unsigned options_count = sizeof options_table / sizeof options_table[0];
_Static_assert(sizeof options_table / sizeof options_table[0] <= OPTIONS_MAX, "OPTIONS_MAX");
