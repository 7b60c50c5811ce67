# paths.awk - which files may pass a path to the kernel
#
#	awk -f tools/paths.awk tools/paths.txt src/*/*.c
#
# The typical bug of a runtime is a path that is looked up twice, so only a few files turn paths into descriptors;
# tools/paths.txt lists them with their reasons, and every other call that takes a path is refused here.  So is a look-up
# by name below a descriptor that could follow a link in its last component (except in cgroupfs, which has none).
BEGIN {
	by_path = " open creat stat lstat access mkdir mkfifo mknod symlink link unlink rmdir rename chmod chown lchown mount umount " \
		"umount2 readlink opendir fopen chdir chroot statfs statvfs truncate utimes realpath execve execv execvp execl execlp " \
		"getxattr setxattr lgetxattr lsetxattr listxattr removexattr remove scandir glob ftw nftw "
	# These follow a link in the last component unless told otherwise.
	by_name = " openat fstatat fchownat fchmodat faccessat statx utimensat linkat "
	# cli, config, plan, base never work in a container: their paths are the caller's own.
	careful["src/rootfs"] = careful["src/secure"] = careful["src/tune"] = careful["src/sys"] = careful["src/container"] = careful["src/process"] = careful["src/checkpoint"] = careful["src/cgroup"] = careful["src/criu"] = 1
}
FNR == 1 { file = FILENAME; folder = file; sub(/\/[^\/]*$/, "", folder); statement = ""; in_comment = 0 }
FILENAME ~ /paths\.txt$/ {
	if (/^[^#\t ]/) {
		if (NF < 3) { printf "%s:%d: no reason given\n", FILENAME, FNR; bad = 1 }
		allowed[$1, $2] = FNR
	}
	next
}
!(folder in careful) { next }
{
	line = $0
	# Comments and the contents of strings are no calls; "/proc/self" and "." matter as arguments.
	if (in_comment) {
		if (!(i = index(line, "*/"))) next
		line = substr(line, i + 2)
		in_comment = 0
	}
	while ((i = index(line, "/*"))) {
		j = index(substr(line, i + 2), "*/")
		if (!j) { line = substr(line, 1, i - 1); in_comment = 1; break }
		line = substr(line, 1, i - 1) " " substr(line, i + j + 3)
	}
	sub(/\/\/.*/, "", line)
	if (line ~ /^#/) next
	if (statement == "") start = FNR
	statement = statement " " line
	if (line !~ /[;{}:][ \t]*$/) next
	judge(statement)
	statement = ""
}
function judge(text,    rest, name, arguments)
{
	rest = plain(text)
	while (match(rest, /[A-Za-z_][A-Za-z_0-9]*\(/)) {
		name = substr(rest, RSTART, RLENGTH - 1)
		before = RSTART > 1 ? substr(rest, RSTART - 1, 1) : " "
		rest = substr(rest, RSTART + RLENGTH)
		if (before == "." || before == ">")	# a member that is called
			continue
		# syscall(SYS_openat, ...) and the like are the call itself.
		if (name ~ /call$/ && match(rest, /^SYS_[a-z_0-9]+ *, */)) {
			name = substr(rest, 5, RLENGTH - 4)
			sub(/ *, *$/, "", name)
			rest = substr(rest, RLENGTH + 1)
		}
		if (index(by_path, " " name " ") || rest ~ /^AT_FDCWD *,/) {
			used[file, name] = 1
			if (!((file, name) in allowed)) {
				printf "%s:%d: %s() takes a path: hold a descriptor (sys/path.h), or say why in tools/paths.txt\n", \
					file, start, name
				bad = 1
			}
		} else if (index(by_name, " " name " ") && folder != "src/cgroup") {
			arguments = call_arguments(rest)
			if (arguments ~ /NOFOLLOW|AT_EMPTY_PATH|O_EXCL|, *"\.\.?" *,/) continue
			used[file, name] = 1
			if (!((file, name) in allowed)) {
				printf "%s:%d: %s() may follow a link: O_NOFOLLOW or AT_SYMLINK_NOFOLLOW, or say why in tools/paths.txt\n", \
					file, start, name
				bad = 1
			}
		}
	}
}
# TEXT without the brackets and names in its strings.
function plain(text,    out, i, c, inside)
{
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (inside && c == "\\") { i++; continue }
		if (c == "\"") inside = !inside
		else if (inside && c !~ /[.\/]/) c = "_"
		out = out c
	}
	return out
}
function call_arguments(text,    depth, i, c)
{
	depth = 1
	for (i = 1; i <= length(text) && depth; i++) {
		c = substr(text, i, 1)
		depth += (c == "(") - (c == ")")
	}
	return substr(text, 1, i - 1)
}
END {
	for (key in allowed)
		if (!(key in used)) {
			split(key, part, SUBSEP)
			printf "tools/paths.txt:%d: %s calls %s() no more\n", allowed[key], part[1], part[2]
			bad = 1
		}
	exit bad
}
