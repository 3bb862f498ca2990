/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Tables as text.
 */
#include <trans_table/inspect.h>

#include "lib/text.h"
#include "trans/table/desc.h"

static void add_level(struct trans_text *line, int level)
{
	trans_text_add_(line, level < 0 ? " L-" : " L");
	trans_text_number_(line, (uint64_t)(level < 0 ? -level : level), 10, 1);
}

static const char *memory_name(uint8_t type)
{
	switch (type) {
	case 0xff:
		return " normal";
	case 0xf0:
		return " tagged";
	case 0x44:
		return " non-cacheable";
	case 0x00:
		return " device-nGnRnE";
	case 0x04:
		return " device-nGnRE";
	case 0x08:
		return " device-nGRE";
	case 0x0c:
		return " device-GRE";
	default:
		return " memory";
	}
}

static void add_rwx(struct trans_text *line, const char *before, bool r, bool w,
		    bool x)
{
	trans_text_add_(line, before);
	trans_text_add_(line, r ? "r" : "-");
	trans_text_add_(line, w ? "w" : "-");
	trans_text_add_(line, x ? "x" : "-");
}

static void add_leaf(struct trans_text *line, const struct trans_leaf *leaf)
{
	trans_text_hex_(line, " -> ", leaf->pa);
	add_level(line, leaf->level);
	add_rwx(line, " ", leaf->readable, leaf->writable, leaf->executable);
	add_rwx(line, " user:", leaf->user_readable, leaf->user_writable,
		leaf->user_executable);
	trans_text_add_(line, memory_name(leaf->memory));
	if (leaf->desc & LEAF_NG)
		trans_text_add_(line, " nG");
	if (leaf->desc & LEAF_CONT)
		trans_text_add_(line, " contiguous");
}

/* State of a dump. */
struct dump {
	struct trans_text line;
	const struct trans_geometry *geo;
	uint64_t leaves[4], tables;
};

static int dump_run(void *arg, const struct trans_run *run)
{
	struct dump *dump = arg;

	trans_text_hex_(&dump->line, "", run->va);
	trans_text_hex_(&dump->line, "-", run->va + (run->len - 1));
	if (run->status) {
		trans_text_add_(&dump->line, " cannot be read: ");
		trans_text_add_(&dump->line, trans_strerror(run->status));
	} else {
		unsigned int shift = geo_shift(dump->geo, run->leaf.level);
		uint64_t leaves = ((run->len - 1) >> shift) + 1;

		add_leaf(&dump->line, &run->leaf);
		trans_text_decimal_(&dump->line, " x", leaves);
		dump->leaves[run->leaf.level & 3] += leaves;
	}
	return trans_text_end_(&dump->line);
}

static int count_table(void *arg, trans_pa_t pa, uint64_t len)
{
	struct dump *dump = arg;

	(void)pa;
	(void)len;
	dump->tables++;
	return 0;
}

static const char *regime_name(unsigned int regime)
{
	if (regime == TRANS_EL2)
		return " EL2";
	return regime == TRANS_EL2_0 ? " EL2&0" : " EL1&0";
}

static int dump_head(struct dump *dump, const struct trans_table *table)
{
	const struct trans_geometry *geo = &table->geo;

	trans_text_decimal_(&dump->line, "table ",
			    (1u << geo_granule_shift(geo)) >> 10);
	trans_text_decimal_(&dump->line, "K va", geo->va_bits);
	trans_text_decimal_(&dump->line, " pa", geo->pa_bits);
	trans_text_add_(&dump->line, geo_ds(geo) ? " ds" : "");
	trans_text_add_(&dump->line, regime_name(geo_regime(geo)));
	trans_text_add_(&dump->line, geo->upper ? " upper" : " lower");
	trans_text_hex_(&dump->line, " root ", table->root);
	return trans_text_end_(&dump->line);
}

static int dump_tail(struct dump *dump)
{
	trans_text_decimal_(&dump->line, "tables ", dump->tables);
	for (int level = 0; level < 4; level++) {
		trans_text_add_(&dump->line, " leaves");
		add_level(&dump->line, level);
		trans_text_decimal_(&dump->line, " ", dump->leaves[level]);
	}
	return trans_text_end_(&dump->line);
}

int trans_table_dump(const struct trans_table *table, trans_put_fn put,
		     void *arg)
{
	struct dump dump = { .line = { .put = put, .arg = arg },
			     .geo = &table->geo };
	trans_va_t first = trans_geometry_first(&table->geo);
	uint64_t len = trans_geometry_last(&table->geo) - first + 1;
	int ret = dump_head(&dump, table);

	if (!ret)
		ret = trans_table_runs(table, first, len, dump_run, &dump,
				       NULL);
	/* A page that cannot be reached was in the list of runs already. */
	if (!ret)
		(void)trans_table_pages(table, count_table, &dump, NULL);
	return ret ? ret : dump_tail(&dump);
}

int trans_table_trace(const struct trans_table *table, trans_va_t va,
		      trans_put_fn put, void *arg)
{
	struct trans_text line = { .put = put, .arg = arg };
	struct trans_step steps[TRANS_STEPS];
	struct trans_report report;
	struct trans_leaf leaf;
	unsigned int count;
	int ret = 0, status;

	status = trans_table_walk(table, va, steps, &count, &report);
	for (unsigned int i = 0; !ret && i < count; i++) {
		trans_text_hex_(&line, "", va);
		add_level(&line, steps[i].level);
		trans_text_hex_(&line, " entry at ", steps[i].entry);
		trans_text_hex_(&line, ": ", steps[i].desc);
		ret = trans_text_end_(&line);
	}
	if (ret)
		return ret;
	trans_text_hex_(&line, "", va);
	if (status || trans_table_query(table, va, &leaf, &report)) {
		trans_text_add_(&line, ": ");
		trans_text_add_(&line, report.error.why);
	} else {
		add_leaf(&line, &leaf);
	}
	return trans_text_end_(&line);
}
