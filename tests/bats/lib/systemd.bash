# systemd.bash - systemd units; load it after helpers
#
#	need_systemd		skip unless PID 1 is systemd
#	unit [NAME]		cgroupsPath asks for a scope: $UNIT is its name, $SLICE its slice (system.slice, or $SLICE as set before)
#	unit_dir [CONTROLLER]	its folder
#	unit_file CONTROLLER V1 V2	what the file V1 in that folder says, or in v2 the file V2
#	property NAME		of $UNIT, as systemctl shows it
#	sd ARGS...		rt --systemd-cgroup ARGS
#	stranger		somebody else's scope takes the name $UNIT; its only process is $STRANGER
#	unit_ended		true if systemd has no unit $UNIT any more; of its folders in v1 it removes those that it knows
#	no_unit			true if there is none, nor a folder of it

need_systemd()
{
	[ -d /run/systemd/system ] || skip "the first process of this machine is not systemd"
}

unit()
{
	SLICE=${SLICE-system.slice}
	UNIT=ctr-run-test-$ID-${1-a}.scope
	spec '.linux.cgroupsPath = $p' --arg p "$SLICE:ctr-run-test:$ID-${1-a}"
}

# ctr-run-a.slice lies in ctr.slice/ctr-run.slice.
slice_path()
{
	local name=${1%.slice} path= part= rest

	[ "$name" != - ] || return 0
	rest=$name
	while [ "$rest" ]; do
		part=${part:+$part-}${rest%%-*}
		path=$path/$part.slice
		case $rest in *-*) rest=${rest#*-} ;; *) rest= ;; esac
	done
	echo "$path"
}

unit_dir()
{
	case $VIEW in
	v2) echo "/sys/fs/cgroup$(slice_path "$SLICE")/$UNIT" ;;
	*) echo "/sys/fs/cgroup/${1:-memory}$(slice_path "$SLICE")/$UNIT" ;;
	esac
}

unit_file()
{
	if [ "$VIEW" = v2 ]; then cat "$(unit_dir)/$3"; else cat "$(unit_dir "$1")/$2"; fi
}

property()
{
	SYSTEMCTL_FORCE_BUS=1 systemctl show --value -p "$1" "$UNIT"
}

sd()
{
	rt --systemd-cgroup "$@"
}

unit_ended()
{
	[ "$(property LoadState)" = not-found ]
}

no_unit()
{
	unit_ended && [ ! -e "$(unit_dir)" ] && [ ! -e "$(unit_dir freezer)" ]
}

stranger()
{
	systemd-run -q --scope --unit="$UNIT" --slice="$SLICE" sleep 1000 </dev/null >/dev/null 2>&1 3>&- 4>&- &
	STRANGER=$!
	wait_for grep -qx "$STRANGER" "$(unit_dir systemd)/cgroup.procs"
}

end_stranger()
{
	kill "$STRANGER"
	wait "$STRANGER" || true
	wait_for no_unit
}
