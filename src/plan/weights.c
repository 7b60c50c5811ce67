/* weights.c - see weights.h */
#include "plan/weights.h"

/* libm would cost 40 kB for these two.  Both are accurate to 1e-14 in the range that is used. */
static double log2_of(unsigned long long n)
{
	const double ln2 = 0.69314718055994530942;
	int whole = 63 - __builtin_clzll(n);
	double m = (double) n / (double) (1ull << whole), z = (m - 1) / (m + 1), power = z, sum = 0;

	/* ln m = 2 atanh z, and z < 1/3. */
	for (int i = 1; i < 40; i += 2, power *= z * z)
		sum += power / i;
	return whole + 2 * sum / ln2;
}

static double ten_to(double x)
{
	const double ln10 = 2.30258509299404568402;
	double term = 1, sum = 1, scale = 1;

	for (; x >= 1; x--)
		scale *= 10;
	for (int i = 1; i < 40; i++) {
		term *= x * ln10 / i;
		sum += term;
	}
	return scale * sum;
}

/*
 * v1's 2 .. 262144 (1024 is usual) to v2's 1 .. 10000 (100 is usual).  A straight line, as in earlier runtimes, would
 * turn 1024 into 39.  A parabola on logarithmic scales goes through (2, 1), (1024, 100) and (262144, 10000); runc and
 * crun have the same:
 *
 *	weight = ceil(10 ^ ((l^2 + 125 l) / 612 - 7 / 34)),  l = log2(shares)
 */
unsigned cpu_weight_of_shares(unsigned long long shares)
{
	double l, weight;
	unsigned whole;

	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	l = log2_of(shares);
	weight = ten_to((l * l + 125 * l) / 612 - 7.0 / 34);
	whole = (unsigned) weight;
	/* 1024 must give exactly 100, whatever the last bit says. */
	return weight - whole > 1e-9 ? whole + 1 : whole;
}

unsigned io_weight_of_blkio(unsigned weight)
{
	if (weight < 10)
		weight = 10;
	return 1 + (weight - 10) * 9999 / 990;
}

long long pids_max_of_limit(long long limit)
{
	return limit == 0 ? 1 : limit;
}
