/*
 * fuzz-mounts.c - the options of one mount: first line its type, second its destination, the others its options
 *
 * Whatever they say, the result is a step that can be carried out, or the reason why not.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/error.h"
#include "config/mount-option.h"
#include "libocispec/arena.h"
#include "libocispec/ocispec.h"
#include "plan/mount-options.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool true_)
{
	if (!true_)
		abort();
}

static void check(const struct step *step, const struct mount_words *words, const struct oci_mount *mount)
{
	/* The access times are a number in some bits, not bits. */
	must(!(step->set & step->clear & ~(uint64_t) MOUNT_ATTR__ATIME) && !(step->set_all & step->clear_all & ~(uint64_t) MOUNT_ATTR__ATIME));
	must(step->n_propagation <= 4);
	must(!words->bind_pointer == !words->bind_word);
	for (size_t i = 0; i < step->n_uids; i++)
		must(step->uids[i].size > 0);
	/* No option is lost: each is a word of the table, or in the data.  (A bind mount has none; config, which is not
	 * asked here, lets only words for the engine pass.) */
	for (size_t i = 0; i < mount->n_options; i++) {
		const char *word = mount->options[i];
		bool known = !*word || !strncmp(word, "idmap=", 6) || !strncmp(word, "ridmap=", 7);

		must(known || words->bind || mount_option_find(word) || (step->data && strstr(step->data, word)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena arena = { 0 };
	char *text = arena_alloc(&arena, n + 1), *options[64];
	struct oci_mount mount = { .source = "none", .options = options };
	struct oci_linux linux_part = { 0 };
	struct step step = { 0 };
	struct mount_words words = { 0 };
	struct error err = { 0 };

	memcpy(text, bytes, n);
	mount.type = strsep(&text, "\n");
	mount.destination = text ? strsep(&text, "\n") : "/x";
	while (text && mount.n_options < sizeof options / sizeof *options)
		options[mount.n_options++] = strsep(&text, "\n");
	if (mount_options_read(&arena, &mount, &linux_part, "/mounts/0", &step, &words, &err) == 0)
		check(&step, &words, &mount);
	else
		must(err.message[0] && !strncmp(err.pointer, "/mounts/0", 9));
	arena_free(&arena);
	return 0;
}
