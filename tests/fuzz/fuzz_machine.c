/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a device tree says of the machine, asked of trees from nowhere. The
 * first four bytes of an input choose what is asked, the rest is the tree, in
 * memory that ends where it ends. Each answer must be one that the header
 * allows.
 */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <trans_table/machine.h>

#include "fuzz.h"

#define HEAD 4
#define SPIS 64

/* With the header's sizes made true, so that a mutation gets past them. */
static void repair(uint8_t *tree, size_t len)
{
	if (len < sizeof(struct fdt_header))
		return;
	fdt_set_magic(tree, FDT_MAGIC);
	fdt_set_totalsize(tree, (uint32_t)len);
	fdt_set_version(tree, 17);
	fdt_set_last_comp_version(tree, 16);
}

static void check_error(int ret, const struct trans_error *err)
{
	CHECK(!ret || (err->status == ret && err->why));
}

static bool is_spi(uint32_t intid)
{
	return (intid >= 32 && intid <= 1019) ||
	       (intid >= 4096 && intid <= 5119);
}

static int ask_gic(const uint8_t *tree, size_t len)
{
	struct trans_fdt_gic found;
	struct trans_error err = { 0 };
	int ret = trans_fdt_gic(tree, len, &found, &err);
	const struct trans_gic *gic = &found.gic;

	CHECK(!ret || ret == TRANS_ENOENT || ret == TRANS_EFDT ||
	      ret == TRANS_ENOSPC);
	check_error(ret, &err);
	if (ret)
		return ret;
	CHECK(gic->version == 2 || gic->version == 3);
	CHECK(!gic->spis && !gic->spi_count && !gic->mmio.read32);
	CHECK(gic->redist_count <= TRANS_FDT_REDISTS);
	CHECK(gic->its_count <= TRANS_FDT_ITS);
	CHECK(!gic->redist_count || gic->redist == found.redist);
	CHECK(!gic->its_count || gic->its == found.its);
	CHECK(gic->version == 3 ? gic->redist_count > 0 : !gic->its_count);
	return ret;
}

static void ask_conduit(const uint8_t *tree, size_t len)
{
	enum trans_conduit conduit = (enum trans_conduit)99;
	struct trans_error err = { 0 };
	int ret = trans_fdt_conduit(tree, len, &conduit, &err);

	CHECK(!ret || ret == TRANS_ESTATE || ret == TRANS_EFDT);
	check_error(ret, &err);
	CHECK(conduit <= TRANS_CONDUIT_SMC);
	CHECK(!ret || conduit == TRANS_CONDUIT_NONE);
}

static void ask_cpus(const uint8_t *tree, size_t len, size_t max)
{
	uint64_t *mpidr = malloc(max * sizeof(*mpidr) + !max);
	struct trans_error err = { 0 };
	size_t count = 99;
	int ret = trans_fdt_cpus(tree, len, mpidr, max, &count, &err);

	CHECK(!ret || ret == TRANS_ENOSPC || ret == TRANS_EFDT);
	check_error(ret, &err);
	CHECK(ret == TRANS_EFDT ? !count : count <= max);
	CHECK(ret != TRANS_ENOSPC || count == max);
	free(mpidr);
}

static void ask_uart(const uint8_t *tree, size_t len, const char *path)
{
	struct trans_uart uart = { 0 };
	struct trans_error err = { 0 };
	int ret = trans_fdt_uart(tree, len, path, &uart, &err);

	CHECK(!ret || ret == TRANS_ENOENT || ret == TRANS_EFDT);
	check_error(ret, &err);
	CHECK(ret || trans_uart_exists(&uart));
}

static void ask_interrupts(const uint8_t *tree, size_t len, size_t max,
			   bool no_gic)
{
	struct trans_spi *spi = malloc(max * sizeof(*spi) + !max);
	struct trans_error err = { 0 };
	size_t count = 99;
	int ret = trans_fdt_interrupts(tree, len, spi, max, &count, &err);

	CHECK(!ret || ret == TRANS_ENOENT || ret == TRANS_EFDT ||
	      ret == TRANS_ENOSPC);
	check_error(ret, &err);
	CHECK(ret ? !count : count <= max);
	CHECK(ret || !no_gic);
	for (size_t i = 0; i < count; i++) {
		CHECK(is_spi(spi[i].intid));
		for (size_t j = 0; j < i; j++)
			CHECK(spi[j].intid != spi[i].intid);
	}
	free(spi);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const paths[] = {
		NULL, "serial0", "/chosen", "/", "", "/pl011@9000000", "//",
		"serial0:115200",
	};
	size_t head = len < HEAD ? len : HEAD;
	struct input options = { data, head };
	uint8_t *tree = malloc(len - head + !(len - head)), *before;
	bool repaired = pick(&options, 2);
	size_t path = (size_t)pick(&options, 8);
	size_t max = (size_t)pick(&options, SPIS);
	int ret;

	len -= head;
	memcpy(tree, data + head, len);
	if (repaired)
		repair(tree, len);
	before = malloc(len + 1);
	memcpy(before, tree, len);
	ret = ask_gic(tree, len);
	ask_conduit(tree, len);
	ask_cpus(tree, len, 64);
	ask_cpus(tree, len, 1);
	ask_uart(tree, len, paths[path]);
	ask_interrupts(tree, len, max, ret == TRANS_ENOENT);
	CHECK(!memcmp(before, tree, len));
	free(before);
	free(tree);
	return 0;
}
