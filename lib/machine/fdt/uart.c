/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The console: which node it is, and what is known of its registers.
 */
#include <trans_table/machine.h>

#include "lib/fail.h"
#include "lib/machine/fdt/walk.h"

/* Text in the tree, not terminated; len 0: none. */
struct text {
	const char *at;
	size_t len;
};

/* ---- kinds ---- */

/*
 * Neither PL011 nor 8250; words all. Ready: the FIFO is not full. Registers and
 * bits by the SoCs' manuals: Armada 3700 UART_STATUS 11 and 6; Zynq
 * (UG1085) Channel_sts 4 and 3; Meson UART_STATUS 21 and 22; i.MX UTS 4 and 6.
 */
struct kind {
	const char *compatible;
	uint16_t data, status;
	uint8_t full, empty; /* as bit numbers */
};

static const struct kind kinds[] = {
	{ "marvell,armada-3700-uart", 0x04, 0x0c, 11, 6 },
	{ "xlnx,xuartps", 0x30, 0x2c, 4, 3 },
	{ "cdns,uart-r1p8", 0x30, 0x2c, 4, 3 },
	{ "cdns,uart-r1p12", 0x30, 0x2c, 4, 3 },
	{ "amlogic,meson-uart", 0x00, 0x0c, 21, 22 },
	{ "amlogic,meson-gx-uart", 0x00, 0x0c, 21, 22 },
	{ "fsl,imx21-uart", 0x40, 0xb4, 4, 6 },
	{ "fsl,imx6q-uart", 0x40, 0xb4, 4, 6 },
};

static bool is_any_of(const struct walk *walk, const char *const *names,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (trans_walk_is_(walk, names[i]))
			return true;
	return false;
}

static bool is_pl011(const struct walk *walk)
{
	static const char *const names[] = { "arm,pl011", "arm,sbsa-uart" };

	return is_any_of(walk, names, sizeof(names) / sizeof(names[0]));
}

static bool is_8250(const struct walk *walk)
{
	static const char *const names[] = {
		"ns16550a", "ns16550", "ns8250", "snps,dw-apb-uart",
		"brcm,bcm2835-aux-uart", "ti,am654-uart",
	};

	return is_any_of(walk, names, sizeof(names) / sizeof(names[0]));
}

/* Those whose node says nothing of its registers: words. */
static bool of_words(const struct walk *walk)
{
	return trans_walk_is_(walk, "brcm,bcm2835-aux-uart") ||
	       trans_walk_is_(walk, "ti,am654-uart");
}

/* Binding serial/8250.yaml. */
static struct trans_uart describe_8250(const struct walk *walk, trans_pa_t pa)
{
	bool words = of_words(walk);
	uint32_t shift = trans_walk_u32_(walk, WALK_REG_SHIFT, words ? 2 : 0);
	uint32_t width = trans_walk_u32_(walk, WALK_REG_IO_WIDTH,
					 words ? 4 : 1);

	if (shift > 2 || (width != 1 && width != 2 && width != 4) ||
	    width > 1u << shift)
		return (struct trans_uart){ 0 };
	return trans_uart_8250(pa + trans_walk_u32_(walk, WALK_REG_OFFSET, 0),
			       shift, width);
}

static struct trans_uart describe(const struct walk *walk, trans_pa_t pa)
{
	struct trans_uart uart = { .pa = pa, .width = 4 };

	if (is_pl011(walk))
		return trans_uart_pl011(pa);
	if (is_8250(walk))
		return describe_8250(walk, pa);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!trans_walk_is_(walk, kinds[i].compatible))
			continue;
		uart.data = kinds[i].data;
		uart.status = kinds[i].status;
		uart.ready_mask = 1u << kinds[i].full;
		uart.idle_mask = uart.idle = 1u << kinds[i].empty;
		return uart;
	}
	return (struct trans_uart){ 0 };
}

/* ---- which node ---- */

/* @aliases: the node's tag; 0: there is none (0 is the root's). */
struct names {
	struct text console;
	int aliases;
	bool told; /* which console: by /chosen, or the caller */
};

static struct text text_of(struct walk_value value)
{
	const char *text = value.data;

	if (!text || value.len <= 0)
		return (struct text){ NULL, 0 };
	return (struct text){ text, walk_length(text, (size_t)value.len) };
}

