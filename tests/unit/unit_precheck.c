/* SPDX-License-Identifier: MIT */
/* Without operands: the module's tests, on files made by hand. With a library
 * and a program: prints the verdict and the sentence, for tests with real
 * programs. */
#include "precheck.h"

#include "check.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char *const verdict_names[] = {
	[PRECHECK_PRELOADABLE] = "preloadable", [PRECHECK_STATIC] = "static",
	[PRECHECK_SETUID] = "setuid",           [PRECHECK_SETGID] = "setgid",
	[PRECHECK_CAPABILITIES] = "caps",       [PRECHECK_PRIVILEGED] = "privileged",
	[PRECHECK_SANITIZED] = "sanitized",     [PRECHECK_CLASS] = "class",
	[PRECHECK_MACHINE] = "machine",         [PRECHECK_UNKNOWN] = "unknown",
	[PRECHECK_BROKEN] = "broken",           [PRECHECK_LIBRARY] = "library",
};

static struct precheck_result result;

/* An ELF file of our own class and machine, as small as the kernel takes. */
struct image {
	Elf64_Ehdr head;
	Elf64_Phdr segments[2];
	char loader[16];
	Elf64_Dyn dynamic[4];
};

static struct image image_of(unsigned type, int segments)
{
	struct image i = {
		.head = { .e_ident = { ELFMAG0, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
		                       EV_CURRENT },
		          .e_type = (Elf64_Half)type,
		          .e_machine = EM_X86_64,
		          .e_phoff = offsetof(struct image, segments),
		          .e_phentsize = sizeof(Elf64_Phdr),
		          .e_phnum = (Elf64_Half)segments },
		.segments = { { .p_type = PT_INTERP,
		                .p_offset = offsetof(struct image, loader),
		                .p_filesz = 8 },
		              { .p_type = PT_DYNAMIC,
		                .p_offset = offsetof(struct image, dynamic),
		                .p_filesz = sizeof i.dynamic } },
		.loader = "/bin/sh",
		.dynamic = { { .d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_PIE } },
	};

	return i;
}

static void put(const char *name, const void *data, size_t len, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);

	CHECK(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	(void)fchmod(fd, mode);
	(void)close(fd);
}

static void put_script(const char *name, const char *text)
{
	put(name, text, strlen(text), 0755);
}

static void put_image(const char *name, const struct image *i)
{
	put(name, i, sizeof *i, 0755);
}

static void expect(const char *path, enum precheck_verdict verdict, int error)
{
	enum precheck_verdict got = precheck(path, "library", NULL, &result);

	CHECK_STR(verdict_names[verdict], verdict_names[got], path);
	CHECK_INT(error, result.error, path);
	CHECK(got == result.verdict);
}

static void check_elf(void)
{
	struct image i = image_of(ET_DYN, 2);

	put_image("library", &i);
	put_image("pie", &i);
	expect("pie", PRECHECK_PRELOADABLE, 0);
	CHECK_STR("pie can be preloaded", result.text, "pie");
	i = image_of(ET_EXEC, 2);
	put_image("exec", &i);
	expect("exec", PRECHECK_PRELOADABLE, 0);
	strcpy(i.loader, "/none/x");
	put_image("no-loader", &i);
	expect("no-loader", PRECHECK_BROKEN, ENOENT);
	CHECK_STR("no-loader needs the loader /none/x: No such file or directory", result.text,
	          "no loader");

	i = image_of(ET_EXEC, 1);
	i.segments[0].p_type = PT_LOAD;
	put_image("static", &i);
	expect("static", PRECHECK_STATIC, 0);
	CHECK_STR("static is statically linked", result.text, "static");
	i = image_of(ET_DYN, 2);
	i.segments[0].p_type = PT_LOAD;
	put_image("static-pie", &i);
	expect("static-pie", PRECHECK_STATIC, 0);
	i.dynamic[0].d_un.d_val = 0;
	put_image("loader", &i);
	expect("loader", PRECHECK_UNKNOWN, 0);
}

