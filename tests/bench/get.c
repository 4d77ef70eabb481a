/* SPDX-License-Identifier: MIT */
/* get PORT - one HTTP request to 127.0.0.1; status 0 if the answer is 200. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char request[] = "GET / HTTP/1.0\r\n\r\n";
	struct sockaddr_in address = { .sin_family = AF_INET };
	char answer[13] = "";
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
	    send(fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0 ||
	    recv(fd, answer, sizeof answer - 1, MSG_WAITALL) < 12)
		return 1;
	return strcmp(answer + 8, " 200") != 0;
}
