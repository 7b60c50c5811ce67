# layers.awk - a file may include its own room and the rooms below it; rooms
# of equal rank do not include each other, and libocispec includes no room.
BEGIN {
	n = split("libocispec|base|sys|config|plan|cgroup criu rootfs secure tune|process|container|checkpoint|cli", floor, "|")
	for (i = 1; i <= n; i++) { m = split(floor[i], room, " "); for (j = 1; j <= m; j++) rank[room[j]] = i }
}
FNR == 1 { k = split(FILENAME, part, "/"); here = part[k - 1] }
/^#include "[a-z]+\// {
	split($2, inc, /["\/]/); to = inc[2]
	if (to == here) next
	if (!(to in rank)) { printf "%s:%d: no such room: %s/\n", FILENAME, FNR, to; bad = 1 }
	else if (rank[to] >= rank[here]) { printf "%s:%d: %s/ may not know %s/\n", FILENAME, FNR, here, to; bad = 1 }
}
END { exit bad }
