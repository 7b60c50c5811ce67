# Checkpoint images can be exchanged with runc: what one saves the other restores.
# runs alone: for a container of runc's, CRIU saves all the machine's cgroups, and makes those again that have gone since.
load helpers
load lib/criu
TEST_TIMEOUT=120

# runc finds criu by its name.
runc()
{
	PATH="${CRIU%/*}:$PATH" command runc --root "$T/runc" "$@" </dev/null >"$T/runc-says" 2>&1 3>&- 4>&- || { cat "$T/runc-says"; return 1; }
}

# Files of the host, as standard output, are nothing that runc could hand on.
start_here()
{
	counting
	"${RT[@]}" run -d web </dev/null >/dev/null 2>&1 3>&- 4>&-
	wait_for reaches 5
}

runc_starts()
{
	command runc --root "$T/runc" run -d web </dev/null >/dev/null 2>&1 3>&- 4>&-
}

need_runc()
{
	need_criu
	need_command runc
	# In hybrid hierarchies runc leaves out `unified`, which a container of ours has.
	need_view v1 v2
}

teardown()
{
	[ ! -d "$T/runc" ] || runc delete -f web || true
	# runc before 1.2 takes the options of the machine's cgroup2 away as it mounts its own.
	! grep -q 'cgroup2 [^ ]* rw$' /proc/self/mountinfo || mounts_before=${mounts_before//rw,nsdelegate,memory_recursiveprot/rw}
	sweep
}

@test "what runc has saved is restored" {
	need_runc
	counting
	runc_starts
	wait_for reaches 5
	runc checkpoint --image-path "$IMAGES" web
	n=$(count)
	"${RT[@]}" restore -d --image-path "$IMAGES" web </dev/null >/dev/null 2>"$T/why" 3>&- 4>&- || { cat "$T/why"; return 1; }
	is web running
	never_stopped_counting
	[ "$(count)" -gt "$n" ]
	# The mounts that it knows nothing of are those of the config.
	[ -z "$(rt exec web cat /proc/keys)" ]
	run ! rt exec web sh -c 'echo 1 >/proc/sys/vm/drop_caches'
}

@test "what was saved is restored by runc" {
	need_runc
	start_here
	save web
	runc restore -d --image-path "$IMAGES" web || { grep Error "$IMAGES/restore.log"; false; }
	never_stopped_counting
}

@test "from runc, and to it again, with a bind mount" {
	need_runc
	mkdir "$T/data"
	spec '.mounts += [{destination: "/data", type: "bind", source: $d, options: ["bind"]}]' --arg d "$T/data"
	counting
	runc_starts
	wait_for reaches 5
	for i in 1 2; do
		runc checkpoint --image-path "$IMAGES$i" web
		"${RT[@]}" restore -d --image-path "$IMAGES$i" web </dev/null >/dev/null 2>"$T/why" 3>&- 4>&- || { cat "$T/why"; return 1; }
		never_stopped_counting
		IMAGES=$T/back$i
		save web
		runc restore -d --image-path "$IMAGES" web
		never_stopped_counting
		IMAGES=$T/images
	done
}
