/* weights.h - v2's numbers for v1's */
#pragma once

/* cpu.shares (2 .. 262144) as cpu.weight (1 .. 10000). */
unsigned cpu_weight_of_shares(unsigned long long shares);

/* blkio.weight (10 .. 1000) as io.weight (1 .. 10000). */
unsigned io_weight_of_blkio(unsigned weight);
