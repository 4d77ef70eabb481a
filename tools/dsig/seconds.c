/* SPDX-License-Identifier: MIT */
#include "seconds.h"

#include "base/text.h"

int seconds_parse(const char *text, int *ms)
{
	int more;

	if (text_seconds(text, ms, &more) < 0)
		return -1;
	*ms += more;
	return 0;
}
