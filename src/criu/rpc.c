/* rpc.c - see rpc.h: the numbers are those of CRIU 4.1; a number never changes its meaning */
#include "base/alloc.h"
#include "criu/rpc.h"

/* A row names its member; one of the wrong type does not compile. */
#define FITS(S, m, type) \
	(0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((struct S *) 0)->m), type) ? 1 : -1]))
#define ROW(n, k, S, m, ...) \
	{ \
		.number = (n), .kind = (k), .at = offsetof(struct S, m), __VA_ARGS__ \
	}
#define TYPED(n, k, S, m, type) \
	{ \
		.number = (n), .kind = (k), .at = offsetof(struct S, m) + FITS(S, m, type) \
	}
#define BOOL(n, S, m) TYPED(n, WIRE_BOOL, S, m, bool)
#define INT(n, S, m) TYPED(n, WIRE_INT, S, m, int32_t)
#define OPTION(n, S, m) TYPED(n, WIRE_OPTION, S, m, int32_t)
#define TEXT(n, S, m) TYPED(n, WIRE_TEXT, S, m, const char *)
#define TEXTS(n, S, m) TYPED(n, WIRE_TEXTS, S, m, struct wire_list)
#define CHARS(n, S, m) ROW(n, WIRE_CHARS, S, m, .room = sizeof(((struct S *) 0)->m))
#define STRUCT(n, S, m, t) ROW(n, WIRE_STRUCT, S, m, .type = &t##_type)
#define LIST(n, S, m, t) ROW(n, WIRE_LIST, S, m, .type = &t##_type)
#define TYPE(name, T, ...) \
	static const struct wire_field name##_fields[] = { __VA_ARGS__, { .kind = WIRE_END } }; \
	SCOPE const struct wire_type name##_type = { sizeof(struct T), name##_fields }
#define SCOPE static

TYPE(mount, criu_pair,
     TEXT(1, criu_pair, key),
     TEXT(2, criu_pair, value));

TYPE(inherit, criu_inherit,
     TEXT(1, criu_inherit, key),
     INT(2, criu_inherit, fd));

TYPE(page_server, criu_page_server,
     TEXT(1, criu_page_server, address),
     INT(2, criu_page_server, port));

TYPE(options, criu_options,
     INT(1, criu_options, images),
     OPTION(2, criu_options, pid),
     BOOL(3, criu_options, leave_running),
     BOOL(4, criu_options, ext_unix_sk),
     BOOL(5, criu_options, tcp_established),
     BOOL(6, criu_options, evasive_devices),
     BOOL(7, criu_options, shell_job),
     BOOL(8, criu_options, file_locks),
     INT(9, criu_options, log_level),
     TEXT(10, criu_options, log_file),
     STRUCT(11, criu_options, page_server, page_server),
     BOOL(12, criu_options, notify_scripts),
     TEXT(13, criu_options, root),
     TEXT(14, criu_options, parent_images),
     BOOL(15, criu_options, track_mem),
     BOOL(16, criu_options, auto_dedup),
     OPTION(17, criu_options, work),
     BOOL(18, criu_options, link_remap),
     LIST(23, criu_options, mounts, mount),
     BOOL(24, criu_options, manage_cgroups),
     LIST(25, criu_options, cgroup_roots, mount),
     BOOL(26, criu_options, restore_sibling),
     LIST(27, criu_options, inherit, inherit),
     INT(34, criu_options, cgroups),
     TEXTS(37, criu_options, external),
     OPTION(38, criu_options, empty_ns),
     LIST(39, criu_options, join, mount),
     TEXTS(43, criu_options, cgroup_hierarchies),
     TEXT(44, criu_options, freeze_cgroup),
     BOOL(46, criu_options, tcp_skip_in_flight),
     BOOL(48, criu_options, lazy_pages),
     OPTION(49, criu_options, status_fd),
     BOOL(50, criu_options, orphan_pts_master),
     TEXT(51, criu_options, config_file),
     BOOL(52, criu_options, tcp_close),
     TEXT(53, criu_options, lsm_profile),
     TEXT(63, criu_options, lsm_mount_context),
     OPTION(64, criu_options, network_lock));

TYPE(features, criu_features,
     BOOL(1, criu_features, memory_tracking),
     BOOL(2, criu_features, lazy_pages));

/* ---- answers -------------------------------------------------------------- */

TYPE(restored, criu_restored,
     INT(1, criu_restored, pid));

TYPE(notice, criu_notice,
     CHARS(1, criu_notice, script),
     INT(2, criu_notice, pid));

TYPE(version, criu_version,
     INT(1, criu_version, major),
     INT(2, criu_version, minor),
     INT(4, criu_version, sublevel));

/* ---- the two that others use ----------------------------------------------- */

#undef SCOPE
#define SCOPE

TYPE(criu_request, criu_request,
     INT(1, criu_request, type),
     STRUCT(2, criu_request, options, options),
     BOOL(3, criu_request, notify_success),
     BOOL(4, criu_request, keep_open),
     STRUCT(5, criu_request, features, features));

TYPE(criu_reply, criu_reply,
     INT(1, criu_reply, type),
     BOOL(2, criu_reply, success),
     STRUCT(4, criu_reply, restore, restored),
     STRUCT(5, criu_reply, notify, notice),
     INT(7, criu_reply, number),
     STRUCT(8, criu_reply, features, features),
     CHARS(9, criu_reply, message),
     STRUCT(10, criu_reply, version, version));

void criu_add_pair(struct wire_list *list, const char *key, const char *value)
{
	struct criu_pair *pair = xgrow(&list->items, list->n++, sizeof *pair);

	*pair = (struct criu_pair) { key, value };
}

void criu_add_inherit(struct wire_list *list, const char *key, int32_t fd)
{
	struct criu_inherit *inherit = xgrow(&list->items, list->n++, sizeof *inherit);

	*inherit = (struct criu_inherit) { key, fd };
}

void criu_add_text(struct wire_list *list, const char *s)
{
	*(const char **) xgrow(&list->items, list->n++, sizeof s) = s;
}

const char *criu_type_name(int type)
{
	static const char *const names[] = {
		"EMPTY",
		"DUMP",
		"RESTORE",
		"CHECK",
		"PRE_DUMP",
		"PAGE_SERVER",
		"NOTIFY",
		"CPUINFO_DUMP",
		"CPUINFO_CHECK",
		"FEATURE_CHECK",
		"VERSION",
	};

	return type >= 0 && (size_t) type < sizeof names / sizeof *names ? names[type] : "UNKNOWN";
}
