# SPDX-License-Identifier: MIT
# fish completion for dsig(1). Commands and options come from dsig --help.

# Prints the words that are neither options nor their values.
function __dsig_words
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case '--*=*'
            case '-?*'
                contains -- $words[1] $__dsig_valued
                and set -e words[1]
            case '*'
                echo $words[1]
        end
        set -e words[1]
    end
end

function __dsig_needs_command
    not string length -q -- (__dsig_words)
end

function __dsig_takes_operand
    set -l words (__dsig_words)
    set -q words[1]
    and test $words[1] != list
end

function __dsig_signals
    string split ' ' -- (kill -l) | string match -rv '^$' | string replace -r '^SIG' ''
end

# Prints the commands and their help, with those that the user has defined.
function __dsig_commands
    set -l help (LC_ALL=C command dsig --help 2>/dev/null)
    string replace -rf '^  ([a-z][A-Za-z0-9_.-]*)  +(.*)$' '$1\t$2' -- $help
end

# Completes the last of several commands joined by commas.
function __dsig_further_commands
    set -l before (commandline -ct | string replace -rf '^(.*,)[^,]*$' '$1')
    and string replace -r '^' $before (__dsig_commands)
end

# There are many signals: offers them only once the user has begun to type one.
function __dsig_signal_commands
    set -l word (commandline -ct)
    if string match -q 'SIG*' -- $word
        string replace -r '^' SIG (__dsig_signals)
    else if string match -qr '^[A-Z]' -- $word
        __dsig_signals
    end
end

function __dsig_pidfiles
    __fish_complete_path (commandline -ct | string replace -r '^(--pidfile=|-p)' '') |
        string match -re '^[^\t]*(?:\.pid|/)(?:\t|$)'
end

# Offers pid files if the word has a slash, else NAMEs with a pid file in the run
# directory, and pid files in the current one with ./ before them.
function __dsig_operands
    set -l word (commandline -ct)
    if string match -q '*/*' -- $word
        __dsig_pidfiles
        return
    end
    set -l directories /run
    test (id -u) = 0
    or set -p directories $XDG_RUNTIME_DIR
    for file in $directories/*.pid
        string replace -r '^.*/(.*)\.pid$' '$1' -- $file
    end
    for file in *.pid
        echo ./$file
    end
end

function __dsig_definitions
    set -l name (commandline -ct | string replace -rf '^(?:--command=|-c)?([^=]+=).*' '$1')
    and string replace -r '^' $name (__dsig_signals)
end

# __dsig_option LETTER LONG KIND HELP
function __dsig_option
    set -l names
    test -n "$argv[1]"
    and set -a names -s $argv[1]
    test -n "$argv[2]"
    and set -a names -l $argv[2]
    set -l value
    switch $argv[3]
        case ''
        case FILE
            set value -x -a '(__dsig_pidfiles)'
        case PATH
            set value -x -a '(__fish_complete_directories (commandline -ct))'
        case '*=SIGNAL'
            set value -x -a '(__dsig_definitions)'
        case '*'
            set value -x
    end
    complete -c dsig $names $value -d $argv[4]
end

set -g __dsig_valued
complete -c dsig -f
set -l help (LC_ALL=C command dsig --help 2>/dev/null)
complete -c dsig -n __dsig_needs_command -a '(__dsig_commands)'
complete -c dsig -n __dsig_needs_command -a '(__dsig_further_commands)'
for line in (string replace -rf '^  (?:-(.)|  )(?:, |  )(?:--([a-z-]+))?(?: ([A-Z=]+))? +(.*)$' \
        '$1\t$2\t$3\t$4' -- $help)
    set -l fields (string split \t -- $line)
    test -n "$fields[1]$fields[2]"
    or continue
    __dsig_option $fields
    if test -n "$fields[3]"
        test -n "$fields[1]"
        and set -a __dsig_valued -$fields[1]
        test -n "$fields[2]"
        and set -a __dsig_valued --$fields[2]
    end
end
complete -c dsig -n __dsig_needs_command -a '(__dsig_signal_commands)'
complete -c dsig -n __dsig_takes_operand -a '(__dsig_operands)'
