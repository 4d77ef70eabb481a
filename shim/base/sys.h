/* SPDX-License-Identifier: MIT */
/* sys - the system calls, made by ourselves (see syscall.h).
 *
 * All return what the kernel does: a result from 0, or -errno; errno is
 * neither read nor written. Names and arguments are those of section 2 of the
 * manual, but for what is said here. None is retried after EINTR but those
 * that say so. */
#ifndef SYS_H
#define SYS_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#define SYS_NSEC 1000000000LL /* of a second */

/* ---- descriptors and files */

int sys_open(const char *path, int flags, mode_t mode);
int sys_openat(int dirfd, const char *path, int flags, mode_t mode);

/* openat2(2); resolve is a set of RESOLVE_*. -ENOSYS before Linux 5.6. */
int sys_openat2(int dirfd, const char *path, int flags, mode_t mode, uint64_t resolve);

/* close(2); a negative descriptor is ignored. */
void sys_close(int fd);

/* A copy of fd at a high number, close on exec, in place of fd, which is
 * closed: programs expect 3, 4, 5 to be free, and scripts use 9 or 200. A
 * negative fd, an error of the call that made it, is handed through. */
int sys_raise(int fd);

int sys_dup2(int from, int to);
int sys_fcntl(int fd, int command, long argument);
ssize_t sys_read(int fd, void *buf, size_t size);
ssize_t sys_write(int fd, const void *buf, size_t size);
ssize_t sys_pread(int fd, void *buf, size_t size, uint64_t offset);
ssize_t sys_pwrite(int fd, const void *buf, size_t size, uint64_t offset);
int sys_rewind(int fd); /* lseek to the beginning */
int sys_truncate_to_nothing(int fd);
int sys_fchmod(int fd, mode_t mode);
int sys_fchown(int fd, uid_t uid, gid_t gid);
int sys_fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags);
int sys_mkdir(const char *path, mode_t mode);
int sys_unlinkat(int dirfd, const char *path, int flags);
int sys_renameat2(int olddir, const char *old, int newdir, const char *new, unsigned flags);
ssize_t sys_readlinkat(int dirfd, const char *path, char *buf, size_t size);
int sys_getdents(int fd, void *buf, size_t size); /* getdents64 */
int sys_access(const char *path, int mode);       /* by the real ids */

/* faccessat2(2) with AT_EACCESS, by the effective ids; where that is not to be
 * had, by the real ones. */
int sys_eaccess(int dirfd, const char *path, int mode);
int sys_chdir(const char *path);
int sys_fchdir(int fd);
int sys_chroot(const char *path);
mode_t sys_umask(mode_t mask);
int sys_getcwd(char *buf, size_t size); /* the length with the terminator, or -errno */
int sys_pipe(int ends[2], int flags);
int sys_poll(struct pollfd *fds, unsigned count, int timeout_ms);
int sys_flock(int fd, int operation);

/* Sets the time of last modification, in nanoseconds since 1970. */
int sys_set_mtime(int fd, int64_t mtime);

/* read(2) and write(2) until all of it is done, through EINTR and short
 * counts. Return the bytes (fewer at end of file), or -errno. */
ssize_t sys_read_all(int fd, void *buf, size_t size);
ssize_t sys_write_all(int fd, const void *buf, size_t size);

/* Reads the whole of path, or what fits below size, and terminates it.
 * Returns the bytes read, or -errno. */
ssize_t sys_read_file(const char *path, char *buf, size_t size);

/* Closes the descriptors first..last, both included, or with cloexec only
 * marks them (-ENOSYS before Linux 5.9, -EPERM in sandboxes). */
int sys_close_range(unsigned first, unsigned last, int cloexec);

/* What we need of a file's status. Part of the plan, which may go from one
 * libc to another. */
struct sys_stat {
	uint64_t dev;
	uint64_t ino;
	uint64_t size; /* bytes */
	mode_t mode;
	uint32_t nlink;
	uid_t uid;
	gid_t gid;
	int64_t mtime; /* nanoseconds since 1970: a time_t is not as wide in every libc */
	int64_t ctime; /* of the last change of status */
};

/* statx(2), and fstatat(2) where a sandbox refuses that; flags as for these. */
int sys_stat(int dirfd, const char *path, int flags, struct sys_stat *out);
int sys_fstat(int fd, struct sys_stat *out);

/* Are these two the same file? */
int sys_same(const struct sys_stat *a, const struct sys_stat *b);

/* ---- record locks, of whole files: fcntl(2) F_SETLK and F_GETLK */

/* Takes a lock of type F_RDLCK or F_WRLCK, turns one into the other in one
 * step, or drops it (F_UNLCK). 0; -EAGAIN or -EACCES: somebody has it. */
int sys_lock(int fd, int type);

/* The same for the open file description, which all its descriptors share, and
 * which conflicts with record locks of our own (Linux 3.15). */
int sys_lock_description(int fd, int type);

/* Which process would be in the way of a lock of that type? Returns 1 and its
 * pid (0: in another pid namespace; -1: an open file description's), 0 for
 * none, or -errno. A process never finds its own lock. */
