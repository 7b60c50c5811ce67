# setup_suite.bash - what podman's system tests find: the world's settings, and images in place of those that they would pull
. "$TOP/tests/clients/helpers.bash"
. "$TOP/tests/clients/podman.bash"
# These are theirs.
unset -f setup is

setup_suite()
{
	local tests name=libpod/testimage registry=127.0.0.1:5999

	tests=$(dirname "${BASH_SOURCE[0]}")
	podman_setup
	# Names that nobody knows shall be refused at once.
	rm -f /etc/resolv.conf
	echo "nameserver 127.0.0.1" >/etc/resolv.conf
	mkdir -p "$W/registry"
	cat >"$W/registry.yml" <<-EOT
		version: 0.1
		storage: { filesystem: { rootdirectory: $W/registry } }
		http: { addr: "$registry" }
	EOT
	daemon registry docker-registry serve "$W/registry.yml"
	mkdir -p /etc/containers/registries.conf.d
	(
		# Theirs says by which names.
		. "$tests/helpers.bash"
		printf '[[registry]]\nprefix = "%s"\nlocation = "%s"\ninsecure = true\n' \
			"$PODMAN_TEST_IMAGE_REGISTRY/libpod" "$registry/libpod" >/etc/containers/registries.conf.d/tests.conf
		podman load -qi "$tests/../other.tar"
		podman tag localhost/testimage:latest "$registry/$name:$PODMAN_NONLOCAL_IMAGE_TAG"
		wait_for podman push --tls-verify=false "$registry/$name:$PODMAN_NONLOCAL_IMAGE_TAG"
		podman rmi -af
		podman load -qi "$tests/../testimage.tar"
		podman tag localhost/testimage:latest "$registry/$name:$PODMAN_TEST_IMAGE_TAG"
		podman push --tls-verify=false "$registry/$name:$PODMAN_TEST_IMAGE_TAG"
		podman rmi -af
		podman pull -q "$PODMAN_TEST_IMAGE_FQN"
	)
	export PODMAN=podman PODMAN_TIMEOUT=$((60 * SLOW))
}

teardown_suite()
{
	podman_teardown
	end registry
}
