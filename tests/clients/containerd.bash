# containerd.bash - a containerd of one's own

# containerd_start: with the settings that contrib/ gives, and no more network than there is
containerd_start()
{
	mkdir -p /etc/containerd
	if [ "$RUNTIME_NAME" = ctr-run ]; then
		cat "$TOP/contrib/containerd/config-v2.toml"
	else
		cat <<-EOT
			version = 2
			[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.$RUNTIME_NAME]
			  runtime_type = "io.containerd.runc.v2"
			  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.$RUNTIME_NAME.options]
			    BinaryName = "$RUNTIME"
		EOT
	fi >/etc/containerd/config.toml
	cat >>/etc/containerd/config.toml <<-EOT
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "localhost/pause:latest"
		  restrict_oom_score_adj = true
		[plugins."io.containerd.grpc.v1.cri".containerd]
		  default_runtime_name = "$RUNTIME_NAME"
		[plugins."io.containerd.grpc.v1.cri".cni]
		  bin_dir = "$(cni_folder)"
		  conf_dir = "/etc/cni/net.d"
	EOT
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
