/*
 * limit-io.c - block devices, network marks, RDMA
 *
 * Weights need a scheduler or a cost model in the kernel: the files are those
 * of BFQ (v1 and v2, 1 to 1000), CFQ (v1, gone in 5.0) or io.cost (v2, 1 to
 * 10000).  Which of them is written depends on what the machine has.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "cgroup/limit.h"
#include "plan/weights.h"

#define POINTER "/linux/resources/blockIO"

static const struct controller block_controller = { "blkio", "io" };
static const char no_weights[] =
	"this kernel cannot weigh the cgroups of block devices: it has neither BFQ nor io.cost";
static const char no_leaves[] = "this kernel cannot weigh leaves: only CFQ could, which left Linux in 5.0";

/* ---- weights ---- */

/* DEVICE is "8:0 ", or "" for all. */
static void add_weight(struct limits *limits, const struct cgroup_folder *folder, const char *pointer,
		       const char *device, unsigned weight)
{
	bool one = device[0] != '\0';
	struct limit_write *w;

	if (folder->v2) {
		w = limits_add(limits, folder, pointer, "io.bfq.weight", xasprintf("%s%u", device, weight));
		w->other_file = "io.weight";
		w->other_value = xasprintf("%s%u", device, io_weight_of_blkio(weight));
	} else {
		w = limits_add(limits, folder, pointer, one ? "blkio.bfq.weight_device" : "blkio.bfq.weight",
			       xasprintf("%s%u", device, weight));
		w->other_file = one ? "blkio.weight_device" : "blkio.weight";
		w->other_value = xasprintf("%s%u", device, weight);
	}
	w->missing = no_weights;
}

static int add_leaf_weight(struct limits *limits, const struct cgroup_folder *folder, const char *pointer,
			   const char *device, unsigned weight, struct error *err)
{
	if (folder->v2)
		return fail_at(err, pointer, "cgroup v2 cannot do this, only v1 has blkio.leaf_weight");
	limits_add(limits, folder, pointer, device[0] ? "blkio.leaf_weight_device" : "blkio.leaf_weight",
		   xasprintf("%s%u", device, weight))->missing = no_leaves;
	return 0;
}

