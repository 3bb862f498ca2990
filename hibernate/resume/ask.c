/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the saved kernel itself says (saved.h), held against the machine that is
 * to become it again: code that was patched for another kind of CPU dies here,
 * and without their tables LPIs are lost, and with them the disks behind PCI.
 * Where it does not say, nothing is refused but what is known to be needed.
 */
#include "hibernate/resume/private.h"
#include "hibernate/swsusp.h"
#include "lib/assume.h"
#include "lib/fail.h"
#include "lib/relay.h"

/* MIDR_EL1 has 32 bits that mean something. */
#define MIDR_MASK 0xffffffffULL

/* What may be looked at: as much as there is, and enough for the symbols and
 * types of a large kernel in a small image. */
#define EFFORT_LEAST (16ULL << 20)

static struct trans_saved_args args_of(const struct tr_load *load,
				       const struct trans_saved_memory *memory)
{
	const struct trans_swsusp_info *info = &load->resume->image.info;

	return (struct trans_saved_args){
		.memory = memory,
		.geo = load->tables.geo,
		.root = load->tables.root,
		.known_va = info->reenter,
		.known_pa = load->tables.resume,
		.effort = (info->data_pages << info->page_shift) +
			  EFFORT_LEAST,
	};
}

/* What takes too long to ask is as good as nothing. */
static int ask(struct tr_load *load, struct trans_saved *saved,
	       const struct trans_saved_memory *memory)
{
	struct trans_resume *resume = load->resume;
	struct trans_saved_args args = args_of(load, memory);
	struct trans_saved_question question = {
		.mpidr = resume->image.info.mpidr,
		.version = resume->image.info.version,
		.sidecar = load->args->sidecar,
		.sidecar_len = load->args->sidecar_len,
		.pending = load->args->pending,
		.room = load->args->has_its ? load->args->room : 0,
	};
	int ret = trans_saved_open(saved, &args, load->err);

	if (!ret || ret == TRANS_ENOENT)
		ret = trans_saved_ask(saved, &question, &resume->known,
				      load->err);
	return ret == TRANS_ESTOPPED ? ret : 0;
}

static int check_cpu(struct tr_load *load)
{
	uint64_t then = load->resume->known.midr & MIDR_MASK;
	uint64_t now = load->args->transition.cpu->midr & MIDR_MASK;

	if (!then || !now || then == now || load->args->cpu_anyway)
		return 0;
	trans_fail(load->err, TRANS_EIMAGE,
		   "another kind of CPU saved the image");
	if (load->err)
		load->err->desc = then;
	return TRANS_EIMAGE;
}

static int check_features(struct tr_load *load)
{
	const struct trans_cpu *cpu = load->args->transition.cpu;
	uint64_t fields;
	const char *why = trans_saved_lacks(&load->resume->known, cpu, &fields);

	if (!why || load->args->cpu_anyway)
		return 0;
	trans_fail(load->err, TRANS_EIMAGE, why);
	if (load->err)
		load->err->desc = fields;
	return TRANS_EIMAGE;
}

static int check_lpis(struct tr_load *load)
{
	if (!load->args->has_its || load->resume->known.lpis.known ||
	    load->args->lpis_anyway)
		return 0;
	return trans_fail(load->err, TRANS_ESTATE, "LPI tables unknown");
}

/* A page to remember things in, which the transition may have afterwards. */
int trans_resume_ask_saved_(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	const struct trans_saved_memory memory =
		trans_resume_memory_of_(load);
	unsigned int shift = resume->image.info.page_shift;
	struct trans_saved *saved;
	trans_pa_t pa;
	int ret;

	_Static_assert(sizeof(*saved) <= 4096, "it fits into any page");
	if (swsusp_own(&resume->image))
		return 0;
	if (TRANS_ASSUME_UNASKED)
		return check_lpis(load);
	if (trans_resume_carve_(resume, 1ULL << shift, 1ULL << shift, &pa))
		return trans_fail_pa(load->err, TRANS_ENOMEM,
				     "a page to ask the kernel with", 0,
				     1ULL << shift);
	saved = trans_host_at_(&resume->host, pa, sizeof(*saved));
	ret = saved ? ask(load, saved, &memory) :
		      trans_fail_pa(load->err, TRANS_EFAULT,
				    "phys_to_virt refused lent memory", pa,
				    sizeof(*saved));
	resume->ops.free(resume, shift, 1, pa);
	if (!ret)
		ret = check_cpu(load);
	if (!ret)
		ret = check_features(load);
	return ret ? ret : check_lpis(load);
}
