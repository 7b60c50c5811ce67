# page.awk - one man page out of what the tables know and hand-written prose
#
#	awk -f man/page.awk PARTS PROSE.md > PAGE.1
#
# PARTS is what `ctr-run help COMMAND --format man` prints: man(7) source in
# parts, each under a line "@name@".  A line "@name@" of the prose is replaced
# by that part.  The prose is Markdown: "## SECTION", "### Sub-section",
# paragraphs, "- item" and "- **term**: text" lists, code indented by four blanks,
# `code`, **bold**, *slanted*.  Further lines of an item are indented by two.

FNR == NR && /^@[a-z]+@$/ { part = $0; next }
FNR == NR { parts[part] = parts[part] $0 "\n"; next }

/^# / { next }
/^@[a-z]+@$/ {
	if (!($0 in parts)) { printf "%s:%d: no part %s\n", FILENAME, FNR, $0 > "/dev/stderr"; bad = 1 }
	leave(); printf "%s", parts[$0]; next
}
/^## /  { leave(); print ".SH " toupper(substr($0, 4)); fresh = 1; next }
/^### / { leave(); print ".SS " inline(substr($0, 5)); fresh = 1; next }
/^    / {
	if (inside != "code") { leave(); print (fresh ? "" : ".PP\n") ".RS 4\n.nf"; inside = "code"; fresh = blank = 0 }
	print inline_code(substr($0, 5)); next
}
/^$/ { blank = 1; if (inside == "code") print ""; next }
/^- \*\*[^:]+\*\*: / {
	leave()
	match($0, /\*\*: /)
	at = RSTART		# inline() matches, too
	print ".TP\n" inline(substr($0, 3, at - 1)) "\n" inline(substr($0, at + 4))
	inside = "list"; blank = fresh = 0; next
}
/^- / { leave(); print ".IP \\(bu 2\n" inline(substr($0, 3)); inside = "list"; blank = fresh = 0; next }
/^  / && inside == "list" { sub(/^ +/, ""); print inline($0); next }
{
	if (inside != "" || blank) { leave(); if (!fresh) print ".PP" }
	fresh = blank = 0
	print inline($0)
}
END { leave(); exit bad }

function leave() {
	if (inside == "code") print ".fi\n.RE"
	inside = ""
}
function escape(s) {
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	return s
}
function guard(s) { return s ~ /^[.']/ ? "\\&" s : s }
function inline_code(s) { return guard(escape(s)) }
# `code` first: what is inside it stays as it is.
function inline(s,   out, at, n, code) {
	out = ""
	while ((at = index(s, "`")) > 0) {
		n = index(substr(s, at + 1), "`")
		if (!n) break
		code = substr(s, at + 1, n - 1)
		out = out stars(escape(substr(s, 1, at - 1))) "\\fB" escape(code) "\\fR"
		s = substr(s, at + n + 1)
	}
	return guard(out stars(escape(s)))
}
function stars(s) {
	while (match(s, /\*\*[^*]+\*\*/))
		s = font(s, "B", 2)
	while (match(s, /\*[^*]+\*/))
		s = font(s, "I", 1)
	return s
}
function font(s, name, n) {
	return substr(s, 1, RSTART - 1) "\\f" name substr(s, RSTART + n, RLENGTH - 2 * n) "\\fR" \
		substr(s, RSTART + RLENGTH)
}
