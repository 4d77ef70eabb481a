#compdef dsig
# SPDX-License-Identifier: MIT
# zsh completion for dsig(1). Commands and options come from dsig --help.
# Install as _dsig.

_dsig_signals() {
	compadd "$@" -- ${signals:#(EXIT|ZERR|DEBUG)}
}

_dsig_pidfiles() {
	_files -g '*.pid(-.)'
}

# _dsig_value KIND
_dsig_value() {
	case $1 in
	FILE) _dsig_pidfiles ;;
	PATH) _directories ;;
	*=SIGNAL)
		if compset -P '*='; then
			_dsig_signals
		else
			_message -e commands 'name=signal'
		fi
		;;
	*) _message -e values "${1:l}" ;;
	esac
}

_dsig_command() {
	local line
	local -a match mbegin mend commands=()

	for line in $help; do
		[[ $line = Options: ]] && break
		[[ $line =~ '^  ([a-z][A-Za-z0-9_.-]*)  +(.*)$' ]] &&
			commands+=("$match[1]:${match[2]//:/\\:}")
	done
	compset -P '*,' # only the last of several
	_describe -t commands command commands
	case $PREFIX in
	SIG*) _dsig_signals -p SIG ;;
	[A-Z]*) _dsig_signals ;;
	esac
}

# Offers pid files if the word has a slash, else NAMEs with a pid file in the run
# directory, and pid files in the current one with ./ before them.
_dsig_operand() {
	local -a directories=(/run) names here

	[[ $words[(r)list] = list ]] && return 1
	((EUID == 0)) || directories=($XDG_RUNTIME_DIR /run)
	names=($^directories/*.pid(N:t:r))
	here=(*.pid(N-.))
	[[ $PREFIX = */* ]] || compadd -- $names ./$^here
	[[ $PREFIX != */* ]] || _dsig_pidfiles
}

_dsig() {
	emulate -L zsh
	setopt extended_glob
	local -a help specs
	local line letter long kind text value same MATCH MBEGIN MEND
	local -a match mbegin mend

	help=(${(f)"$(LC_ALL=C _call_program options ${(q)words[1]} --help 2>/dev/null)"})
	for line in ${help[(r)Options:,-1]}; do
		[[ $line =~ '^  (-(.)|  )(, |  )(--([a-z-]+))?( ([A-Z=]+))? +(.*)$' ]] || continue
		letter=$match[2] long=$match[5] kind=$match[7]
		text=${match[8]//(#m)[][:\\]/\\$MATCH}
		value=
		[[ -z $kind ]] || value=":${kind:l}: _dsig_value $kind"
		same="(${long:+--$long}${letter:+ -$letter})"
		# these may be given several times
		[[ $kind != (FILE|*=SIGNAL) ]] || same='*'
		[[ -z $long ]] || specs+=("$same--$long${kind:+=}[$text]$value")
		[[ -z $letter ]] || specs+=("$same-$letter${kind:++}[$text]$value")
	done
	_arguments -s -S : $specs '1:command: _dsig_command' '*:daemon: _dsig_operand'
}

_dsig "$@"