static int add_weights(struct limits *limits, const struct cgroup_folder *folder, const struct oci_block_io *io,
		       struct error *err)
{
	if (io->weight)
		add_weight(limits, folder, POINTER "/weight", "", io->weight);
	if (io->leaf_weight && add_leaf_weight(limits, folder, POINTER "/leafWeight", "", io->leaf_weight, err) < 0)
		return -1;
	for (size_t i = 0; i < io->n_weight_device; i++) {
		const struct oci_weight_device *d = &io->weight_device[i];
		auto_free char *weight = xasprintf(POINTER "/weightDevice/%zu/weight", i);
		auto_free char *leaf = xasprintf(POINTER "/weightDevice/%zu/leafWeight", i);
		auto_free char *device = xasprintf("%lld:%lld ", (long long) d->major, (long long) d->minor);

		if (d->weight)
			add_weight(limits, folder, weight, device, d->weight);
		if (d->leaf_weight && add_leaf_weight(limits, folder, leaf, device, d->leaf_weight, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- rates ---- */

struct rate {
	const char *member, *v1, *v2;
	const struct oci_throttle_device *list;
	size_t n;
};

static void add_rates(struct limits *limits, const struct cgroup_folder *folder, const struct rate *rate)
{
	for (size_t i = 0; i < rate->n; i++) {
		const struct oci_throttle_device *d = &rate->list[i];
		auto_free char *pointer = xasprintf(POINTER "/%s/%zu", rate->member, i);
		char device[48];

		snprintf(device, sizeof device, "%lld:%lld", (long long) d->major, (long long) d->minor);
		/* 0 removes a limit: v1 takes 0 for that, v2 "max". */
		if (!folder->v2)
			limits_add(limits, folder, pointer, rate->v1,
				   xasprintf("%s %llu", device, (unsigned long long) d->rate));
		else if (d->rate)
			limits_add(limits, folder, pointer, "io.max",
				   xasprintf("%s %s=%llu", device, rate->v2, (unsigned long long) d->rate));
		else
			limits_add(limits, folder, pointer, "io.max", xasprintf("%s %s=max", device, rate->v2));
	}
}

int limits_block_io(struct limits *limits, const struct oci_block_io *io, struct error *err)
{
	const struct rate rates[] = {
		{ "throttleReadBpsDevice", "blkio.throttle.read_bps_device", "rbps",
		  io->throttle_read_bps_device, io->n_throttle_read_bps_device },
		{ "throttleWriteBpsDevice", "blkio.throttle.write_bps_device", "wbps",
		  io->throttle_write_bps_device, io->n_throttle_write_bps_device },
		{ "throttleReadIOPSDevice", "blkio.throttle.read_iops_device", "riops",
		  io->throttle_read_iops_device, io->n_throttle_read_iops_device },
		{ "throttleWriteIOPSDevice", "blkio.throttle.write_iops_device", "wiops",
		  io->throttle_write_iops_device, io->n_throttle_write_iops_device },
	};
	const char *first = io->weight ? POINTER "/weight" : io->leaf_weight ? POINTER "/leafWeight"
			    : io->n_weight_device ? POINTER "/weightDevice/0" : NULL;
	const struct cgroup_folder *folder;
	char pointer[96];

	for (size_t i = 0; i < ARRAY_SIZE(rates) && !first; i++)
		if (rates[i].n) {
			snprintf(pointer, sizeof pointer, POINTER "/%s/0", rates[i].member);
			first = pointer;
		}
	/* dockerd always sends a weight of 0. */
	if (!first)
		return 0;
	folder = limits_folder(limits, &block_controller, first, err);
	if (!folder || add_weights(limits, folder, io, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++)
		add_rates(limits, folder, &rates[i]);
	return 0;
}

/* ---- network ---- */

int limits_network(struct limits *limits, const struct oci_network *network, struct error *err)
{
	static const struct controller class = { "net_cls", NULL }, priority = { "net_prio", NULL };
	const struct cgroup_folder *folder;

	/* 0 is no class, as in any new cgroup. */
	if (network->class_id) {
		folder = limits_folder(limits, &class, "/linux/resources/network/classID", err);
		if (!folder)
			return -1;
		limits_add(limits, folder, "/linux/resources/network/classID", "net_cls.classid",
			   xasprintf("%u", network->class_id));
	}
	for (size_t i = 0; i < network->n_priorities; i++) {
		const struct oci_interface_priority *p = &network->priorities[i];
		auto_free char *pointer = xasprintf("/linux/resources/network/priorities/%zu", i);

		folder = limits_folder(limits, &priority, pointer, err);
		if (!folder)
			return -1;
		limits_add(limits, folder, pointer, "net_prio.ifpriomap", xasprintf("%s %u", p->name, p->priority));
	}
	return 0;
}

/* ---- RDMA ---- */

/* The kernel counts in an int, and refuses to be given more. */
static char *rdma_limit(const char *name, bool given, uint32_t limit)
{
	if (!given)
		return xstrdup("");
	return limit < INT32_MAX ? xasprintf(" %s=%u", name, limit) : xasprintf(" %s=max", name);
}

int limits_rdma(struct limits *limits, const struct json_map *rdma, struct error *err)
{
	static const struct controller controller = { "rdma", "rdma" };

	for (size_t i = 0; i < rdma->n; i++) {
		const struct oci_rdma *limit = rdma->values[i];
		auto_free char *pointer = pointer_to_key("/linux/resources/rdma", rdma->keys[i]);
		const struct cgroup_folder *folder;

		if (!limit || (!limit->has_hca_handles && !limit->has_hca_objects))
			continue;
		folder = limits_folder(limits, &controller, pointer, err);
		if (!folder)
			return -1;
		auto_free char *handles = rdma_limit("hca_handle", limit->has_hca_handles, limit->hca_handles);
		auto_free char *objects = rdma_limit("hca_object", limit->has_hca_objects, limit->hca_objects);
		limits_add(limits, folder, pointer, "rdma.max", xasprintf("%s%s%s", rdma->keys[i], handles, objects));
	}
	return 0;
}
