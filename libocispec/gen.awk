# gen.awk - C types and descriptor tables from a .desc file
#
#   awk -v out=header -v name=ocispec -v prefix=oci -f gen.awk oci.desc > ocispec.h
#   awk -v out=tables -v name=ocispec -v prefix=oci -f gen.awk oci.desc > ocispec-tables.c
#
# The output holds types and constant data only: all behaviour is in json-*.c.
# A field is kept in these arrays, by its number in the current struct:
# key (JSON), member (C), type, shape, required, twin.

BEGIN {
	n = split("bool int32 int64 uint16 uint32 uint64 string", list)
	for (i = 1; i <= n; i++) {
		scalar[list[i]] = 1
		ctype[list[i]] = list[i] "_t"
	}
	ctype["bool"] = "bool"
	ctype["string"] = "char *"
	PREFIX = toupper(prefix)
	current = ""

	print "/* Made by gen.awk; edit the .desc file. */"
	if (out == "header")
		print "#pragma once\n#include \"libocispec/json.h\"\n"
	else
		print "#include <stddef.h>\n#include \"" name ".h\"\n"
}

{ sub(/#.*/, "") }
!NF { next }

$1 == "enum" { one_enum(); next }
$1 == "struct" { end_struct(); current = $2; is_struct[current] = 1; n = 0; next }
/^[ \t]/ { one_field(); next }
{ fail("cannot read this line") }

END { if (!bad) end_struct() }

function fail(message)
{
	printf "%s:%d: %s\n", FILENAME, FNR, message > "/dev/stderr"
	bad = 1
	exit 1
}

# containerID -> container_id, memBwSchema -> mem_bw_schema
function snake(s,    r, i, c, upper, was_upper)
{
	r = ""
	was_upper = 1
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		upper = (c ~ /[A-Z]/)
		if (upper && !was_upper)
			r = r "_"
		r = r tolower(c)
		was_upper = upper
	}
	return r
}

# The first value of an enum means "not given"; its name is NULL.
function one_enum(    i)
{
	is_enum[$2] = 1
	if (NF - 2 > 22)
		fail("more names than struct json_enum has room for, with a NULL before and behind them")
	if (out == "header") {
		printf "enum %s_%s {\n\t%s_%s_UNSET,\n", prefix, $2, PREFIX, toupper($2)
		for (i = 3; i <= NF; i++)
			printf "\t%s_%s_%s,\n", PREFIX, toupper($2), toupper($i)
		printf "};\nextern const struct json_enum %s_%s_names;\n\n", prefix, $2
		return
	}
	printf "const struct json_enum %s_%s_names = { %d, { NULL,", prefix, $2, NF - 2
	for (i = 3; i <= NF; i++)
		printf " \"%s\",", $i
	print " } };"
}

function one_field(    i, t)
{
	if (current == "")
		fail("a field outside any struct")
	if (++n > 64)
		fail("more than 64 fields: the reader notes what it has seen in 64 bits")
	key[n] = $1
	member[n] = snake($1)
	required[n] = twin[n] = 0
	for (i = 3; i <= NF; i++) {
		if ($i == "required")
			required[n] = 1
		else if ($i == "twin")
			twin[n] = 1
		else if ($i == "as")
			member[n] = $(++i)
		else
			fail("unknown word " $i)
	}
	t = $2
	shape[n] = "ONE"
	if (t ~ /^\[.*\]$/)
		shape[n] = "LIST"
	else if (t ~ /^\{.*\}$/)
		shape[n] = "MAP"
	if (shape[n] != "ONE")
		t = substr(t, 2, length(t) - 2)
	if (!scalar[t] && !is_enum[t] && !is_struct[t])
		fail("unknown type " t)
	if (shape[n] == "MAP" && t != "string" && !is_struct[t])
		fail("a map holds strings or structs: its values are pointers")
	if (seen[member[n]] == current)
		fail("field " $1 " twice in " current)
	seen[member[n]] = current
	type[n] = t
	if (shape[n] == "ONE" && !required[n] && t ~ /^u?int[0-9]/)
		twin[n] = 1
	if (twin[n] && (required[n] || shape[n] != "ONE" || !scalar[t] || t == "string"))
		fail("only an optional bool or number takes a twin")
}

function c_type(t)
{
	return scalar[t] ? ctype[t] : (is_enum[t] ? "enum " : "struct ") prefix "_" t
}

function with_star(t)
{
	return t (t ~ /\*$/ ? "*" : " *")
}

function member_type(i,    t)
{
	t = c_type(type[i])
	if (shape[i] == "MAP")
		return "struct json_map"
	return shape[i] == "LIST" || is_struct[type[i]] ? with_star(t) : t
}

function struct_header(    i, t)
{
	printf "struct %s_%s {\n", prefix, current
	for (i = 1; i <= n; i++) {
		t = member_type(i)
		if (twin[i])
			printf "\tbool has_%s;\n", member[i]
		printf "\t%s%s%s;%s\n", t, t ~ /\*$/ ? "" : " ", member[i], shape[i] == "MAP" ? "\t/* of " type[i] " */" : ""
		if (shape[i] == "LIST")
			printf "\tsize_t n_%s;\n", member[i]
	}
	printf "};\nextern const struct json_type %s_%s_type;\n\n", prefix, current
}

function struct_table(    i, s)
{
	s = prefix "_" current
	# Each row is tied to the C type of its member at compile time.
	for (i = 1; i <= n; i++)
		printf "JSON_CHECK(%s, %s, %s);\n", s, member[i], member_type(i)
	printf "static const struct json_field %s_fields[] = {\n", current
	for (i = 1; i <= n; i++) {
		printf "\t{ .name = \"%s\", .kind = JSON_%s, .shape = JSON_%s, .at = offsetof(struct %s, %s)", key[i],
			scalar[type[i]] ? toupper(type[i]) : is_enum[type[i]] ? "ENUM" : "OBJECT", shape[i], s, member[i]
		if (required[i])
			printf ", .required = true"
		if (twin[i])
			printf ", .has_twin = true, .twin = offsetof(struct %s, has_%s)", s, member[i]
		if (shape[i] == "LIST")
			printf ", .twin = offsetof(struct %s, n_%s)", s, member[i]
		if (is_enum[type[i]])
			printf ", .names = &%s_%s_names", prefix, type[i]
		if (is_struct[type[i]])
			printf ", .type = &%s_%s_type", prefix, type[i]
		print " },"
	}
	printf "};\nconst struct json_type %s_type = { \"%s\", sizeof(struct %s), %d, %s_fields };\n\n", s, current, s, n, current
}

function end_struct()
{
	if (current == "")
		return
	if (out == "header")
		struct_header()
	else
		struct_table()
	current = ""
}
