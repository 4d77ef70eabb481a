# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# bash completion for dstart(1). Options, and the kinds of their values, come
# from dstart --help.

# Prints "LETTER LONG KIND" for each option; - for what it does not have.
_dstart_options() {
	LC_ALL=C "$1" --help 2>/dev/null | LC_ALL=C sed -n \
		-e 's/^  -\(.\), --\([a-z0-9-]*\)=\([^ ]*\) .*/\1 \2 \3/p' \
		-e 's/^  -\(.\), --\([a-z0-9-]*\) .*/\1 \2 -/p' \
		-e 's/^      --\([a-z0-9-]*\)=\([^ ]*\) .*/- \1 \2/p' \
		-e 's/^      --\([a-z0-9-]*\) .*/- \1 -/p'
}

# readline splits words at = and :. Joins them again in words, up to the current
# one; start says where each begins in COMP_WORDS.
_dstart_words() {
	local i word last=

	words=() start=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $i -gt 1 && ($word =~ ^[=:]+$ || $last =~ ^[=:]+$) ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
			start+=("$i")
		fi
		last=$word
	done
}

# _dstart_reply COMPGEN-ARGUMENTS: adds the matches, without the part that readline
# does not count as the current word.
_dstart_reply() {
	local line behind=${COMP_WORDS[COMP_CWORD]} before

	[[ ! $behind =~ ^[=:]+$ ]] || behind=
	before=${words[${#words[@]} - 1]}
	before=${before%"$behind"}
	while IFS= read -r line; do
		COMPREPLY+=("${line#"$before"}")
	done < <(compgen "$@")
}

_dstart_signals() {
	compgen -A signal SIG | sed '/^SIGKILL$/d; /^SIGSTOP$/d; /^SIGRTMIN$/d; /^SIGJUNK/d; s/^SIG//'
}

# _dstart_value LONG KIND PREFIX CURRENT: adds the values that begin with CURRENT,
# with PREFIX before them.
_dstart_value() {
	local list

	case $2 in
	PATH)
		compopt -o filenames 2>/dev/null
		case $1 in
		workdir | chroot) _dstart_reply -P "$3" -A directory -- "$4" ;;
		*) _dstart_reply -P "$3" -A file -- "$4" ;;
		esac
		;;
	DEST)
		compopt -o filenames 2>/dev/null
		_dstart_reply -P "$3" -W 'inherit null journal' -- "$4"
		_dstart_reply -P "$3" -A file -- "$4"
		;;
	WHEN)
		_dstart_reply -P "$3" -W 'settled main notify listen listen= fd= alive=' -- "$4"
		;;
	HOW)
		compopt -o filenames 2>/dev/null
		_dstart_reply -P "$3" -W 'auto 0 1' -- "$4"
		_dstart_reply -P "$3" -A file -- "$4"
		;;
	USER*)
		case $4 in
		*:*) _dstart_reply -P "$3${4%%:*}:" -A group -- "${4#*:}" ;;
		*) _dstart_reply -P "$3" -A user -- "$4" ;;
		esac
		;;
	SIGNAL) _dstart_reply -P "$3" -W "$(_dstart_signals)" -- "$4" ;; # bash's own names
	LIST)
		list=${4%"${4##*,}"}
		case $1 in
		groups) _dstart_reply -P "$3$list" -A group -- "${4##*,}" ;;
		keep-fds) _dstart_reply -P "$3" -W all -- "$4" ;;
		esac
		;;
	esac
}

_dstart() {
	local IFS=$' \t\n' words start options word cur i letter long kind wanted=

	COMPREPLY=()
	_dstart_words
	cur=${words[${#words[@]} - 1]}
	options=$(_dstart_options "${words[0]}")
	# Skip the options, and the values that are words of their own.
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		word=${words[i]}
		if [[ -n $wanted ]]; then
			wanted=
			continue
		fi
		if [[ $word != -?* || $word = -- ]]; then
			[[ $word != -- ]] || ((i++))
			break
		fi
		while read -r letter long kind; do
			[[ $kind = - || ($word != "-$letter" && $word != "--$long") ]] ||
				wanted="$long $kind"
		done <<<"$options"
	done

	if [[ -n $wanted ]]; then
		read -r long kind <<<"$wanted"
		_dstart_value "$long" "$kind" '' "$cur"
	elif [[ $i -eq ${#words[@]}-1 && $cur = -* && ${words[i - 1]} != -- ]]; then
		while read -r letter long kind; do
			if [[ $cur = "--$long="* ]]; then
				_dstart_value "$long" "$kind" "--$long=" "${cur#*=}"
				break
			fi
			[[ $kind = - ]] || kind='='
			_dstart_reply -W "--$long${kind#-}" -- "$cur"
			[[ $cur != - || $letter = - ]] || COMPREPLY+=("-$letter")
		done <<<"$options"
	elif declare -F _comp_command_offset >/dev/null; then
		_comp_command_offset "${start[i]}"
	elif declare -F _command_offset >/dev/null; then
		_command_offset "${start[i]}"
	elif [[ $i -eq ${#words[@]}-1 ]]; then
		[[ $cur != */* ]] || compopt -o filenames 2>/dev/null
		_dstart_reply -A command -- "$cur"
	fi
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
}

# By default a program's arguments are completed as files.
complete -o default -F _dstart dstart
