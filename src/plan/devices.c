/*
 * devices.c - device nodes, the links in /dev, and the console
 *
 * Theory.  If the container's /dev is a bind mount, it is somebody else's and
 * stays as it is.  All other containers get the six nodes and the links that
 * programs take for granted (config-linux.md, "Default Devices"), after all
 * mounts, so that they lie in the tmpfs that most configs mount there.
 *
 * mknod(2) is refused in a user namespace and without privilege: then the
 * host's node is bound instead, by whichever name the host has it.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/planner.h"

static const struct { const char *path; unsigned major, minor; } default_devices[] = {
	{ "/dev/null", 1, 3 }, { "/dev/zero", 1, 5 }, { "/dev/full", 1, 7 },
	{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
};

static const struct { const char *path, *text; } default_links[] = {
	{ "/dev/fd", "/proc/self/fd" }, { "/dev/stdin", "/proc/self/fd/0" }, { "/dev/stdout", "/proc/self/fd/1" },
	{ "/dev/stderr", "/proc/self/fd/2" }, { "/dev/core", "/proc/kcore" }, { "/dev/ptmx", "pts/ptmx" },
};

static bool is_mount(const struct step *step)
{
	return step->action == STEP_BIND || step->action == STEP_MOUNT;
}

/* True if /dev is a bind mount, and so somebody else's. */
static bool dev_is_bound(const struct planner *p)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if (p->steps[i].action == STEP_BIND && !strcmp(p->steps[i].target, "/dev"))
			return true;
	return false;
}

/* True if the config itself puts something at PATH. */
static bool is_taken(const struct planner *p, const char *path)
{
	for (size_t i = 0; i < p->n_steps; i++)
		if ((is_mount(&p->steps[i]) || p->steps[i].action == STEP_DEVICE) && !strcmp(p->steps[i].target, path))
			return true;
	return false;
}

static bool in_paths(const char *const *paths, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(paths[i], path))
			return true;
	return false;
}

static struct step *add_device(struct planner *p, const char *path, mode_t mode, unsigned major, unsigned minor,
			       const char *pointer)
{
	struct step *step = step_add(p, STEP_DEVICE, path, pointer);

	step->mode = mode;
	step->major = major;
	step->minor = minor;
	if (!S_ISFIFO(mode) && (p->plan->ns.user || !p->host->privileged)) {
		step->source = path;
		step->outside = p->host->admin;
	}
	return step;
}

static mode_t device_type(const struct oci_device *device)
{
	switch (device->type[0]) {
	case 'b':
		return S_IFBLK;
	case 'p':
		return S_IFIFO;
	default:	/* 'c', and 'u', an unbuffered one, which is the same */
		return S_IFCHR;
	}
}

/* The terminal multiplexer, which some configs list with the default devices: such a node would be the host's, while
 * the link to the container's own devpts is meant. */
static bool is_ptmx(const struct oci_device *device, const char *path)
{
	return !strcmp(path, "/dev/ptmx") && device_type(device) == S_IFCHR && device->major == 5 && device->minor == 2;
}

void plan_devices(struct planner *p)
{
	size_t n = p->linux->n_devices;
	const char **paths = arena_alloc(p->arena, n * sizeof *paths);
	bool bound = dev_is_bound(p);

	for (size_t i = 0; i < n; i++)
		paths[i] = clean_path(p->arena, p->linux->devices[i].path);
	for (size_t i = 0; i < ARRAY_SIZE(default_devices) && !bound; i++) {
		const char *path = default_devices[i].path;
		if (!in_paths(paths, n, path) && !is_taken(p, path))
			add_device(p, path, S_IFCHR | 0666, default_devices[i].major, default_devices[i].minor, "");
	}
	for (size_t i = 0; i < n; i++) {
		const struct oci_device *device = &p->linux->devices[i];
		mode_t mode = device->has_file_mode ? device->file_mode & 07777 : 0666;	/* S_IFMT may be there too */
		struct step *step;

		/* The last of several entries for one path counts. */
		if ((bound && text_lies_below(paths[i], "/dev")) || is_ptmx(device, paths[i]) ||
		    in_paths(paths + i + 1, n - i - 1, paths[i]))
			continue;
		step = add_device(p, paths[i], device_type(device) | mode, (unsigned) device->major,
				  (unsigned) device->minor, pointer_index(p->arena, "/linux/devices", i));
		step->uid = device->uid;
		step->gid = device->gid;
	}
}

void plan_symlinks(struct planner *p)
{
	bool bound = dev_is_bound(p);

	for (size_t i = 0; i < ARRAY_SIZE(default_links) && !bound; i++)
		if (!is_taken(p, default_links[i].path))
			step_add(p, STEP_SYMLINK, default_links[i].path, "")->source = default_links[i].text;
	if (p->config->process && p->config->process->terminal)
		step_add(p, STEP_CONSOLE, "/dev/console", "/process/terminal");
}
