# lines.awk - no line of the sources is wider than 120 columns, with tabs of 8
#
# clang-format does not enforce this: with a limit it would rewrap tables and trailing comments (.clang-format).
{
	width = 0
	n = split($0, part, "\t")
	for (i = 1; i <= n; i++) {
		width += length(part[i])
		if (i < n) width += 8 - width % 8
	}
	if (width > 120) { printf "%s:%d: %d columns\n", FILENAME, FNR, width; bad = 1 }
}
END { exit bad }
