# containerd.bash - a containerd of our own

# containerd_start: with contrib/'s settings, and no more network than there is.  containerd 2 has its settings elsewhere.
containerd_start()
{
	local version=2 cri=io.containerd.grpc.v1.cri

	! has_version containerd 2 || version=3 cri=io.containerd.cri.v1.runtime
	mkdir -p /etc/containerd
	if [ "$RUNTIME_NAME" = ctr-run ]; then
		cat "$TOP/contrib/containerd/config-v$version.toml"
	else
		cat <<-EOT
			version = $version
			[plugins."$cri".containerd.runtimes.$RUNTIME_NAME]
			  runtime_type = "io.containerd.runc.v2"
			  [plugins."$cri".containerd.runtimes.$RUNTIME_NAME.options]
			    BinaryName = "$RUNTIME"
		EOT
	fi >/etc/containerd/config.toml
	{
		if [ $version = 3 ]; then
			printf '[plugins."io.containerd.cri.v1.images".pinned_images]\n  sandbox = "localhost/pause:latest"\n'
			printf '[plugins."%s".cni]\n  bin_dirs = ["%s"]\n' $cri "$(cni_folder)"
			printf '[plugins."%s"]\n' $cri
		else
			printf '[plugins."%s".cni]\n  bin_dir = "%s"\n' $cri "$(cni_folder)"
			printf '[plugins."%s"]\n  sandbox_image = "localhost/pause:latest"\n' $cri
		fi
		cat <<-EOT
			  restrict_oom_score_adj = true
			[plugins."$cri".containerd]
			  default_runtime_name = "$RUNTIME_NAME"
		EOT
	} >>/etc/containerd/config.toml
	daemon containerd containerd --log-level warn
	wait_for ctr version || { cat "$W/containerd.log"; return 1; }
}

cni_folder()
{
	local folder
	for folder in /usr/lib/cni /opt/cni/bin; do
		[ ! -x "$folder/bridge" ] || { echo "$folder"; return; }
	done
}
