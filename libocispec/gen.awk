# gen.awk - make the C types and the descriptor tables from oci.desc
#
#   awk -v out=header -v name=ocispec -v prefix=oci -f gen.awk oci.desc > ocispec.h
#   awk -v out=tables -v name=ocispec -v prefix=oci -f gen.awk oci.desc > ocispec-tables.c
#
# The output holds types and constant data only: all behaviour is in json-*.c.

BEGIN {
	split("bool int32 int64 uint16 uint32 uint64 string", k)
	for (i in k) scalar[k[i]] = 1
	ctype["bool"] = "bool"; ctype["string"] = "char *"
	ctype["int32"] = "int32_t"; ctype["int64"] = "int64_t"
	ctype["uint16"] = "uint16_t"; ctype["uint32"] = "uint32_t"; ctype["uint64"] = "uint64_t"
	if (out == "header") print "/* Made by gen.awk; edit the .desc file. */\n#pragma once\n#include \"libocispec/json.h\"\n"
	else print "/* Made by gen.awk; edit the .desc file. */\n#include <stddef.h>\n#include \"" name ".h\"\n"
	PREFIX = toupper(prefix)
	name = ""
}

function fail(msg) { printf "%s:%d: %s\n", FILENAME, FNR, msg > "/dev/stderr"; bad = 1; exit 1 }

# containerID -> container_id, memBwSchema -> mem_bw_schema
function snake(s,    r, i, c, up, wasup) {
	r = ""; wasup = 1
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1); up = (c ~ /[A-Z]/)
		if (up && !wasup) r = r "_"
		r = r tolower(c); wasup = up
	}
	return r
}

{ sub(/#.*/, "") }
!NF { next }

$1 == "enum" {
	isenum[$2] = 1
	if (out == "header") {
		printf "enum " prefix "_%s {\n\t" PREFIX "_%s_UNSET,\n", $2, toupper($2)
		for (i = 3; i <= NF; i++) printf "\t" PREFIX "_%s_%s,\n", toupper($2), toupper($i)
		printf "};\nextern const struct json_enum " prefix "_%s_names;\n\n", $2
	} else {
		printf "const struct json_enum " prefix "_%s_names = { %d, { NULL,", $2, NF - 2
		for (i = 3; i <= NF; i++) printf " \"%s\",", $i
		print " } };"
	}
	next
}

$1 == "struct" { close_struct(); name = $2; isstruct[name] = 1; n = 0; next }

/^[ \t]/ {
	if (name == "") fail("a field outside any struct")
	n++; js[n] = $1; t = $2; req[n] = 0; cn[n] = snake($1)
	for (i = 3; i <= NF; i++) {
		if ($i == "required") req[n] = 1
		else if ($i == "as") cn[n] = $(++i)
		else fail("unknown word " $i)
	}
	shape[n] = "ONE"
	if (t ~ /^\[.*\]$/) { shape[n] = "LIST"; t = substr(t, 2, length(t) - 2) }
	else if (t ~ /^\{.*\}$/) { shape[n] = "MAP"; t = substr(t, 2, length(t) - 2) }
	if (!scalar[t] && !isenum[t] && !isstruct[t]) fail("unknown type " t)
	if (cn[n] in seen && seen[cn[n]] == name) fail("field " $1 " twice in " name)
	seen[cn[n]] = name; ty[n] = t; next
}

{ fail("cannot read this line") }

function base(t) { return scalar[t] ? ctype[t] : isenum[t] ? "enum " prefix "_" t " " : "struct " prefix "_" t " " }
function kind(t) { return scalar[t] ? "JSON_" toupper(t) : isenum[t] ? "JSON_ENUM" : "JSON_OBJECT" }
function hastwin(i) { return shape[i] == "ONE" && scalar[ty[i]] && ty[i] != "string" && ty[i] != "bool" && !req[i] }

function close_struct(    i, b, sep) {
	if (name == "") return
	if (out == "header") {
		printf "struct " prefix "_%s {\n", name
		for (i = 1; i <= n; i++) {
			b = base(ty[i]); sep = (b ~ /[* ]$/) ? "" : " "
			if (shape[i] == "MAP") printf "\tstruct json_map %s;%s\n", cn[i], "\t/* of " ty[i] " */"
			else if (shape[i] == "LIST") printf "\t%s%s*%s;\n\tsize_t n_%s;\n", b, sep, cn[i], cn[i]
			else if (isstruct[ty[i]]) printf "\t%s*%s;\n", b, cn[i]
			else { if (hastwin(i)) printf "\tbool has_%s;\n", cn[i]; printf "\t%s%s%s;\n", b, sep, cn[i] }
		}
		printf "};\nextern const struct json_type " prefix "_%s_type;\n\n", name
	} else {
		for (i = 1; i <= n; i++) {
			b = base(ty[i])
			# Each row is tied to the C type of its member at compile time.
			if (shape[i] == "LIST") printf "JSON_CHECK(" prefix "_%s, %s, %s *);\n", name, cn[i], b
			else if (shape[i] == "MAP") printf "JSON_CHECK(" prefix "_%s, %s, struct json_map);\n", name, cn[i]
			else printf "JSON_CHECK(" prefix "_%s, %s, %s%s);\n", name, cn[i], b, isstruct[ty[i]] ? "*" : ""
		}
		printf "static const struct json_field %s_fields[] = {\n", name
		for (i = 1; i <= n; i++) {
			printf "\t{ .name = \"%s\", .kind = %s, .shape = JSON_%s, .required = %d, .at = offsetof(struct " prefix "_%s, %s)", js[i], kind(ty[i]), shape[i], req[i], name, cn[i]
			if (hastwin(i)) printf ", .twin = offsetof(struct " prefix "_%s, has_%s)", name, cn[i]
			if (shape[i] == "LIST") printf ", .twin = offsetof(struct " prefix "_%s, n_%s)", name, cn[i]
			if (hastwin(i)) printf ", .has_twin = true"
			if (isenum[ty[i]]) printf ", .names = &" prefix "_%s_names", ty[i]
			if (isstruct[ty[i]]) printf ", .type = &" prefix "_%s_type", ty[i]
			print " },"
		}
		printf "};\nconst struct json_type " prefix "_%s_type = { \"%s\", sizeof(struct " prefix "_%s), %d, %s_fields };\n\n", name, name, name, n, name
	}
	name = ""
}

END { if (!bad) close_struct() }
