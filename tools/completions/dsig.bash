# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# bash completion for dsig(1). Commands and options come from dsig --help.

_dsig_help() { LC_ALL=C "$1" --help 2>/dev/null; }

# Prints "LETTER LONG KIND" for each option; - for what it does not have.
_dsig_options() {
	_dsig_help "$1" | LC_ALL=C sed -n \
		-e '1,/^Options:/d' \
		-e 's/^  -\(.\), --\([a-z-]*\) \([A-Z=]\{1,\}\) .*/\1 \2 \3/p' \
		-e 's/^  -\(.\), --\([a-z-]*\) .*/\1 \2 -/p' \
		-e 's/^      --\([a-z-]*\) \([A-Z=]\{1,\}\) .*/- \1 \2/p' \
		-e 's/^      --\([a-z-]*\) .*/- \1 -/p' \
		-e 's/^  -\(.\)  .*/\1 - -/p'
}

_dsig_commands() {
	_dsig_help "$1" | LC_ALL=C sed -n \
		'/^Commands:/,/^Options:/s/^  \([a-z][A-Za-z0-9_.-]*\)  .*/\1/p'
}

_dsig_signals() {
	compgen -A signal SIG | sed '/^SIGJUNK/d; s/^SIG//'
}

# Prints the NAMEs that have a pid file in the run directories.
_dsig_names() {
	local own= file

	[[ $EUID -eq 0 ]] || own=${XDG_RUNTIME_DIR-}
	for file in ${own:+"$own"/*.pid} /run/*.pid; do
		file=${file##*/}
		[[ ! $file =~ ^[A-Za-z0-9_@][A-Za-z0-9_.@-]*\.pid$ ]] || echo "${file%.pid}"
	done
}

# readline splits words at = and :. Joins them again in words, up to the current
# one.
_dsig_words() {
	local i word last=

	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $i -gt 1 && ($word =~ ^[=:]+$ || $last =~ ^[=:]+$) ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
		last=$word
	done
}

# _dsig_reply COMPGEN-ARGUMENTS: adds the matches, without the part that readline
# does not count as the current word.
_dsig_reply() {
	local line behind=${COMP_WORDS[COMP_CWORD]} before

	[[ ! $behind =~ ^[=:]+$ ]] || behind=
	before=${words[${#words[@]} - 1]}
	before=${before%"$behind"}
	while IFS= read -r line; do
		COMPREPLY+=("${line#"$before"}")
	done < <(compgen "$@")
}

# _dsig_among PREFIX CURRENT: the same for the lines of standard input that begin
# with CURRENT, with PREFIX before them. Not compgen -W, which would expand
# $(command) in a file's name.
_dsig_among() {
	local line behind=${COMP_WORDS[COMP_CWORD]} before

	[[ ! $behind =~ ^[=:]+$ ]] || behind=
	before=${words[${#words[@]} - 1]}
	before=${before%"$behind"}
	while IFS= read -r line; do
		[[ $line = "$2"* ]] || continue
		line=$1$line
		COMPREPLY+=("${line#"$before"}")
	done
}

# _dsig_pidfiles PREFIX CURRENT
_dsig_pidfiles() {
	compopt -o filenames 2>/dev/null
	_dsig_reply -P "$1" -A file -X '!*.pid' -- "$2"
	_dsig_reply -P "$1" -A directory -- "$2"
}

# _dsig_value KIND PREFIX CURRENT
_dsig_value() {
	case $1 in
	FILE) _dsig_pidfiles "$2" "$3" ;;
	PATH)
		compopt -o filenames 2>/dev/null
		_dsig_reply -P "$2" -A directory -- "$3"
		;;
	*=SIGNAL)
		case $3 in
		*=*) _dsig_among "$2${3%%=*}=" "${3#*=}" < <(_dsig_signals) ;;
		esac
		;;
	esac
}

# A pid file in the current directory is offered with ./ because a word without a
# slash is a NAME.
_dsig_operands() {
	case $1 in
	*/* | '~'*) _dsig_pidfiles '' "$1" ;;
	'' | .)
		compopt -o filenames 2>/dev/null
		_dsig_among '' "$1" < <(_dsig_names)
		_dsig_reply -P ./ -A file -X '!*.pid'
		;;
	*) _dsig_among '' "$1" < <(_dsig_names) ;;
	esac
}

# Completes the last of several commands joined by commas.
_dsig_command() {
	local before=${1%"${1##*,}"} word=${1##*,}

	_dsig_among "$before" "$word" < <(_dsig_commands "${words[0]}")
	case $word in
	SIG*) _dsig_among "${before}SIG" "${word#SIG}" < <(_dsig_signals) ;;
	[A-Z]*) _dsig_among "$before" "$word" < <(_dsig_signals) ;;
	esac
}

_dsig() {
	local IFS=$' \t\n' words options word cur i letter long kind wanted='' command=''

	COMPREPLY=()
	_dsig_words
	cur=${words[${#words[@]} - 1]}
	options=$(_dsig_options "${words[0]}")
	# Find the command, and whether the previous word needs a value.
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		word=${words[i]}
		if [[ -n $wanted ]]; then
			wanted=
			continue
		fi
		[[ $word = -?* || -n $command ]] || command=$word
		while read -r letter long kind; do
			[[ $kind = - || ($word != "-$letter" && $word != "--$long") ]] || wanted=$kind
		done <<<"$options"
	done

	if [[ -n $wanted ]]; then
		_dsig_value "$wanted" '' "$cur"
	elif [[ $cur = -* ]]; then
		while read -r letter long kind; do
			if [[ $cur = "--$long="* ]]; then
				_dsig_value "$kind" "--$long=" "${cur#*=}"
				break
			fi
			[[ $long = - ]] || _dsig_reply -W "--$long" -- "$cur"
			[[ $cur != - || $letter = - ]] || COMPREPLY+=("-$letter")
		done <<<"$options"
	elif [[ -z $command ]]; then
		_dsig_command "$cur"
	elif [[ $command != list ]]; then
		_dsig_operands "$cur"
	fi
}

complete -F _dsig dsig
