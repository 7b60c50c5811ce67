/*
 * unit-annotations.c - org.systemd.property.NAME: VALUE
 *
 * If all properties were allowed, whoever may choose annotations (in a cluster:
 * whoever may make a pod) would control the machine: ExecStopPost runs programs
 * as root, Conflicts stops services, FailureAction restarts the machine, PIDs
 * takes processes, MemoryMax undoes a limit (CVE-2024-3154).  So there is a
 * list of those that affect only how this one unit ends and is watched, each
 * with its type; all others are refused.
 */
#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "plan/planner.h"
#include "plan/unit.h"

#define PREFIX	   "org.systemd.property."
#define MAX_STRINGS 64

static const struct allowed {
	const char *name, *type;
	bool units;		/* its strings are unit names */
	unsigned since;
} allowed[] = {
	{ "After", "as", true, 0 },
	{ "Before", "as", true, 0 },
	{ "CollectMode", "s", false, 236 },
	{ "DefaultDependencies", "b", false, 0 },
	{ "FinalKillSignal", "i", false, 0 },
	{ "IPAccounting", "b", false, 0 },
	{ "KillMode", "s", false, 0 },
	{ "KillSignal", "i", false, 0 },
	{ "ManagedOOMMemoryPressure", "s", false, 0 },
	{ "ManagedOOMMemoryPressureLimit", "u", false, 0 },
	{ "ManagedOOMPreference", "s", false, 0 },
	{ "ManagedOOMSwap", "s", false, 0 },
	{ "OOMPolicy", "s", false, 0 },
	{ "RuntimeMaxUSec", "t", false, 0 },
	{ "SendSIGHUP", "b", false, 0 },
	{ "SendSIGKILL", "b", false, 0 },
	{ "TimeoutStopUSec", "t", false, 0 },
};

/* ---- values --------------------------------------------------------------- */

/* GVariant's words for the types; "@t" is accepted as well. */
static const struct { const char *word, *type; } words[] = {
	{ "boolean", "b" }, { "int32", "i" }, { "uint32", "u" }, { "uint64", "t" }, { "string", "s" },
};

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* Skip a type in front of the value, which must be the property's.  NULL if it is another. */
static const char *skip_type(const char *at, const char *type)
{
	if (*at == '@') {
		size_t n = strcspn(++at, " \t");

		return n == strlen(type) && !memcmp(at, type, n) ? skip_blanks(at + n) : NULL;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i].word);

		if (!strncmp(at, words[i].word, n) && (at[n] == ' ' || at[n] == '\t'))
			return !strcmp(words[i].type, type) ? skip_blanks(at + n) : NULL;
	}
	return at;
}

/* 'text' or "text" at *AT, where a backslash may only precede a quote or a backslash.  NULL if it is neither. */
static char *take_string(struct arena *arena, const char **at)
{
	const char quote = **at, *in = *at + 1;
	char *text, *out;

	if (quote != '\'' && quote != '"')
		return NULL;
	text = out = arena_alloc(arena, strlen(in) + 1);
	for (; *in && *in != quote; in++) {
		if (*in == '\\' && *++in != '\\' && *in != '\'' && *in != '"')
			return NULL;
		/* Newlines and control characters have no use in a property. */
		if ((unsigned char) *in < ' ' || *in == 0x7f)
			return NULL;
		*out++ = *in;
	}
	if (!*in)
		return NULL;
	*out = '\0';
	*at = skip_blanks(in + 1);
	return text;
}

/* [] or ['a', 'b'] */
static bool take_strings(struct arena *arena, const char **at, struct bus_value *out)
{
	char **list = NULL;
	size_t n = 0;

	if (**at != '[')
		return false;
	*at = skip_blanks(*at + 1);
	while (**at != ']') {
		char *text;

		if (n > 0 && **at != ',')
			return false;
		if (n > 0)
			*at = skip_blanks(*at + 1);
		text = n < MAX_STRINGS ? take_string(arena, at) : NULL;
		if (!text)
			return false;
		*(char **) arena_push(arena, &list, n++, sizeof *list) = text;
	}
	*at = skip_blanks(*at + 1);
	*out = BUS_LIST("as", list, n);
	return true;
}

static bool take_word(const char **at, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*at, word, n) != 0)
		return false;
	*at += n;
	return true;
}

static bool take_number(const char **at, const char *type, struct bus_value *out)
{
	bool negative = *type == 'i' && **at == '-';
	uint64_t most = *type == 't' ? UINT64_MAX : *type == 'u' ? UINT32_MAX : (uint64_t) INT32_MAX + negative, number;

	*at += negative;
	if (**at < '0' || **at > '9' || !number_take(at, &number) || number > most)
		return false;
	if (*type == 't')
		*out = BUS_UINT64(number);
	else if (*type == 'u')
		*out = BUS_UINT32(number);
	else
		*out = BUS_INT(negative ? -(int64_t) number : (int64_t) number);
	return true;
}