static void check_foreign(void)
{
	struct image i = image_of(ET_EXEC, 2);
	struct {
		Elf32_Ehdr head;
		Elf32_Phdr segment;
	} small = {
		.head = { .e_ident = { ELFMAG0, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB,
		                       EV_CURRENT },
		          .e_type = ET_EXEC,
		          .e_machine = EM_386,
		          .e_phoff = sizeof(Elf32_Ehdr),
		          .e_phentsize = sizeof(Elf32_Phdr),
		          .e_phnum = 1 },
		.segment = { .p_type = PT_LOAD },
	};

	i.head.e_machine = EM_AARCH64;
	put_image("arm", &i);
	expect("arm", PRECHECK_MACHINE, 0);
	CHECK_STR("arm is for AArch64, the library for x86-64", result.text, "arm");
	put("small", &small, sizeof small, 0755);
	expect("small", PRECHECK_CLASS, 0);
	CHECK_STR("small is a 32 bit program, the library is for 64", result.text, "small");
	/* The other byte order: every field that is read must be turned round. */
	i = image_of(ET_EXEC, 1);
	i.head.e_ident[EI_DATA] = ELFDATA2MSB;
	i.head.e_type = ET_EXEC << 8;
	i.head.e_machine = EM_S390 << 8;
	i.head.e_phentsize = sizeof(Elf64_Phdr) << 8;
	i.head.e_phnum = 1 << 8;
	i.head.e_phoff = (Elf64_Off)sizeof(Elf64_Ehdr) << 56;
	put_image("big", &i);
	expect("big", PRECHECK_MACHINE, 0);
	CHECK_STR("big is for S/390, the library for x86-64", result.text, "big");
}

/* Cut off anywhere, or with any byte of the headers changed, a file gets
 * some verdict; the sanitizers see to the rest. */
static void check_damaged(void)
{
	struct image i = image_of(ET_DYN, 2);
	unsigned char *bytes = (unsigned char *)&i;

	for (size_t len = 0; len < sizeof i; len++) {
		put("damaged", &i, len, 0755);
		(void)precheck("damaged", "library", NULL, &result);
		if (len < 4)
			CHECK_INT(PRECHECK_UNKNOWN, result.verdict, "no ELF");
		else if (len < offsetof(struct image, loader) + 8)
			CHECK_INT(PRECHECK_BROKEN, result.verdict, "cut off");
	}
	for (size_t at = 4; at < sizeof i.head + sizeof i.segments; at++) {
		unsigned char was = bytes[at];

		bytes[at] = 0xFF;
		put_image("damaged", &i);
		(void)precheck("damaged", "library", NULL, &result);
		bytes[at] = was;
	}
	i.head.e_phnum = 0xFFFF;
	put_image("huge", &i);
	expect("huge", PRECHECK_BROKEN, ENOEXEC);
	i.head.e_phnum = 1170; /* the most that the kernel takes; not in the file */
	put_image("huge", &i);
	expect("huge", PRECHECK_BROKEN, ENOEXEC);
	i.head.e_phnum = 2;
	i.head.e_phoff = UINT64_MAX - 8;
	put_image("huge", &i);
	expect("huge", PRECHECK_BROKEN, ENOEXEC);
}

static void check_scripts(void)
{
	char line[400] = "#!./static";

	put_script("s", "#!./pie -x\n");
	expect("s", PRECHECK_PRELOADABLE, 0);
	CHECK_STR("./pie", result.file, "s");
	CHECK_STR("s", result.script, "s");
	put_script("s", "#! \t./static\t-x");
	expect("s", PRECHECK_STATIC, 0);
	CHECK_STR("./static, the interpreter of s, is statically linked", result.text, "s");
	put_script("s", "#!./none\n");
	expect("s", PRECHECK_BROKEN, ENOENT);
	CHECK_STR("./none, the interpreter of s, cannot be executed: No such file or directory",
	          result.text, "s");
	put_script("s", "#!./pie\r\n");
	expect("s", PRECHECK_BROKEN, ENOENT);
	put_script("s", "#!\n./pie");
	expect("s", PRECHECK_BROKEN, ENOEXEC);
	put_script("s", "#!");
	expect("s", PRECHECK_BROKEN, ENOEXEC);
	put_script("s", "echo no line\n");
	expect("s", PRECHECK_UNKNOWN, 0);
	put_script("s", "");
	expect("s", PRECHECK_UNKNOWN, 0);
	memset(line + 10, 'x', 380);
	put_script("s", line);
	expect("s", PRECHECK_BROKEN, ENOEXEC);
	line[10] = ' ';
	put_script("s", line);
	expect("s", PRECHECK_STATIC, 0);

	put_script("s1", "#!./pie\n");
	put_script("s2", "#!./s1\n");
	put_script("s3", "#!./s2\n");
	put_script("s4", "#!./s3\n");
	put_script("s5", "#!./s4\n");
	put_script("s6", "#!./s5\n");
	put_script("self", "#!./self\n");
	expect("s5", PRECHECK_PRELOADABLE, 0);
	CHECK_STR("s1", result.script + 2, "the script that names it");
	expect("s6", PRECHECK_BROKEN, ELOOP);
	expect("self", PRECHECK_BROKEN, ELOOP);
}

