/* SPDX-License-Identifier: MIT */
/* The tables of /proc/PID/net, whatever is in them; and one line as the kernel
 * writes it, which says whether we listen. The scanner and the kernel's own
 * answer are played here. */
#include "fuzz.h"

#include "shim/base/scan.h"
#include "shim/ready/sockdiag.h"
#include "shim/ready/sockets.h"

#include <stdio.h>
#include <unistd.h>

#define INODE 4242
#define LISTENING 0x0A

static char table[8192];     /* of the one table that there is */
static const char *table_of; /* its name, NULL: each has it */
static char *at;

int __wrap_scan_open(struct scan *s, const char *path);
char *__wrap_scan_line(struct scan *s);
void __wrap_scan_close(struct scan *s);
int __wrap_sockdiag_tcp(int family, sockdiag_each *each, const void *ctx);

int __wrap_scan_open(struct scan *s, const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	(void)s;
	at = table_of == NULL || strcmp(name, table_of) == 0 ? table : strchr(table, '\0');
	return 0;
}

char *__wrap_scan_line(struct scan *s)
{
	size_t len = strcspn(at, "\n");

	if (*at == '\0' || len >= sizeof s->buf)
		return NULL;
	memcpy(s->buf, at, len);
	s->buf[len] = '\0';
	at += len + (at[len] != '\0');
	return s->buf;
}

void __wrap_scan_close(struct scan *s)
{
	(void)s;
}

int __wrap_sockdiag_tcp(int family, sockdiag_each *each, const void *ctx)
{
	(void)family;
	(void)each;
	(void)ctx;
	return -1;
}

static int listening(struct listen_want want)
{
	struct sockets set = { .count = 0 };
	const struct sockets_wanted wanted = { .want = &want, .set = &set };

	MUST(sockets_add(&set, INODE) == 0);
	return sockets_listening(&wanted, getpid(), 1);
}

static void anything(const char *text)
{
	(void)snprintf(table, sizeof table, "heading\n%s", text);
	table_of = NULL;
	for (enum listen_kind kind = LISTEN_ANY; kind <= LISTEN_UNIX; kind++)
		if (listening((struct listen_want){ .kind = kind, .port = 80, .path = "@a" }))
			MUST(strstr(text, "4242") != NULL);
}

static void a_tcp_line(const uint8_t *n)
{
	const unsigned port = (unsigned)n[0] << 8 | n[1], state = n[2] % 12, other = n[3] & 1;
	int expected = port != 0 && state == LISTENING && !other;

	table_of = n[3] & 2 ? "tcp6" : "tcp";
	(void)snprintf(
		table, sizeof table,
		"  sl  local_address rem_address\n"
		"   0: 0100007F:%04X 00000000:0000 %02X 00000000:00000000 00:00000000 00000000"
		"   100        0 %u 1 0000000000000000 100 0 0 10 0\n",
		port, state, other ? INODE * 10 + 1 : INODE);
	MUST(listening((struct listen_want){ .kind = LISTEN_ANY }) == expected);
	MUST(listening((struct listen_want){ .kind = LISTEN_PORT, .port = port }) == expected);
	MUST(!listening((struct listen_want){ .kind = LISTEN_PORT, .port = port + 1 }));
}

static void a_unix_line(const uint8_t *n, char *name)
{
	const int accepts = n[0] & 1, kind = n[1] & 1;

	for (char *c = name; *c != '\0'; c++)
		*c = *c == '\n' ? '_' : *c;
	name[strnlen(name, 90)] = '\0';
	table_of = "unix";
	(void)snprintf(table, sizeof table,
	               "Num       RefCount Protocol Flags    Type St Inode Path\n"
	               "0000000000000000: 00000002 00000000 000%d0000 0001 01 %u @%s\n",
	               accepts, INODE, name);
	name[-1] = '@';
	MUST(listening((struct listen_want){ .kind = kind ? LISTEN_UNIX : LISTEN_ANY,
	                                     .path = name - 1 }) == accepts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	anything(text);
	if (size > 5) {
		a_tcp_line(data);
		a_unix_line(data, text + 5);
	}
	free(text);
	return 0;
}
