/* SPDX-License-Identifier: MIT */
/* sys - system calls without libc (see syscall.h).
 *
 * Unless stated otherwise, a function has the arguments of its namesake in section
 * 2 of the manual, returns what the kernel returns (a result of at least 0, or
 * -errno) and is not retried after EINTR. errno is neither read nor written. */
#ifndef SYS_H
#define SYS_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#define SYS_NSEC 1000000000LL /* in a second */

/* ---- descriptors and files */

int sys_open(const char *path, int flags, mode_t mode);
int sys_openat(int dirfd, const char *path, int flags, mode_t mode);

/* openat2(2); resolve is a mask of RESOLVE_* flags. -ENOSYS before Linux 5.6. */
int sys_openat2(int dirfd, const char *path, int flags, mode_t mode, uint64_t resolve);

/* close(2); a negative descriptor is ignored. */
void sys_close(int fd);

/* Moves fd to a high number, close-on-exec: programs expect 3, 4, 5 to be free, and
 * scripts use 9 or 200. Returns the new descriptor, or -errno; fd is closed in
 * either case. A negative fd, the error of the call that should have opened it, is
 * returned as it is. */
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

/* The same for a file that we have just created: returns 0 also if its file system
 * has no modes to set (vfat, CIFS, some FUSE). */
int sys_fchmod_new(int fd, mode_t mode);

int sys_fchown(int fd, uid_t uid, gid_t gid);
int sys_fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags);
int sys_mkdir(const char *path, mode_t mode);
int sys_unlinkat(int dirfd, const char *path, int flags);
int sys_renameat2(int olddir, const char *old, int newdir, const char *new, unsigned flags);
ssize_t sys_readlinkat(int dirfd, const char *path, char *buf, size_t size);
int sys_getdents(int fd, void *buf, size_t size); /* getdents64 */
int sys_access(const char *path, int mode);       /* checks the real ids */

/* faccessat2(2) with AT_EACCESS: checks the effective ids, or the real ones where
 * the call is unavailable. */
int sys_eaccess(int dirfd, const char *path, int mode);
int sys_chdir(const char *path);
int sys_fchdir(int fd);
int sys_chroot(const char *path);
mode_t sys_umask(mode_t mask);
int sys_getcwd(char *buf, size_t size); /* length with the terminator, or -errno */
int sys_pipe(int ends[2], int flags);
int sys_poll(struct pollfd *fds, unsigned count, int timeout_ms);
int sys_flock(int fd, int operation);

/* Sets the modification time, in nanoseconds since 1970; the access time stays. */
int sys_set_mtime(int fd, int64_t mtime);

/* read(2) and write(2), repeated after EINTR and short counts. Return the number of
 * bytes (less than size only at EOF), or -errno. */
ssize_t sys_read_all(int fd, void *buf, size_t size);
ssize_t sys_write_all(int fd, const void *buf, size_t size);

/* Reads up to size - 1 bytes of the file path, and terminates them. Returns how
 * many, or -errno. */
ssize_t sys_read_file(const char *path, char *buf, size_t size);

/* Closes the descriptors first to last, both included. -ENOSYS before Linux 5.9,
 * -EPERM in sandboxes. */
int sys_close_range(unsigned first, unsigned last);

/* The file attributes that we need. Part of the plan, which may pass from one libc
 * to another: so the layout is the same in each. */
struct sys_stat {
	uint64_t dev;
	uint64_t ino;
	uint64_t size; /* bytes */
	mode_t mode;
	uint32_t nlink;
	uid_t uid;
	gid_t gid;
	int64_t mtime; /* nanoseconds since 1970 */
	int64_t ctime; /* last change of status, likewise */
};

/* statx(2), or fstatat(2) where that is unavailable; with the same flags. */
int sys_stat(int dirfd, const char *path, int flags, struct sys_stat *out);
int sys_fstat(int fd, struct sys_stat *out);

/* Do both describe the same file? */
int sys_same(const struct sys_stat *a, const struct sys_stat *b);

/* ---- record locks on whole files: fcntl(2) F_SETLK and F_GETLK */