static void check_other_files(void)
{
	expect("none", PRECHECK_BROKEN, ENOENT);
	expect(".", PRECHECK_BROKEN, EACCES);
	expect("", PRECHECK_BROKEN, ENOENT);
	CHECK(mkfifo("fifo", 0755) == 0);
	expect("fifo", PRECHECK_BROKEN, EACCES);
	(void)chmod("s1", 0644);
	expect("s1", PRECHECK_BROKEN, EACCES);
	expect("s2", PRECHECK_BROKEN, EACCES);
	(void)chmod("s1", 0755);

	CHECK_INT(PRECHECK_LIBRARY, precheck("pie", "none", NULL, &result), "no library");
	CHECK_STR("none cannot be preloaded: No such file or directory", result.text, "no library");
	CHECK_INT(PRECHECK_LIBRARY, precheck("pie", "s2", NULL, &result), "no library");
	CHECK_INT(PRECHECK_LIBRARY, precheck("pie", ".", NULL, &result), "no library");
	CHECK_INT(PRECHECK_LIBRARY, precheck("pie", "exec", NULL, &result), "no library");
}

/* As user 1000, with no_new_privs or without. Groups stay root's unless
 * dropped, which is what set-group-ID is measured by. */
static void as_user(int restricted)
{
	CHECK(setgroups(0, NULL) == 0 && setresgid(1000, 1000, 1000) == 0 &&
	      setresuid(1000, 1000, 1000) == 0);
	if (restricted)
		CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	expect("suid", restricted ? PRECHECK_PRELOADABLE : PRECHECK_SETUID, 0);
	expect("sgid", restricted ? PRECHECK_PRELOADABLE : PRECHECK_SETGID, 0);
	expect("suid-script", PRECHECK_PRELOADABLE, 0);
	expect("locking", PRECHECK_PRELOADABLE, 0);
	expect("own", PRECHECK_PRELOADABLE, 0);
	/* The kernel sets AT_SECURE for these even then. */
	expect("caps", PRECHECK_CAPABILITIES, 0);
	expect("caps-p", PRECHECK_CAPABILITIES, 0);
	expect("caps-i", PRECHECK_PRELOADABLE, 0);
	expect("caps-none", PRECHECK_PRELOADABLE, 0);
	expect("hidden", PRECHECK_UNKNOWN, 0);
	expect("hidden-suid", restricted ? PRECHECK_UNKNOWN : PRECHECK_SETUID, 0);
	expect("locked", PRECHECK_BROKEN, EACCES);
	CHECK_INT(126, precheck_find("locked", ".", result.file, sizeof result.file), "locked");
	CHECK_INT(EACCES, errno, "locked");
}

/* Runs a function in a process that may spoil its own rights. */
static void apart(void (*function)(int), int argument)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		check_failures = 0;
		function(argument);
		(void)fflush(stdout);
		_exit(check_status());
	}
	(void)waitpid(pid, &status, 0);
	CHECK(status == 0);
}

static void put_caps(const char *name, unsigned flags, unsigned permitted, unsigned inheritable)
{
	struct image i = image_of(ET_DYN, 2);
	uint32_t cap[5] = { 0x02000000 | flags, permitted, inheritable, 0, 0 };

	put_image(name, &i);
	CHECK(setxattr(name, "security.capability", cap, sizeof cap, 0) == 0);
}

static void as_effective_user(int unused)
{
	(void)unused;
	CHECK(setresuid(0, 1000, 0) == 0);
	expect("pie", PRECHECK_PRIVILEGED, 0);
	expect("suid", PRECHECK_PRELOADABLE, 0);
}