static bool is_child_of_root(const struct walk *walk, const char *name,
			     size_t len)
{
	return walk->depth == 1 && walk_length(walk->name, len + 1) == len &&
	       !memcmp(walk->name, name, len);
}

static int find_names(struct walk *walk, void *arg, struct trans_error *err)
{
	struct names *names = arg;

	(void)err;
	if (!names->told && is_child_of_root(walk, "chosen", 6)) {
		names->told = true;
		names->console = text_of(walk->prop[WALK_STDOUT_PATH]);
		if (!names->console.len)
			names->console = text_of(
				walk->prop[WALK_LINUX_STDOUT_PATH]);
	}
	if (!names->aliases && is_child_of_root(walk, "aliases", 7))
		names->aliases = walk->offset;
	return 0;
}

/* Up to the options (":115200n8"). */
static struct text without_options(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == ':')
			text.len = i;
	return text;
}

/* The console's path, from the root; len 0: there is none. */
static struct text path_of(const void *fdt, const struct names *names)
{
	static const struct text first = { "serial0", 7 };
	struct text text = without_options(names->console);

	if (text.len && text.at[0] == '/')
		return text;
	if (!text.len)
		text = first;
	if (!names->aliases)
		return (struct text){ NULL, 0 };
	text = text_of(trans_walk_find_(fdt, names->aliases, text.at,
					text.len));
	return text.len && text.at[0] == '/' ? text :
					       (struct text){ NULL, 0 };
}

/* @name: the next one on the path, below the node that was matched last, at
 * @depth; @rest: what is behind it. */
struct search {
	struct text name, rest;
	int depth;
	struct trans_uart *uart;
	bool found;
};

static void skip(struct text *text, bool slashes)
{
	while (text->len && (text->at[0] == '/') == slashes) {
		text->at++;
		text->len--;
	}
}

/* Takes the next name off the path, less its slashes. */
static void next_name(struct search *search)
{
	skip(&search->rest, true);
	search->name = search->rest;
	skip(&search->rest, false);
	search->name.len -= search->rest.len;
}

/* As written, or less the unit address where the path has none. */
static bool name_matches(const struct walk *walk, struct text name)
{
	if (walk_length(walk->name, name.len) < name.len ||
	    memcmp(walk->name, name.at, name.len))
		return false;
	if (!walk->name[name.len])
		return true;
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] == '@')
			return false;
	return walk->name[name.len] == '@';
}

static int take(const struct walk *walk, struct search *search,
		struct trans_error *err)
{
	struct trans_range range;

	search->found = true;
	if (!trans_walk_enabled_(walk))
		return trans_fail(err, TRANS_ENOENT, "the console is disabled");
	if (!trans_walk_reg_(walk, 0, &range))
		return trans_fail(err, TRANS_EFDT,
				  "the console's address cannot be told");
	*search->uart = describe(walk, range.start);
	if (!trans_uart_exists(search->uart))
		return trans_fail(err, TRANS_ENOENT,
				  "a console of an unknown kind");
	return 1;
}

/* Once the pass has left a node of the path, the rest is nowhere. */
static int follow(struct walk *walk, void *arg, struct trans_error *err)
{
	struct search *search = arg;

	if (!walk->depth || walk->depth > search->depth + 1)
		return 0;
	if (walk->depth <= search->depth)
		return 1;
	if (!name_matches(walk, search->name))
		return 0;
	search->depth = walk->depth;
	next_name(search);
	return search->name.len ? 0 : take(walk, search, err);
}

int trans_fdt_uart(const void *fdt, size_t fdt_len, const char *path,
		   struct trans_uart *uart, struct trans_error *err)
{
	struct names names = { .told = path };
	struct search search = { .uart = uart };
	int ret;

	memset(uart, 0, sizeof(*uart));
	if (path)
		names.console =
			(struct text){ path, walk_length(path, SIZE_MAX) };
	ret = trans_walk_(fdt, fdt_len, find_names, &names, err);
	if (ret)
		return ret;
	search.rest = path_of(fdt, &names);
	next_name(&search);
	if (search.name.len)
		ret = trans_walk_(fdt, fdt_len, follow, &search, err);
	if (ret < 0)
		return ret;
	return search.found ? 0 :
			      trans_fail(err, TRANS_ENOENT,
					 "no console in the device tree");
}