/* Acquires a lock of type F_RDLCK or F_WRLCK, converts one into the other
 * atomically, or releases it (F_UNLCK). Never waits. Returns 0, or -errno (-EAGAIN
 * or -EACCES: another process holds a conflicting lock). */
int sys_lock(int fd, int type);

/* The same for a lock of the open file description, which belongs to all its
 * descriptors and conflicts even with our own record locks (Linux 3.15). */
int sys_lock_description(int fd, int type);

/* Finds a lock that conflicts with one of that type. Returns 1 with its holder's
 * pid (0: in another pid namespace; negative: an open file description or another
 * machine), 0 if there is none, or -errno. A process's own record lock never
 * conflicts. */
int sys_lock_holder(int fd, int type, pid_t *holder);

/* ---- memory */

/* Returns size bytes of zeroed private memory, or NULL. */
void *sys_allocate(size_t size);

/* The same, but shared: parent and child see what the other writes. */
void *sys_allocate_shared(size_t size);

/* Allocates a stack for sys_clone, with an inaccessible guard below it. Returns its
 * end, or NULL. */
void *sys_stack_new(void);

/* Frees a stack, once no child runs on it any more. Ignores NULL. */
void sys_stack_free(void *end);

/* Maps the first size bytes of a file at *out, shared and inaccessible. Returns 0,
 * or -errno. */
int sys_map_file(int fd, size_t size, void **out);
int sys_unmap(void *memory, size_t size);
int sys_mprotect(void *memory, size_t size, int access);
int sys_madvise(void *memory, size_t size, int advice);

/* ---- processes */

/* clone(2): the child runs function(argument), which must not return, on the stack
 * that ends at stack_end. The order of arguments is the same on every architecture. */
long sys_clone(int (*function)(void *), void *stack_end, unsigned long flags, void *argument,
               pid_t *parent_tid, pid_t *child_tid);
int sys_execve(const char *path, char *const *argv, char *const *envp);
_Noreturn void sys_exit(int status);                    /* _exit(2) of the whole process */
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
void sys_alarm(unsigned seconds);    /* alarm(2): SIGALRM after that time, even after exec */
uint64_t sys_file_size_limit(void);  /* RLIMIT_FSIZE in bytes */
uint64_t sys_descriptor_limit(void); /* RLIMIT_NOFILE */
ssize_t sys_getrandom(void *buf, size_t size, unsigned flags);

/* pidfd_open(2): returns a close-on-exec descriptor that refers to process pid, or
 * -errno. -ESRCH: no such process; -EINVAL, from Linux 6.16 on -ENOENT: pid is a
 * thread; -ENOSYS: Linux before 5.3. */
int sys_pidfd_open(pid_t pid);

/* Sends signal number (0: none, only checks) to the process of pidfd. -ESRCH: it
 * has been waited for; a zombie still accepts signals. */
int sys_pidfd_signal(int pidfd, int number);

/* ---- user and group ids of the calling thread only */

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

/* ---- signals: a set is a 64-bit mask, bit 0 is signal 1 */

typedef uint64_t sys_sigset;
#define SYS_SIGNALS 64
#define SYS_SIGNAL_BIT(number) ((sys_sigset)1 << ((number)-1))
#define SYS_SIGNALS_ALL (~(sys_sigset)0)

/* sigprocmask(2); old may be NULL. */
int sys_sigmask(int how, sys_sigset set, sys_sigset *old);

/* Sets a signal's handler (or SIG_DFL, SIG_IGN), with flags of sigaction(2); all
 * signals are blocked while it runs. Works also for 32 to 34, which libc reserves. */
int sys_sighandler(int number, void (*handler)(int), int flags);

/* Returns the current handler; SIG_DFL if it cannot be read. */
void (*sys_sighandler_now(int number))(int);

/* Takes a pending signal out of set, whose signals must be blocked. Returns its
 * number, or 0 if there is none. */
int sys_sigpending_take(sys_sigset set);
int sys_signalfd(sys_sigset set, int flags);

/* Returns a new eventfd(2), close-on-exec, or -errno. */
int sys_eventfd(void);

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

/* clock_gettime(2) in nanoseconds; 0 on error. */
int64_t sys_clock(int clock);

#endif
