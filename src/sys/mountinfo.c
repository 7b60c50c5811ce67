/* mountinfo.c - see mountinfo.h */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/number.h"
#include "sys/disable.h"
#include "sys/fd.h"
#include "sys/mountinfo.h"

#define LONGEST (256u << 20)

static bool is_escape(const char *s)
{
	return s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7';
}

/* Undo the kernel's "\040" for blanks and the like, in place. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (is_escape(s)) {
			*to++ = (char) ((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* Cut the next word off *AT. */
static char *take_word(char **at)
{
	char *word = strsep(at, " ");

	return word && *word ? word : NULL;
}

static bool parse_device(const char *s, struct mount_entry *entry)
{
	uint64_t major, minor;

	if (!number_take(&s, &major) || *s++ != ':' || !number_take(&s, &minor) || *s || major > UINT32_MAX ||
	    minor > UINT32_MAX)
		return false;
	entry->major = (unsigned) major;
	entry->minor = (unsigned) minor;
	return true;
}

/* "36 35 98:0 /root /place options shared:1 - type source options" */
static bool parse_line(char *line, struct mount_entry *entry)
{
	const char *id = take_word(&line), *parent = take_word(&line), *device = take_word(&line);
	char *root = take_word(&line), *place = take_word(&line);
	char *rest = line ? strstr(line, " - ") : NULL;

	if (!rest || !id || !parent || !device || !root || !place)
		return false;
	if (!number_parse(id, 0, UINT64_MAX, &entry->id) || !number_parse(parent, 0, UINT64_MAX, &entry->parent) ||
	    !parse_device(device, entry))
		return false;
	*rest = '\0';
	entry->shared = strstr(line, " shared:") != NULL;
	rest += 3;
	unescape(root);
	unescape(place);
	entry->root = root;
	entry->place = place;
	entry->type = take_word(&rest);
	strsep(&rest, " ");
	entry->options = rest ? rest : "";
	return entry->type != NULL;
}

static int by_id(const void *a, const void *b)
{
	const struct mount_entry *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

bool mountinfo_parse(char *text, struct mountinfo *info)
{
	*info = (struct mountinfo) { .text = text };
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		struct mount_entry entry;

		*end = '\0';
		if (!parse_line(line, &entry))
			return false;
		*(struct mount_entry *) xgrow(&info->entries, info->n, sizeof entry) = entry;
		info->n++;
	}
	if (info->n)
		qsort(info->entries, info->n, sizeof *info->entries, by_id);
	return true;
}

int mountinfo_read(const char *proc, struct mountinfo *info, struct error *err)
{
	auto_free char *path = xasprintf("%s/mountinfo", proc);
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	*info = (struct mountinfo) { 0 };
	if (fd < 0)
		return fail(err, errno, "open %s", path);
	text = fd_read_all(fd, LONGEST, NULL, err);
	if (!text)
		return wrap(err, "read %s", path);
	return mountinfo_parse(text, info) ? 0 : fail(err, EINVAL, "read %s", path);
}

bool mount_id(int fd, uint64_t *id)
{
	char path[64], line[64];
	struct statx stx;
	bool found = false;
	FILE *info;

	if (!disabled("statx") && !statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx) && stx.stx_mask & STATX_MNT_ID) {
		*id = stx.stx_mnt_id;
		return true;
	}
	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	if (!(info = fopen(path, "re")))
		return false;
	while (!found && fgets(line, sizeof line, info)) {
		const char *value = line + strlen("mnt_id:");
		found = !strncmp(line, "mnt_id:", strlen("mnt_id:")) && number_take(&value, id);
	}
	fclose(info);
	return found;
}

void mountinfo_free(struct mountinfo *info)
{
	free(info->entries);
	free(info->text);
	*info = (struct mountinfo) { 0 };
}

const struct mount_entry *mountinfo_find(const struct mountinfo *info, uint64_t id)
{
	const struct mount_entry key = { .id = id };

	return info->n ? bsearch(&key, info->entries, info->n, sizeof key, by_id) : NULL;
}

bool mountinfo_below(const struct mountinfo *info, const struct mount_entry *entry, uint64_t id)
{
	for (size_t depth = 0; entry && depth <= info->n; depth++) {
		if (entry->id == id)
			return true;
		if (entry->parent == entry->id)
			return false;
		entry = mountinfo_find(info, entry->parent);
	}
	return false;
}
