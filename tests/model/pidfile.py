#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the protocol of the pid file in all interleavings.

usage: tests/model/pidfile.py [-s STARTERS] [-r REPLACERS] [-d DISCARDERS] [-k KILLS]
                              [-e ENDS] [-w WITHOUT]

So many starters (launchers that become evictors where need be, and their
daemons), and callers of "dsig stop" that remove a stale file, one step at a
time and in every order; a stranger who may only read locks what he likes;
SIGKILL hits any of them, KILLS times; ENDS daemons lose their locks, or end
by themselves, or do not start. The first REPLACERS starters do not take 75 for
an answer, but raise the flag for themselves and end the daemon. The steps are
named in the comments of shim/pidfile/*.c.

Never may there be two daemons, nor a daemon whose file has lost its name.
WITHOUT leaves a step of the protocol out, to see that the check finds it: look,
judge, flag, relock; or order: the evictor judges the content before the locks."""
import argparse
import sys
from collections import deque

# A state is a tuple:
#   names    (path, flag, new): the inode behind each name, or None
#   inodes   for each: (content, writer, readers, stranger, public)
#            content: the starter whose daemon it names, or None (empty, or stale)
#            writer, readers: who has the record lock: starter i is i, its daemon ~i
#            stranger: he has a read lock on it; public: he may open it
#   starters for each: (pc, x, old, flag): where it is, the pid file it has
#            open, the one it evicts, its flag's file
#   daemons  for each: (pc, x): ' ' none, 'born', 'kept' (has its lock, main has not
#            begun), 'main', 'r...' (main has ended), 'dead'
#   kills, ends: how many there may still be
PATH, FLAG, NEW = range(3)
EMPTY = (None, None, frozenset(), False, False)
GONE = ('end', None, None, None)


class State:
    def __init__(self, frozen):
        names, inodes, starters, daemons, self.kills, self.ends = frozen
        self.names, self.inodes = list(names), list(inodes)
        self.starters, self.daemons = list(starters), list(daemons)

    def frozen(self):
        """Inodes that nobody knows are gone; the others are numbered as they are met."""
        number = {None: None}
        order = []

        def meet(i):
            if i not in number:
                number[i] = len(order)
                order.append(i)
            return number[i]

        names = tuple(meet(i) for i in self.names)
        starters = tuple((pc, meet(x), meet(o), meet(f)) for pc, x, o, f in self.starters)
        daemons = tuple((pc, meet(x)) for pc, x in self.daemons)
        return (names, tuple(self.inodes[i] for i in order), starters, daemons,
                self.kills, self.ends)

    # ---- what the kernel does

    def new_inode(self, public):
        self.inodes.append(EMPTY[:4] + (public,))
        return len(self.inodes) - 1

    def change(self, i, **what):
        content, writer, readers, stranger, public = self.inodes[i]
        self.inodes[i] = (what.get('content', content), what.get('writer', writer),
                          what.get('readers', readers), what.get('stranger', stranger),
                          what.get('public', public))

    def unlock(self, who, i):
        if i is not None:
            _, writer, readers, _, _ = self.inodes[i]
            self.change(i, writer=None if writer == who else writer, readers=readers - {who})

    def others(self, i, who):
        """Has anybody else a lock that counts?"""
        _, writer, readers, _, _ = self.inodes[i]
        return writer not in (None, who) or bool(readers - {who})

    def write_lock(self, i, who):
        if self.others(i, who) or self.inodes[i][3]:
            return False
        self.change(i, writer=who, readers=frozenset())
        return True

    def read_lock(self, i, who):
        _, writer, readers, _, _ = self.inodes[i]
        if writer not in (None, who):
            return False
        self.change(i, writer=None, readers=readers | {who})
        return True

    # ---- what a reader concludes

    def lives(self, i):
        """The stamp: it is that of the process which the content names."""
        owner = self.inodes[i][0]
        return owner is not None and self.daemons[owner][0] not in (' ', 'dead')

    def evictor(self, who):
        flag = self.names[FLAG]
        return flag is not None and self.inodes[flag][1] not in (None, who)

    def end_starter(self, i):
        for inode in range(len(self.inodes)):
            self.unlock(i, inode)
        self.starters[i] = GONE

    def end_daemon(self, i):
        for inode in range(len(self.inodes)):
            self.unlock(~i, inode)
        self.daemons[i] = ('dead', None)


# Each step is a function of a state that is its own, the starter's number and
# its record; it changes the state and returns what it did, or None: it cannot
# go on now. What it returns first is the next pc.
def starter_open(s, i, x, o, f):
    if s.names[PATH] is None:
        if i >= STARTERS:
            s.end_starter(i)
            return 'finds no file'
        s.names[PATH] = s.new_inode(True)
    s.starters[i] = ('lock', s.names[PATH], None, f)
    return 'opens'


# With the flag of a replacer, which stays up.
def again(s, i, *inodes, f=None):
    for inode in inodes:
        s.unlock(i, inode)
    s.starters[i] = ('open', None, None, f)


# The end, for a replacer when its flag is down again.
def leave(s, i, x, f):
    if f is None:
        s.end_starter(i)
    else:
        s.starters[i] = ('p_drop', x, None, f)


# STATUS_TEMPFAIL: for a replacer the beginning, unless somebody has come before it.
def told(s, i, x, f):
    if i < REPLACERS and f is None:
        s.unlock(i, x)
        s.starters[i] = ('p_open', None, None, None)
    else:
        leave(s, i, x, f)


def starter_lock(s, i, x, o, f):
    if s.write_lock(x, i):
        s.starters[i] = ('look', x, None, f)
        return 'locks'
    if s.names[PATH] != x:
        again(s, i, f=f)
        return 'is refused, and the file has gone'
    if s.lives(x):
        told(s, i, None, f)
        return 'is told 75'
    if s.others(x, i):
        return None
    s.starters[i] = ('e_open' if f is None else 'f_check', None, x, f)
    return 'finds strangers'


def starter_look(s, i, x, o, f):
    if WITHOUT != 'look' and s.evictor(i):
        again(s, i, x, f=f)
        return 'sees an evictor'
    s.starters[i] = ('check', x, None, f)
    return 'sees no evictor'


def starter_check(s, i, x, o, f):
    if s.names[PATH] != x:
        again(s, i, x, f=f)
        return 'checks: gone'
    if s.lives(x):
        told(s, i, x, f)
        return 'is told 75 by the stamp'
    s.starters[i] = ('share', x, None, f)
    return 'checks'


# The record lock becomes one that the daemon can have as well.
def starter_share(s, i, x, o, f):
    s.read_lock(x, i)
    s.starters[i] = ('spawn' if i < STARTERS else 'remove', x, None, f)
    return 'shares its lock'


def starter_spawn(s, i, x, o, f):
    s.daemons[i] = ('born', x)
    s.starters[i] = ('write', x, None, f)
    return 'has a copy'


def starter_write(s, i, x, o, f):
    s.change(x, content=i)
    s.starters[i] = ('proceed', x, None, f)
    return 'writes its pid'


def starter_proceed(s, i, x, o, f):
    if s.daemons[i][0] == 'dead':
        s.starters[i] = ('remove', x, None, f)
        return 'sees it die'
    if s.daemons[i][0] != 'kept':
        return None
    s.daemons[i] = ('main', x)
    leave(s, i, x, f)
    return 'lets main begin, and leaves'


# claim_remove: the name is checked, then removed, whatever it means by then.
def starter_remove(s, i, x, o, f):
    s.starters[i] = ('unlink' if s.names[PATH] == x else 'leave', x, None, f)
    return 'is about to remove the file'


def starter_unlink(s, i, x, o, f):
    s.names[PATH] = None
    s.starters[i] = ('leave', x, None, f)
    return 'removes the name'


def starter_leave(s, i, x, o, f):
    leave(s, i, x, f)
    return 'leaves'


# ---- the flag: reserve_try and reserve_drop, for an evictor (e_) and a replacer (p_)

def flag_open(s, i, o, who):
    if s.names[FLAG] is None:
        s.names[FLAG] = s.new_inode(False)
    s.starters[i] = (who + 'lock', None, o, s.names[FLAG])
    return 'opens the flag'


def flag_lock(s, i, o, f, who, otherwise):
    held = s.write_lock(f, i)
    s.starters[i] = (who + 'mine', None, o, f) if held else (otherwise, None, None, None)
    return 'raises the flag' if held else 'sees the flag up'


def flag_mine(s, i, o, f, then, otherwise):
    if s.names[FLAG] == f:
        s.starters[i] = (then, None, o, f)
        return 'has the flag'
    s.unlock(i, f)
    s.starters[i] = (otherwise, None, None, None)
    return 'has a flag without a name'


def flag_drop(s, i, x, f, who):
    s.names[FLAG] = None
    s.starters[i] = (who + 'end', x, None, f)
    return 'takes the flag\'s name away'


# ---- eviction

def starter_e_open(s, i, x, o, f):
    return flag_open(s, i, o, 'e_')


def starter_e_lock(s, i, x, o, f):
    return flag_lock(s, i, o, f, 'e_', 'open')


def starter_e_mine(s, i, x, o, f):
    return flag_mine(s, i, o, f, 'e_judge' if WITHOUT == 'order' else 'e_check', 'open')


def starter_e_check(s, i, x, o, f):
    free = s.names[PATH] == o and (WITHOUT == 'flag' or not s.others(o, i))
    if free and WITHOUT == 'order':
        s.starters[i] = ('e_new', None, o, f)
    else:
        s.starters[i] = ('e_judge' if free else 'e_drop', None, o, f)
    return 'finds it ' + ('free' if free else 'not free')


# After the locks: who had one may have written meanwhile, and have left.
def starter_e_judge(s, i, x, o, f):
    lives = s.lives(o) and WITHOUT != 'judge'
    after = 'e_check' if WITHOUT == 'order' else 'e_new'
    s.starters[i] = ('e_drop' if lives else after, None, o, f)
    return 'judges that its daemon ' + ('lives' if lives else 'is gone')


def starter_e_new(s, i, x, o, f):
    s.names[NEW] = s.new_inode(False)
    s.write_lock(s.names[NEW], i)
    s.starters[i] = ('e_swap', s.names[NEW], o, f)
    return 'makes another'


def starter_e_swap(s, i, x, o, f):
    if s.names[PATH] is None:
        s.starters[i] = ('e_unlink', None, None, f)
        s.unlock(i, x)
        return 'has nothing to exchange'
    s.names[PATH], s.names[NEW] = s.names[NEW], s.names[PATH]
    s.change(x, public=True)
    s.starters[i] = ('e_unlink', x, None, f)
    return 'exchanges them'


def starter_e_unlink(s, i, x, o, f):
    s.names[NEW] = None
    s.starters[i] = ('e_drop', x, None, f)
    return 'removes the old'


def starter_e_drop(s, i, x, o, f):
    return flag_drop(s, i, x, f, 'e_')


def starter_e_end(s, i, x, o, f):
    s.unlock(i, f)
    if x is None:
        again(s, i)
    else:
        s.starters[i] = ('look', x, None, None)
    return 'lowers the flag'


# The same when the flag is up already, for a replacement.
def with_reservation(step):
    def reserved(s, i, x, o, f):
        said = step(s, i, x, o, f)
        pc, x, o, _ = s.starters[i]
        s.starters[i] = ('f' + pc[1:], x, o, f)
        if pc == 'e_drop':
            s.starters[i] = ('look' if x is not None else 'open', x, None, f)
        return said
    return reserved


for step in 'check', 'judge', 'new', 'swap', 'unlink':
    globals()['starter_f_' + step] = with_reservation(globals()['starter_e_' + step])


# ---- replacement: reserve_take, the stop, reserve_end

def starter_p_open(s, i, x, o, f):
    return flag_open(s, i, None, 'p_')


def starter_p_lock(s, i, x, o, f):
    return flag_lock(s, i, None, f, 'p_', 'p_open')


def starter_p_mine(s, i, x, o, f):
    return flag_mine(s, i, None, f, 'p_stop', 'p_open')


def starter_p_stop(s, i, x, o, f):
    path = s.names[PATH]
    if path is None or not s.lives(path):
        again(s, i, f=f)
        return 'finds that the daemon has gone'
    pc, x = s.daemons[s.inodes[path][0]]
    if pc != 'main':
        return None
    s.daemons[s.inodes[path][0]] = ('r_open', x)
    return 'ends the daemon'


def starter_p_drop(s, i, x, o, f):
    return flag_drop(s, i, x, f, 'p_')


def starter_p_end(s, i, x, o, f):
    s.end_starter(i)
    return 'leaves'


# ---- the daemon

def daemon_born(s, i, x):
    if s.starters[i] == GONE:
        s.daemons[i] = ('r_open', x)
        return 'has lost its launcher'
    if not s.read_lock(x, ~i):
        return None
    s.daemons[i] = ('kept', x)
    return 'locks'


def daemon_kept(s, i, x):
    if s.starters[i] != GONE:
        return None
    s.daemons[i] = ('r_open', x)
    return 'has lost its launcher'


def daemon_main(s, i, x):
    if s.ends == 0:
        return None
    s.ends -= 1
    s.daemons[i] = ('r_open', x)
    return 'ends'


# pidfile_release
def daemon_r_open(s, i, x):
    s.daemons[i] = ('r_lock' if s.names[PATH] == x else 'r_end', x)
    return 'looks for its file'


def daemon_r_lock(s, i, x):
    locked = WITHOUT == 'relock' or s.read_lock(x, ~i)
    s.daemons[i] = ('r_alone' if locked else 'r_end', x)
    return 'locks it again'


def daemon_r_alone(s, i, x):
    s.daemons[i] = ('r_end' if s.others(x, ~i) else 'r_look', x)
    return 'looks who has it'


def daemon_r_look(s, i, x):
    content = s.inodes[x][0]
    mine = content == i or content is None and not s.evictor(None)
    s.daemons[i] = ('r_check' if mine else 'r_end', x)
    return 'reads it'


def daemon_r_check(s, i, x):
    s.daemons[i] = ('r_unlink' if s.names[PATH] == x else 'r_end', x)
    return 'is about to remove it'


def daemon_r_unlink(s, i, x):
    s.names[PATH] = None
    s.daemons[i] = ('r_end', x)
    return 'removes the name'


def daemon_r_end(s, i, x):
    s.end_daemon(i)
    return 'is gone'


def successors(frozen):
    s = State(frozen)
    for inode, (_, writer, _, stranger, public) in enumerate(s.inodes):
        if public and (stranger or writer is None):
            t = State(frozen)
            t.change(inode, stranger=not stranger)
            yield 'stranger %s %d' % ('lets go of' if stranger else 'locks', inode), t
    for i, record in enumerate(s.starters):
        if record == GONE:
            continue
        t = State(frozen)
        said = STEPS['starter_' + record[0]](t, i, *record[1:])
        if said:
            yield '%d %s' % (i, said), t
        if s.kills > 0:
            t = State(frozen)
            t.kills -= 1
            t.end_starter(i)
            yield '%d is killed' % i, t
    for i, (pc, x) in enumerate(s.daemons):
        if pc in (' ', 'dead'):
            continue
        t = State(frozen)
        said = STEPS['daemon_' + pc](t, i, x)
        if said:
            yield 'daemon %d %s' % (i, said), t
        if s.kills > 0:
            t = State(frozen)
            t.kills -= 1
            t.end_daemon(i)
            yield 'daemon %d is killed' % i, t
        if s.ends > 0 and pc == 'main' and ~i in s.inodes[x][2]:
            t = State(frozen)
            t.ends -= 1
            t.unlock(~i, x)
            yield 'daemon %d loses its locks' % i, t
        if s.ends > 0 and pc in ('born', 'kept') and s.starters[i] != GONE:
            t = State(frozen)
            t.ends -= 1
            t.end_daemon(i)
            yield 'daemon %d does not start' % i, t


def wrong(frozen):
    daemons = [(i, x) for i, (pc, x) in enumerate(frozen[3]) if pc == 'main']
    if len(daemons) > 1:
        return 'TWO DAEMONS'
    for i, x in daemons:
        if frozen[0][PATH] != x:
            return 'DAEMON %d HAS LOST ITS FILE' % i
    return None


def search(start):
    seen = {start: None}
    queue = deque([start])
    while queue:
        frozen = queue.popleft()
        for said, state in successors(frozen):
            after = state.frozen()
            if after in seen:
                continue
            seen[after] = (frozen, said)
            queue.append(after)
            if wrong(after):
                trace = []
                at = after
                while seen[at]:
                    at, said = seen[at]
                    trace.append(said)
                return len(seen), wrong(after) + ': ' + ' | '.join(reversed(trace))
    return len(seen), None


parser = argparse.ArgumentParser()
for option, default in ('-s', 2), ('-r', 0), ('-d', 0), ('-k', 0), ('-e', 0):
    parser.add_argument(option, type=int, default=default)
parser.add_argument('-w', default='nothing')
args = parser.parse_args()
STARTERS, REPLACERS, WITHOUT = args.s, args.r, args.w
STEPS = globals()
ALL = args.s + args.d
# A stale file is there, which a stranger may have locked.
count, found = search(State((
    (0, None, None), (EMPTY[:4] + (True,),), (('open', None, None, None),) * ALL,
    ((' ', None),) * args.s, args.k, args.e)).frozen())
print('%d starters, of which %d replace, %d discarders, %d kills, %d ends, without %s: %d states' %
      (args.s, args.r, args.d, args.k, args.e, WITHOUT, count))
print(found or 'never two daemons, and none without its file')
sys.exit(found is not None)