int sys_lock_holder(int fd, int type, pid_t *holder);

/* ---- memory */

/* Anonymous private memory of size bytes, zeroed; NULL: there is none. */
void *sys_allocate(size_t size);

/* The same, but a child sees what its parent writes there, and the other way. */
void *sys_allocate_shared(size_t size);

/* A stack for sys_clone, with a page that cannot be written to below it:
 * returns its end, or NULL. It is to be freed once the child has memory of its
 * own; NULL is ignored. */
void *sys_stack_new(void);
void sys_stack_free(void *end);

/* Maps a file's first size bytes shared and inaccessible. 0, or -errno. */
int sys_map_file(int fd, size_t size, void **out);
int sys_unmap(void *memory, size_t size);
int sys_mprotect(void *memory, size_t size, int access);
int sys_madvise(void *memory, size_t size, int advice);

/* ---- processes */

/* clone(2): runs function(argument), which must not return, on the stack that
 * ends at stack_end. The argument order is ours, on every architecture. */
long sys_clone(int (*function)(void *), void *stack_end, unsigned long flags, void *argument,
               pid_t *parent_tid, pid_t *child_tid);
int sys_execve(const char *path, char *const *argv, char *const *envp);
_Noreturn void sys_exit(int status);                    /* _exit(2): the whole process */
pid_t sys_waitpid(pid_t pid, int *status, int options); /* retried after EINTR */
int sys_waitid(int type, int id, siginfo_t *info, int options);
pid_t sys_getpid(void);
pid_t sys_getppid(void);
pid_t sys_gettid(void);
pid_t sys_getsid(pid_t pid);
pid_t sys_setsid(void);
int sys_kill(pid_t pid, int number);
int sys_tgkill(pid_t pid, pid_t thread, int number);
int sys_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
void sys_alarm(unsigned seconds);    /* alarm(2): SIGALRM then, also after exec */
uint64_t sys_file_size_limit(void);  /* RLIMIT_FSIZE, bytes */
uint64_t sys_descriptor_limit(void); /* RLIMIT_NOFILE */
ssize_t sys_getrandom(void *buf, size_t size, unsigned flags);

/* A descriptor, close on exec, that stands for process pid (-ESRCH, -EINVAL,
 * or from Linux 6.16 on -ENOENT for a thread: no such process; -ENOSYS: Linux
 * before 5.3). */
int sys_pidfd_open(pid_t pid);

/* Sends number (0: only asks) to the process behind pidfd (-ESRCH: it has
 * ended, though it may not have been waited for). */
int sys_pidfd_signal(int pidfd, int number);

/* ---- user and group ids: of the calling thread alone */

uid_t sys_geteuid(void);
gid_t sys_getgid(void);
gid_t sys_getegid(void);
int sys_getresuid(uid_t ids[3]);
int sys_getresgid(gid_t ids[3]);
int sys_setresuid(uid_t real, uid_t effective, uid_t saved);
int sys_setresgid(gid_t real, gid_t effective, gid_t saved);
int sys_setgroups(size_t count, const gid_t *groups);
uid_t sys_fsuid(void);
gid_t sys_fsgid(void);

/* ---- signals: a set is a word, bit 0 for signal 1 */

typedef uint64_t sys_sigset;
#define SYS_SIGNALS 64
#define SYS_SIGNAL_BIT(number) ((sys_sigset)1 << ((number)-1))
#define SYS_SIGNALS_ALL (~(sys_sigset)0)

/* sigprocmask(2); old may be NULL. */
int sys_sigmask(int how, sys_sigset set, sys_sigset *old);

/* Sets a signal's handler (SIG_DFL and SIG_IGN as well), with flags of
 * sigaction(2) and all signals blocked while it runs. Also for 32 to 34, which
 * libc keeps for itself. */
int sys_sighandler(int number, void (*handler)(int), int flags);

/* The handler that is set now; SIG_DFL when it cannot be read. */
void (*sys_sighandler_now(int number))(int);

/* Takes a pending signal of a set of blocked ones; 0 when there is none. */
int sys_sigpending_take(sys_sigset set);
int sys_signalfd(sys_sigset set, int flags);

/* ---- sockets */

int sys_socket(int family, int type, int protocol);
int sys_socketpair(int family, int type, int protocol, int pair[2]);
int sys_bind(int fd, const void *address, socklen_t len);
int sys_connect(int fd, const void *address, socklen_t len);
int sys_getsockname(int fd, void *address, socklen_t *len);
int sys_setsockopt(int fd, int level, int name, const void *value, socklen_t len);
int sys_shutdown(int fd, int how);
ssize_t sys_send(int fd, const void *buf, size_t size, int flags);
ssize_t sys_recv(int fd, void *buf, size_t size, int flags);
ssize_t sys_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t sys_recvmsg(int fd, struct msghdr *message, int flags);

/* ---- time */

/* clock_gettime(2) in nanoseconds; 0 when there is no such clock. */
int64_t sys_clock(int clock);

#endif
