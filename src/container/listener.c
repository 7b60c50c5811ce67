/* listener.c - see listener.h */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "container/listener.h"
#include "libocispec/version.h"
#include "process/hooks.h"
#include "sys/socket.h"

int listener_send(const struct oci_seccomp *profile, const struct record_state *record, enum oci_status status, int pid,
		  int listener, struct error *err)
{
	auto_text t = { 0 };

	if (!profile->listener_path)
		return fail_at(err, "/linux/seccomp/listenerPath", "is missing, but a rule says SCMP_ACT_NOTIFY");
	auto_free char *state = hooks_state(record->id, record->bundle, status, record->pid > 0 ? record->pid : pid,
					    &record->annotations);
	text_addf(&t, "{\"ociVersion\":\"" OCI_VERSION "\",\"fds\":[\"seccompFd\"],\"pid\":%d,", pid);
	if (profile->listener_metadata) {
		text_add(&t, "\"metadata\":");
		text_add_json(&t, profile->listener_metadata);
		text_add(&t, ",");
	}
	text_addf(&t, "\"state\":%s}", state);
	auto_fd sock = socket_connect(AT_FDCWD, profile->listener_path, SOCK_STREAM, err);
	if (sock >= 0 && socket_send(sock, t.s, t.n, listener, err) == 0)
		return 0;
	wrap(err, "failed to connect with seccomp agent");
	return blame(err, "/linux/seccomp/listenerPath");
}
