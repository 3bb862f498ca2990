// SPDX-License-Identifier: GPL-2.0
/*
 * kexec leaves by a transition of the trans_table library: kexec_load() and
 * kexec_file_load() have it prepared and proved, so that what is wrong is an
 * error there, and machine_kexec() goes. All pages are the image's control
 * pages, which it frees with itself.
 *
 * kexec=linux on the command line leaves by relocate_kernel.S instead.
 */
#define pr_fmt(fmt) "kexec_trans: " fmt

#include <linux/init.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/psci.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include <asm/cacheflush.h>
#include <asm/cpufeature.h>
#include <asm/mmu_context.h>
#include <asm/virt.h>

#include "kexec_trans_parts.h"

struct kexec_trans {
	struct kimage *image;
	struct trans_cpu cpu;
	struct trans_transition transition;
	phys_addr_t ttbr0;
	unsigned long t0sz;
};

static bool by_linux __ro_after_init;

static int __init kexec_trans_word(char *word)
{
	if (!word || (strcmp(word, "linux") && strcmp(word, "trans")))
		return -EINVAL;
	by_linux = !strcmp(word, "linux");
	return 0;
}
early_param("kexec", kexec_trans_word);

/* ---- memory -------------------------------------------------------------- */

static int host_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	struct kexec_trans *trans = ctx;
	unsigned int order = get_order((size_t)count << shift);
	struct page *page = kimage_alloc_control_pages(trans->image, order);

	if (!page)
		return -ENOMEM;
	*pa = page_to_phys(page);
	return 0;
}

static void host_clean(void *ctx, const void *va, size_t len)
{
	dcache_clean_inval_poc((unsigned long)va, (unsigned long)va + len);
}

static const struct trans_ops host_ops = {
	.alloc = host_alloc,
	.free = trans_pgd_host_free,
	.phys_to_virt = trans_pgd_host_virt,
	.clean = host_clean,
	.barrier = trans_pgd_host_barrier,
};

/* ---- the way out --------------------------------------------------------- */

static void *alias_page(void *ctx)
{
	trans_pa_t pa;

	if (host_alloc(ctx, PAGE_SHIFT, 1, &pa))
		return NULL;
	return memset(phys_to_virt(pa), 0, PAGE_SIZE);
}

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	struct kexec_trans *trans = host;
	struct trans_pgd_info info = { alias_page, trans };
	int ret = trans_pgd_idmap_range(&info, &trans->ttbr0, &trans->t0sz, pa,
					len);

	if (ret == -ENOMEM)
		return TRANS_ENOMEM;
	return ret ? TRANS_EHOST : 0;
}

/* The kernel stays where it is, in the other half. */
static void alias_enter(void *host)
{
	struct kexec_trans *trans = host;

	cpu_install_ttbr0(trans->ttbr0, trans->t0sz);
}

/*
 * On the CPU that leaves, which after a crash may be any. The vectors at EL2
 * may then be a hypervisor's.
 */
static int leave(void *host, struct trans_error *error)
{
	struct kexec_trans *trans = host;

	if (is_hyp_nvhe())
		__hyp_reset_vectors();
	trans_cpu_read(&trans->cpu);
	return trans_transition_here(&trans->transition, error);
}

static int progress(void *ctx, uint64_t moves)
{
	cond_resched();
	return fatal_signal_pending(current);
}

/* Over a stub at EL2, or there, an HVC does not reach the firmware. */
static enum trans_conduit conduit(void)
{
	switch (psci_get_conduit()) {
	case SMCCC_CONDUIT_SMC:
		return TRANS_CONDUIT_SMC;
	case SMCCC_CONDUIT_HVC:
		return is_hyp_mode_available() ? TRANS_CONDUIT_NONE :
						 TRANS_CONDUIT_HVC;
	default:
		return TRANS_CONDUIT_NONE;
	}
}

/* ---- preparing it -------------------------------------------------------- */

static int say(void *arg, const char *text, size_t len)
{
	pr_err("%.*s", (int)len, text);
	return 0;
}

/* A shortage is said by who allocates. */
static int errno_of(int status)
{
	switch (status) {
	case 0:
		return 0;
	case TRANS_ENOMEM:
	case TRANS_ENOSPC:
		return -ENOMEM;
	case TRANS_ESTOPPED:
		return -EINTR;
	case TRANS_EPFN:
	case TRANS_EEXIST:
	case TRANS_EOVERLAP:
	case TRANS_ERANGE:
		return -EADDRNOTAVAIL;
	case TRANS_EGEOM:
	case TRANS_ESTATE:
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

static int prepare(struct kexec_trans *trans,
		   const struct kexec_trans_moves *moves,
		   struct trans_error *error)
{
	struct kimage *image = trans->image;
	bool crash = image->type == KEXEC_TYPE_CRASH;
	struct trans_transition_args args = {
		.cpu = &trans->cpu,
		.granule = PAGE_SHIFT,
		.ops = &host_ops,
		.ctx = trans,
		.plan = &moves->plan,
		.map = crash ? TRANS_MAP_NONE : TRANS_MAP_SPARSE,
		.entry = image->start,
		.x = { image->arch.dtb_mem },
		.uart = kexec_trans_uart(),
		.conduit = conduit(),
		.stays = &moves->stays,
		.alias_prepare = alias_prepare,
		.alias_enter = alias_enter,
		.leave = leave,
		.host = trans,
		.digests = moves->digest,
		.digest_count = moves->digests,
		.stub = is_hyp_nvhe(),
		.progress = progress,
	};
	int ret = trans_transition_prepare(&trans->transition, &args, error);

	return ret ? ret : trans_transition_ask(&trans->transition, error);
}

static int load(struct kexec_trans *trans, struct kexec_trans_moves *moves)
{
	const struct trans_transition *transition = &trans->transition;
	struct trans_error error = {};
	int ret;

	trans_cpu_read(&trans->cpu);
	/* As all CPUs have it: the maps must do for whichever leaves. */
	trans->cpu.mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);
	ret = kexec_trans_lpi_check(trans->image, &error);
	if (!ret)
		ret = kexec_trans_moves_find(moves, trans->image, &host_ops,
					     trans, &error);
	if (!ret)
		ret = prepare(trans, moves, &error);
	if (ret)
		trans_error_print(&error, say, NULL);
	else
		pr_info("loaded: %llu moves of %llu bytes, %u tables, %zu digests\n",
			transition->move_count, transition->move_bytes,
			transition->low.pages, moves->digests);
	return errno_of(ret);
}

/* 0, and image->arch.trans is there: leave by it. */
int kexec_trans_load(struct kimage *image)
{
	struct kexec_trans_moves *moves;
	struct kexec_trans *trans;
	int ret = -ENOMEM;

	if (by_linux)
		return 0;
	trans = kzalloc(sizeof(*trans), GFP_KERNEL);
	moves = kzalloc(sizeof(*moves), GFP_KERNEL);
	if (trans && moves) {
		trans->image = image;
		ret = load(trans, moves);
		kexec_trans_moves_free(moves);
	}
	kfree(moves);
	if (ret)
		kfree(trans);
	else
		image->arch.trans = trans;
	return ret;
}

void kexec_trans_go(struct kimage *image)
{
	if (image->arch.trans)
		trans_transition_go(&image->arch.trans->transition);
}

void kexec_trans_unload(struct kimage *image)
{
	kfree(image->arch.trans);
	image->arch.trans = NULL;
}
