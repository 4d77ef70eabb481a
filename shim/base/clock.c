/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include "base/sys.h"

#include <limits.h>
#include <time.h>

long long clock_ms(void)
{
	return sys_clock(CLOCK_MONOTONIC) / 1000000;
}

int clock_us(void)
{
	return (int)(sys_clock(CLOCK_MONOTONIC) / 1000 & INT_MAX);
}