static bool take_value(struct arena *arena, const char *type, const char **at, struct bus_value *out)
{
	switch (*type) {
	case 'a':
		return take_strings(arena, at, out);
	case 's':
		*out = BUS_TEXT(take_string(arena, at));
		return out->text != NULL;
	case 'b':
		*out = BUS_BOOL(**at == 't');
		return take_word(at, "true") || take_word(at, "false");
	default:
		return take_number(at, type, out);
	}
}

static const char *example(const char *type)
{
	switch (*type) {
	case 'a':
		return "a list of strings, ['a', 'b']";
	case 's':
		return "a string in quotes, 'text'";
	case 'b':
		return "true or false";
	case 'i':
		return "a number, 15 or int32 15";
	case 'u':
		return "a number, 15 or uint32 15";
	default:
		return "a number, 15 or uint64 15";
	}
}

int unit_value_parse(struct arena *arena, const char *type, const char *text, struct bus_value *out, struct error *err)
{
	const char *at = skip_type(skip_blanks(text), type);

	if (!at || !take_value(arena, type, &at, out) || *skip_blanks(at))
		return fail_code(err, ERROR_CONFIG, "expected %s", example(type));
	return 0;
}

int unit_seconds_parse(const char *text, struct bus_value *out, struct error *err)
{
	static const char expected[] = "expected a number of seconds, such as 30 or 1.5";
	const char *at = skip_blanks(text);
	uint64_t seconds, fraction = 0;

	/* GVariant's words for any kind of number. */
	for (size_t i = 0; i < 3; i++)
		if (take_word(&at, (const char *const[]) { "uint64 ", "int32 ", "double " }[i]))
			at = skip_blanks(at);
	if (*at < '0' || *at > '9' || !number_take(&at, &seconds))
		return fail_code(err, ERROR_CONFIG, "%s", expected);
	if (*at == '.')
		for (uint64_t unit = 100000; *++at >= '0' && *at <= '9'; unit /= 10)
			fraction += (uint64_t) (*at - '0') * unit;
	if (*skip_blanks(at) || seconds > (UINT64_MAX - 1000000) / 1000000)
		return fail_code(err, ERROR_CONFIG, "%s", expected);
	*out = BUS_UINT64(seconds * 1000000 + fraction);
	return 0;
}

/* ---- annotations ---------------------------------------------------------- */

/* NAME, or with SECONDS its form in whole seconds: "TimeoutStopSec" for "TimeoutStopUSec". */
static const struct allowed *find(const char *name, bool *seconds)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
		const char *full = allowed[i].name;
		size_t k = strlen(full);

		*seconds = k == n + 1 && k > 4 && !strcmp(full + k - 4, "USec") && !memcmp(full, name, k - 4) &&
			   !strcmp(name + n - 3, "Sec");
		if (*seconds || !strcmp(full, name))
			return &allowed[i];
	}
	return NULL;
}

static int refuse_name(const char *name, struct error *err)
{
	struct { char s[400]; size_t n; } list = { "", 0 };

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed && list.n < sizeof list.s; i++)
		list.n += (size_t) snprintf(list.s + list.n, sizeof list.s - list.n, "%s%s", i ? ", " : "",
					    allowed[i].name);
	return fail_code(err, ERROR_CONFIG,
			 "the property %.60s of a unit may not be set by a container (these may: %s)", name, list.s);
}

static int check_units(const struct bus_value *value, struct error *err)
{
	for (size_t i = 0; i < value->n; i++) {
		const char *name = ((char *const *) value->list)[i];

		if (!*name || name[strspn(name, UNIT_CHARACTERS)] || strlen(name) >= UNIT_NAME_SIZE)
			return fail_code(err, ERROR_CONFIG, "\"%.60s\" is no name of a unit", name);
	}
	return 0;
}

static int add_annotation(struct arena *arena, const char *name, const char *text, struct unit_properties *list,
			  struct error *err)
{
	bool seconds;
	const struct allowed *row = find(name, &seconds);
	struct bus_value value;

	if (!row)
		return refuse_name(name, err);
	if ((seconds ? unit_seconds_parse(text, &value, err)
		     : unit_value_parse(arena, row->type, text, &value, err)) < 0)
		return -1;
	if (row->units && check_units(&value, err) < 0)
		return -1;
	unit_add(arena, list, row->since, row->name, value);
	return 0;
}

int unit_annotations(struct arena *arena, const struct json_map *annotations, struct unit_properties *list,
		     struct error *err)
{
	for (size_t i = 0; i < annotations->n; i++) {
		const char *key = annotations->keys[i];

		if (strncmp(key, PREFIX, strlen(PREFIX)) != 0)
			continue;
		if (add_annotation(arena, key + strlen(PREFIX), annotations->values[i], list, err) < 0)
			return blame(err, pointer_key(arena, "/annotations", key));
	}
	return 0;
}
