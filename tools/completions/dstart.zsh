#compdef dstart
# SPDX-License-Identifier: MIT
# zsh completion for dstart(1). Options, and the kinds of their values, come
# from dstart --help. Install as _dstart.

# _dstart_value LONG KIND
_dstart_value() {
	case $2 in
	PATH)
		case $1 in
		workdir | chroot) _directories ;;
		*) _files ;;
		esac
		;;
	DEST)
		_alternative 'streams:destination:(inherit null journal)' 'files:file:_files'
		;;
	WHEN)
		compadd -- settled main notify listen
		compadd -S '' -- listen= fd= alive=
		;;
	HOW)
		_alternative 'words:how:(auto 0 1)' 'files:file:_files'
		;;
	USER*)
		if compset -P '*:'; then
			_groups
		else
			_users
		fi
		;;
	SIGNAL) compadd -- ${signals:#(EXIT|KILL|STOP|RTMIN|ZERR|DEBUG)} ;;
	LIST)
		case $1 in
		groups)
			compset -P '*,'
			_groups
			;;
		*) compadd -- all ;;
		esac
		;;
	*) _message -e values "${2:l}" ;;
	esac
}

_dstart() {
	emulate -L zsh
	setopt extended_glob
	local -a specs same
	local line letter long kind help value MATCH MBEGIN MEND
	local -a match mbegin mend

	for line in ${(f)"$(LC_ALL=C _call_program options ${(q)words[1]} --help 2>/dev/null)"}; do
		[[ $line =~ '^  (-(.),|   ) --([a-z0-9-]+)(=([^ ]+))? +(.*)$' ]] || continue
		letter=$match[2] long=$match[3] kind=$match[5]
		help=${match[6]//(#m)[][:\\]/\\$MATCH}
		value=
		[[ -z $kind ]] || value=":${kind//:/\\:}: _dstart_value $long ${kind%%\[*}"
		same="(--$long${letter:+ -$letter})"
		specs+=("$same--$long${kind:+=}[$help]$value")
		[[ -z $letter ]] || specs+=("$same-$letter${kind:++}[$help]$value")
	done
	_arguments -s -S -A '-*' : $specs '(-)1:program:_command_names -e' '*::argument:_normal'
}

_dstart "$@"