static void check_rights(void)
{
	struct image i = image_of(ET_DYN, 2);

	put("suid", &i, sizeof i, 04755);
	put("sgid", &i, sizeof i, 02755);
	put("locking", &i, sizeof i, 02745);
	put("hidden", &i, sizeof i, 0711);
	put("hidden-suid", &i, sizeof i, 04711);
	put("locked", &i, sizeof i, 0700);
	put("own", &i, sizeof i, 0755);
	put("other", &i, sizeof i, 04755);
	put("suid-script", "#!./pie\n", 8, 04755);
	CHECK(chown("own", 1000, 1000) == 0 && chmod("own", 06755) == 0);
	CHECK(chown("other", 1000, 0) == 0 && chmod("other", 04755) == 0);
	put_caps("caps", 1, 1 << 10, 0);
	put_caps("caps-p", 0, 1 << 10, 0);
	put_caps("caps-i", 0, 0, 1 << 10);
	put_caps("caps-none", 0, 0, 0);
	expect("suid", PRECHECK_PRELOADABLE, 0);
	expect("sgid", PRECHECK_PRELOADABLE, 0);
	expect("caps", PRECHECK_PRELOADABLE, 0);
	expect("hidden", PRECHECK_PRELOADABLE, 0);
	expect("other", PRECHECK_SETUID, 0);
	CHECK_STR("other is set-user-ID", result.text, "other");
	apart(as_user, 0);
	apart(as_user, 1);
	apart(as_effective_user, 0);
}

static void find(int status, int error, const char *expected, const char *name, const char *path)
{
	char out[64];

	errno = 0;
	CHECK_INT(status, precheck_find(name, path, out, sizeof out), name);
	if (status == 0)
		CHECK_STR(expected, out, name);
	else
		CHECK_INT(error, errno, name);
}

static void check_find(void)
{
	char long_name[300];

	(void)mkdir("bin", 0755);
	(void)mkdir("bin/dir", 0755);
	put_script("bin/pie", "#!./pie\n");
	put("bin/plain", "x", 1, 0644);
	put("plain", "x", 1, 0755);
	find(0, 0, "bin/pie", "pie", "bin");
	find(0, 0, "./pie", "pie", "");
	find(0, 0, "./pie", "pie", ":bin");
	find(0, 0, "bin/pie", "pie", "none:bin:");
	find(0, 0, "./pie", "pie", "none::bin");
	find(0, 0, "./pie", "pie", "none:");
	find(0, 0, "./plain", "plain", "bin:.");
	find(126, EACCES, "", "plain", "bin:none");
	find(126, EACCES, "", "dir", "bin");
	find(126, EACCES, "", "dir", "bin:none");
	find(127, ENOENT, "", "none", "bin:.");
	find(127, ENOENT, "", "", "bin:.");
	find(127, ENOENT, "", "pie", "pie:none");
	find(0, 0, "./pie", "./pie", "bin");
	find(0, 0, "bin/pie", "bin/pie", NULL);
	find(127, ENOENT, "", "./none", "bin");
	find(126, ENOTDIR, "", "pie/x", "bin");
	find(126, EACCES, "", "bin/plain", "");
	find(126, EACCES, "", "./bin", "");
	find(0, 0, "/bin/sh", "sh", NULL);
	memset(long_name, 'x', sizeof long_name - 1);
	long_name[sizeof long_name - 1] = '\0';
	find(127, ENOENT, "", long_name, "bin:.");
	long_name[0] = '/';
	find(126, ENAMETOOLONG, "", long_name, "bin:.");
}

static int show(const char *library, const char *path)
{
	enum precheck_verdict verdict = precheck(path, library, NULL, &result);

	(void)printf("%s: %s\n", verdict_names[verdict], result.text);
	return 0;
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/precheck.XXXXXX";
	char remove[64];

	if (argc == 3)
		return show(argv[1], argv[2]);
	if (mkdtemp(dir) == NULL || chmod(dir, 0755) < 0 || chdir(dir) < 0)
		return 2;
	(void)umask(022);
	check_elf();
	check_foreign();
	check_damaged();
	check_scripts();
	check_other_files();
	check_find();
	if (getuid() == 0)
		check_rights();
	else
		(void)puts("no root here");
	(void)snprintf(remove, sizeof remove, "rm -r %s", dir);
	(void)!system(remove);
	return check_status();
}
