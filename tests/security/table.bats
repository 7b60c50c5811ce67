# The table in SECURITY.md lists what is tested, all of it and nothing else.
load ../bats/helpers

ids='CVE-[0-9]{4}-[0-9]+|GHSA(-[0-9a-z]{4}){3}|(runc|crun|youki)#[0-9]+'

@test "each advisory of the table has a test named after it, and each such test is in the table" {
	sed -n '/^| advisory /,/^$/p' "$TOP/SECURITY.md" | sed 1,2d | cut -d '|' -f 2 | grep -oE "$ids" | sort -u >"$T/table"
	# The words of a name before its first colon.
	sed -nE 's/^@test "([^:]*):.*/\1/p' "$TOP"/tests/security/*.bats | grep -oE "$ids" | sort -u >"$T/tests"
	[ "$(wc -l <"$T/table")" -gt 50 ]
	diff "$T/table" "$T/tests"
}

@test "each test that the table names is there" {
	local file
	for file in $(sed -n '/^| advisory /,/^$/p' "$TOP/SECURITY.md" | grep -oE '`[a-z-]+\.bats`' | tr -d '`' | sort -u); do
		[ -f "$TOP/tests/security/$file" ] || [ -f "$TOP/tests/bats/$file" ] || { echo "$file"; return 1; }
	done
}
