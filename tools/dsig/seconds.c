/* SPDX-License-Identifier: MIT */
#include "seconds.h"

#include "text.h"

#include <string.h>

#define SECONDS_MAX 1000000 /* in milliseconds this fits an int */

int seconds_parse(const char *text, int *ms)
{
	const size_t len = strcspn(text, ".");
	char whole[16];
	struct text t;
	long long n = 0, fraction = 0, scale = 1000;

	text_begin(&t, whole, sizeof whole);
	text_mem(&t, text, len);
	if (t.cut || (len > 0 && text_number(whole, 0, SECONDS_MAX, &n) < 0))
		return -1;
	text += len;
	if (*text == '.' && (text[1] == '\0' || text[1 + strspn(text + 1, "0123456789")] != '\0'))
		return -1;
	if (*text == '\0' && len == 0)
		return -1;
	while (*text != '\0' && *++text != '\0') {
		scale /= 10;
		fraction += scale > 0 ? (*text - '0') * scale : 0;
		if (scale == 0 && *text != '0') {
			fraction++;
			break;
		}
	}
	*ms = (int)(n * 1000 + fraction);
	return 0;
}
