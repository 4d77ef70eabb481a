# SPDX-License-Identifier: MIT
# fish completion for dstart(1). Options, and the kinds of their values, come
# from dstart --help.

# Prints the program and its arguments among the words given, one per line.
# Returns 1 if there is no program yet.
function __dstart_program
    while set -q argv[1]
        switch $argv[1]
            case --
                set -e argv[1]
                break
            case '--*=*'
                set -e argv[1]
            case '-?*'
                contains -- $argv[1] $__dstart_valued
                and set -e argv[1]
                set -e argv[1]
            case '*'
                break
        end
    end
    string join \n -- $argv
    set -q argv[1]
end

function __dstart_at_options
    set -l words (commandline -opc)
    not contains -- -- $words
    and not __dstart_program $words[2..-1] >/dev/null
end

function __dstart_complete_program
    set -l words (commandline -opc) (commandline -ct)
    set words (__dstart_program $words[2..-1])
    or return
    if set -q words[2]
        complete -C (string join ' ' -- (string escape -- $words[1..-2]) "$words[-1]")
    else
        complete -C "$words[1]"
    end
end

function __dstart_users
    set -l word (commandline -ct | string replace -r '^(--user=|-u)' '')
    if string match -q '*:*' -- $word
        string replace -r '^' (string replace -r ':.*' ':' -- $word) (__fish_complete_groups)
    else
        __fish_complete_users
    end
end

function __dstart_signals
    string split ' ' -- (kill -l) | string match -rv '^(SIG)?(KILL|STOP|RTMIN)$|^$'
end

# __dstart_option LETTER LONG KIND HELP
function __dstart_option
    set -l names -l $argv[2]
    test -n "$argv[1]"
    and set -a names -s $argv[1]
    set -l value
    switch $argv[3]
        case ''
        case PATH
            switch $argv[2]
                case workdir chroot
                    set value -x -a '(__fish_complete_directories (commandline -ct))'
                case '*'
                    set value -r -F
            end
        case DEST
            set value -r -F -a 'inherit null journal'
        case WHEN
            set value -x -a 'settled main notify listen listen= fd= alive='
        case HOW
            set value -r -F -a 'auto 0 1'
        case 'USER*'
            set value -x -a '(__dstart_users)'
        case SIGNAL
            set value -x -a '(__dstart_signals)'
        case LIST
            switch $argv[2]
                case groups
                    set value -x -a '(__fish_append , (__fish_complete_groups))'
                case '*'
                    set value -x -a all
            end
        case '*'
            set value -x
    end
    complete -c dstart -n __dstart_at_options $names $value -d $argv[4]
end

set -g __dstart_valued
complete -c dstart -f
for line in (LC_ALL=C command dstart --help 2>/dev/null | string replace -rf \
        '^  (?:-(.),|   ) --([a-z0-9-]+)(?:=(\S+))? +(.*)$' '$1\t$2\t$3\t$4')
    set -l fields (string split \t -- $line)
    __dstart_option $fields
    if test -n "$fields[3]"
        set -a __dstart_valued --$fields[2]
        test -n "$fields[1]"
        and set -a __dstart_valued -$fields[1]
    end
end
complete -c dstart -a '(__dstart_complete_program)'
