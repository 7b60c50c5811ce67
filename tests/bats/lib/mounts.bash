# mounts.bash - what is mounted in a container; load it after helpers
#
#	add_mount TARGET TYPE SOURCE [OPTION...]	one more entry in .mounts; type "-": none is given
#	see [SHELL TEXT]	run a container that notes what is mounted in it, then runs SHELL TEXT: $output is what that prints
#	attributes TARGET	"rw,nosuid,relatime", of the mount on top there
#	propagation TARGET	"shared", "master", "shared master", "unbindable", or nothing
#	filesystem TARGET	"tmpfs tmpfs rw,size=64k,mode=755": type, source, options of the file system
#	mounted_from TARGET	the path inside its file system
#	is_mounted TARGET
#	mount_index		the index in .mounts of the entry added last

add_mount()
{
	spec '.mounts += [{destination: $ARGS.positional[0], source: $ARGS.positional[2], options: $ARGS.positional[3:]} +
		if $ARGS.positional[1] == "-" then {} else {type: $ARGS.positional[1]} end]' --args -- "$@"
}

mount_index()
{
	jq '.mounts | length - 1' config.json
}

see()
{
	spec '.process.args = ["sh", "-c", $text]' --arg text "cat /proc/self/mountinfo; echo --; ${1-true}"
	run rt run see
	printf '%s\n' "$output" | sed '/^--$/,$d' >"$T/mounts"
	output=$(printf '%s\n' "$output" | sed '1,/^--$/d')
	[ "$status" = 0 ] || { printf 'status %s\n%s\n' "$status" "${output:-$(head -n 3 "$T/mounts")}"; return 1; }
}

attributes()
{
	awk -v t="$1" '$5 == t { found = $6 } END { print found }' "$T/mounts"
}

mounted_from()
{
	awk -v t="$1" '$5 == t { found = $4 } END { print found }' "$T/mounts"
}

propagation()
{
	awk -v t="$1" '$5 == t { found = ""; for (i = 7; $i != "-"; i++) found = found " " $i }
		END { gsub(/:[0-9]*/, "", found); sub(/ propagate_from/, "", found); print substr(found, 2) }' "$T/mounts"
}

filesystem()
{
	awk -v t="$1" '$5 == t { for (i = 7; $i != "-"; i++); found = $(i + 1) " " $(i + 2) " " $(i + 3) } END { print found }' "$T/mounts"
}

is_mounted()
{
	[ "$(attributes "$1")" ]
}

# same WANTED FOUND [ABOUT]
same()
{
	[ "$1" = "$2" ] || { printf '%swanted: %s\nfound:  %s\n' "${3:+$3: }" "$1" "$2"; return 1; }
}

# has LIST WORD...: comma-separated words;  has_not: none of them
has()
{
	local list=$1 word
	shift
	for word; do
		[[ ,$list, == *,"$word",* ]] || { echo "no $word in $list"; return 1; }
	done
}

has_not()
{
	local list=$1 word
	shift
	for word; do
		[[ ,$list, != *,"$word",* ]] || { echo "$word in $list"; return 1; }
	done
}
