# One static file that needs nothing from the machine and is hardened like what it guards.
load helpers

need_tools()
{
	need_command readelf strip
}

@test "the binary is a static position-independent executable" {
	need_static
	need_tools
	run -0 readelf -hlW "$RUNTIME"
	says "DYN (" "Entry point"
	says_not INTERP
}

@test "the binary needs no shared library" {
	need_static
	need_tools
	run -0 readelf -dW "$RUNTIME"
	says_not NEEDED RPATH RUNPATH
}

@test "the binary's relocations are read-only once it runs, and its stack is not executable" {
	need_static
	need_tools
	run -0 readelf -lW "$RUNTIME"
	says GNU_RELRO
	[ "$(readelf -lW "$RUNTIME" | awk '$1 == "GNU_STACK" { print $7 }')" = RW ]
	# No segment is writable and executable.
	[ -z "$(readelf -lW "$RUNTIME" | awk '$1 == "LOAD" && /RWE/')" ]
	run -0 readelf -dW "$RUNTIME"
	says BIND_NOW
}

# The C library and others have checks, too: these functions are ours, and hold what is read from an image or a config.
@test "the binary's functions check their stack before they return" {
	local name
	need_static
	need_command objdump nm
	[ "$(nm "$RUNTIME" 2>/dev/null)" ] || skip "a stripped binary has no symbols"
	objdump -d --no-show-raw-insn "$RUNTIME" |
		awk '/^[0-9a-f]+ </ { gsub(/[<>:]/, "", $2); name = $2 } /<__stack_chk_fail>/ { print name }' >"$T/checked"
	for name in capability_set capability_verify channel_next hooks_run fd_path; do
		grep -qx "$name" "$T/checked" || { echo "$name does not"; return 1; }
	done
}

@test "the binary has no loader of shared libraries, no converters, no message catalogues, no name services" {
	need_static
	need_tools
	need_command nm
	[ "$(nm "$RUNTIME" 2>/dev/null)" ] || skip "a stripped binary has no symbols"
	for name in _dl_open _dl_map_object __libc_dlopen_mode __gconv_open __gconv_load_conf __dcigettext _nl_load_locale \
		__nss_database_get __nss_module_load __res_nsearch __tz_convert; do
		[ -z "$(nm "$RUNTIME" | awk -v name="$name" '$NF == name')" ] || { echo "the binary has $name"; return 1; }
	done
}

# src/sys/libc-static.c takes their code out.  (early.c has assembler with its registers.)
@test "the sources have no format of a number with a fraction, or of wide characters" {
	[ -d "$TOP/src" ] || skip "no sources here"
	run -1 grep -rnE '"[^"]*%[-+ #0-9.*]*(L?[aefgAEFG]|l[cs]|[CS])' "$TOP/src" "$TOP/libocispec" --include='*.[ch]' --exclude=early.c
}

# A third is ours, a third glibc, a fifth libdbus.
# Newer compilers and libc make it larger (Debian 13: by 47 kB).
@test "the binary is less than 1.31 MB" {
	local size most=1310000 libc=$(getconf GNU_LIBC_VERSION)

	need_static
	need_tools
	strip -o "$T/stripped" "$RUNTIME"
	size=$(stat -c %s "$T/stripped")
	echo "stripped: $size bytes"
	[ "$(printf '%s\n' "$libc" "glibc 2.36" | sort -V | tail -n 1)" = "glibc 2.36" ] || most=1360000
	((size < most))
}

@test "the binary runs in an empty chroot" {
	need_static
	mkdir "$T/empty"
	cp "$RUNTIME" "$T/empty/ctr-run"
	run -0 chroot "$T/empty" ./ctr-run --version
	says "ctr-run version"
}

@test "the binary runs with closed descriptors and an empty environment" {
	run -0 env -i "$RUNTIME" --version
	says "ctr-run version"
	"$RUNTIME" --version <&- >&- 2>&- || [ $? = 1 ]
}
