/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The transition: tables, control blob, moves, and how to enter the next world.
 *
 * Three steps, the same for kexec and hibernate:
 *   prepare  may fail; allocates and proves everything; the caller's world is
 *            intact, and trans_transition_cancel undoes it
 *   ask      may fail; the host says whether it can leave, and still works; what
 *            comes between (an image is taken off its disk) may fail too, and
 *            unask undoes it
 *   go       does not return. The host's leave silences devices and other CPUs;
 *            where it fails the machine is reset, and the report says why. From
 *            there on nothing is allocated and nothing can fail. The point of no
 *            return (PONR) is the first byte overwritten
 *
 * The control blob is position-independent code with its own stack, vectors
 * and move list, all in safe pages. It is entered through an executable
 * identity alias, switches the MMU off, installs the transitional tables, moves
 * with MMU and caches on, switches the MMU off again and jumps.
 */
#ifndef TRANS_TABLE_TRANSITION_H
#define TRANS_TABLE_TRANSITION_H

#include <trans_table/cpu.h>
#include <trans_table/moves.h>
#include <trans_table/psci.h>
#include <trans_table/ranges.h>
#include <trans_table/registers.h>
#include <trans_table/report.h>
#include <trans_table/table.h>
#include <trans_table/uart.h>

TRANS_BEGIN_DECLS

enum trans_map_choice {
	/* An identity map of exactly what the moves need. */
	TRANS_MAP_SPARSE = 1,
	/* The host's own linear map, copied with flags and limited to what the
	 * moves touch. */
	TRANS_MAP_LINEAR = 2,
	/* No tables: the same blob runs with the MMU off. For a crash entry
	 * (no moves), or when no table could be had. */
	TRANS_MAP_NONE = 3,
};

/* After leave has begun a failure never jumps. It writes the report, says a
 * line, and resets through PSCI (parks, when there is no conduit or the reset
 * returns), or parks at once, for a debugger. Before the PONR, that is when
 * leave has failed, the host's own reset does where there is no conduit. */
enum trans_on_failure {
	TRANS_FAILURE_RESETS = 0,
	TRANS_FAILURE_PARKS = 1,
};

/* What [@pa, @pa + @len) must hold after the moves: a destination, or memory
 * that is in place already. @pa is a multiple of 16. */
struct trans_digest {
	trans_pa_t pa;
	uint64_t len;
	uint8_t sha256[TRANS_SHA256_LEN];
};
#define TRANS_DIGESTS_MAX 24

/*
 * For a next world that is entered with the MMU on: the translation registers
 * of the regime at which it is entered (at EL2 with E2H and at EL1 by the names
 * of EL1). They are written with the MMU off, whole, after the moves; then the
 * MMU is switched on and @entry is a VA of the upper half.
 *
 * TTBR0 holds an identity map of its own, not that of the moves: of the blob's
 * code and data, the report and the UART, in the format that @tcr, @mair, @tcr2
 * and @pir give. So T0SZ is whatever the next world wants (that reaches these
 * pages), and no more of memory is mapped than that. TG0 must be the
 * transition's granule. The map stays in memory that is outside every
 * destination; the next world replaces it, and VBAR, which points at the blob
 * until then: an exception at the entry still ends in a report and a reset
 * (without the report where permission indirection makes it read-only).
 *
 * x0..x3 are args.x, x17 is the entry, x18 belongs to the blob, the rest is 0.
 * CPACR_EL1 lets FP and SIMD through. D, A, I and F are masked.
 *
 * From EL2, one of two may be asked for:
 * @drop:     enter at EL1. EL2 is left as Linux's boot protocol wants it there
 *            (Documentation/arch/arm64/booting.rst): nothing traps that the CPU
 *            has and firmware grants (cpu.h), as far as this library knows it:
 *            SVE, SME, MTE, PAuth, PMU, SPE, TRBE, TCR2, S1PIE, S1POE, MOPS,
 *            FPMR, GCS, SCTLR2, and with fine-grained traps (FGT, FGT2) AMU,
 *            PMUv3p9. VTTBR, CNTVOFF, HSTR, LORC_EL1, GCSCR_EL1, GCSCRE0_EL1,
 *            SCTLR2_EL1 0; physical addresses and time in profiles, unless EL3
 *            owns them; the GIC's CPU interface by system registers, ICH_HCR
 *            0; its MMU off. The CPU must be able to leave E2H. Not known:
 *            BRBE, MPAM, MCE2, LS64, filtering of SPE's data sources: as they
 *            were, or trapped
 * @vbar_el2: with drop, VBAR_EL2: the stub that the next world has there, 0:
 *            none, it makes no HVC but what firmware answers
 * @vhe:      enter at EL2 with E2H (and TGE), though the host may be without it
 *
 * @ttbr1, @tcr, @mair, @sctlr: whole registers
 * @tcr2, @pir, @pire0: on a CPU with permission indirection, as the next world
 *            has them; 0 elsewhere
 */
struct trans_world {
	uint64_t ttbr1, tcr, mair, sctlr;
	uint64_t tcr2, pir, pire0;
	trans_pa_t vbar_el2;
	bool drop, vhe;
};

/*
 * @cpu:        the CPU that will run the transition
 * @granule:    of the transitional tables, and (TRANS_MAP_NONE too) of what is
 *              allocated; 0: TRANS_4K; ignored for TRANS_MAP_LINEAR: @linear's
 *              is taken
 * @va_bits:    of the identity map; 0: 48, right unless the CPU or PA wants
 *              otherwise; above 48, the CPU must have FEAT_LVA (64K) or
 *              FEAT_LPA2
 * @ops, @ctx:  environment whose allocations are safe (a trans_pool's ops)
 * @plan:       executable moves (trans_moves_plan); read during prepare only
 * @map:        how sources and destinations are mapped
 * @linear:     (linear) view of the host's tables that hold its linear map
 * @linear_offset: (linear) VA = PA + offset, modulo 2^64
 * @linear_flags: (linear) flags of the copy of destinations; 0 means
 *              MKWRITE | MKVALID | CHECKPFN | NOEXEC | FOLD. Sources are
 *              copied with the same less MKWRITE. KEEP is always added,
 *              because ranges may share a granule; REPLACE is refused
 * @entry, @x:  where to go with the MMU off, at the same exception level, and
 *              with what in x0..x3; with @world: a VA
 * @world:      enter with the MMU on, see above; any @map will do; not with
 *              @stub; copied by prepare. NULL: off
 * @uart, @conduit: signs of life and the way out after a failure
 *              (no conduit: it parks); at EL2 the conduit cannot be HVC
 * @report:     PA of one page (4 KiB) of the caller's for struct
 *              trans_blob_report, outside every source and destination; 0:
 *              none. Stays the caller's
 * @zero:       what of the next world's memory must be zero besides what is
 *             moved: .bss, and what a move of whole granules carries along
 *             behind the end of a file. At any address, of any length. It is
 *             zeroed after all moves, so it may overlap their sources and their
 *             destinations. With digests, it is looked at after them. NULL:
 *             nothing
 * @stays:     what of the next world's memory is where it belongs: it is only
 *             cleaned, by the blob, because the host may make it dirty until
 *             then (trans_moves_in_place). Also for what is zeroed long before,
 *             such as a crash kernel's memory. NULL: nothing
 * @alias_prepare: see to it that [pa, pa + len) can be made readable and
 *              executable at VA == PA in this CPU's live tables, with a data
 *              view of the memory's own contents; called by prepare, may
 *              allocate from the host; a negative status refuses and is
 *              passed on; a positive number and TRANS_ENOENT are TRANS_EHOST.
 *              Not NULL
 * @alias_enter: make it so; called by go (and by park, on each other CPU) with
 *              everything masked, cannot fail.
 *              The stack and the code that runs must stay mapped as they are.
 *              NULL: alias_prepare did it all
 * @alias_drop: undo alias_prepare; called by cancel. NULL: nothing to undo
 * @ask:        can this host leave? Host and disks are alive, and must stay so
 *              until @leave, whatever it answers; so what could refuse in leave
 *              is tried or looked at here, and what cannot go back is left to
 *              leave. 0: yes. A negative status refuses and is passed on, with
 *              what was written to @err; a positive number is TRANS_EHOST, as is
 *              TRANS_ENOIMAGE, which is not the host's to say. NULL: it can
 * @unask:      undo ask: something behind it has failed, or cancel was called.
 *              Disks are alive. NULL: nothing to undo
 * @leave:      last: silence DMA, other CPUs, watchdog, ITS (docs/quiesce.md).
 *              There is no way back: the caller of go never runs again, and no
 *              disk is called any more. 0: all is quiet. Anything else, with
 *              what was written to @err (a positive number is TRANS_EHOST), goes
 *              to the report and the UART, and the machine is reset. NULL:
 *              nothing to do
 * @reset:      reset the machine, when leave has failed, there is no conduit,
 *              and @on_failure is a reset. Everything is masked, the alias is
 *              entered, and devices and other CPUs are in whatever state leave
 *              has left them in: touch no disk. Where it returns the CPU parks.
 *              NULL: it parks
 * @host:       context of all of them
 * @sdei:       the firmware has SDEI; its events are masked in go, through
 *              the conduit
 * @digests, @digest_count: checked after the moves, with the caches still on,
 *              by the CPU's SHA-256 instructions where ID_AA64ISAR0_EL1 has
 *              them; at most TRANS_DIGESTS_MAX; copied by prepare
 * @on_failure: what becomes of a failure once leave has begun
 * @stub:       the host runs at EL1 over a resident EL2 stub of Linux's hvc
 *              convention (x0 = 0 HVC_SET_VECTORS, 1 HVC_SOFT_RESTART, 2
 *              HVC_RESET_VECTORS). The blob puts vectors of its own in the
 *              stub's place before the PONR, and enters the next world at EL2.
 *              HVC is then no conduit. Without @stub no HVC but the conduit's
 *              is ever made
 * @fallback:   when there is no memory for tables, do without
 *              (TRANS_MAP_NONE); transition.args.map says what it came to
 * @scrub:      zero, after the moves, what the moves read of pages that are
 *              invalid in @linear (MKVALID revives those): somebody had a
 *              reason to hide them. Destinations are left alone. Needs @linear
 *              and @linear_offset with any @map, and costs time in sources x
 *              moves where the plan is not in the order of its destinations
 * @ram, @coarse_above: (sparse) where an exact map would take more than this
 *              many table pages, all of @ram is mapped instead, writable and
 *              never executable, less the blob's tables; its code and list
 *              read-only. @ram must hold no device and no secure memory. Above
 *              the identity map's reach, and outside @ram, the map stays exact.
 *              0: never
 * @unproven:   skip the proof. For tests that must see what it prevents
 * @progress, @progress_ctx: called throughout prepare, after each page of the
 *              list that was gone through, with the number of moves in it; all
 *              of it goes through the list six times. @scrub calls it as often
 *              for the granules of the sources that it looks at, and where the
 *              plan is in no order for the moves that it compares them with.
 *              Nonzero stops prepare: TRANS_ESTOPPED. NULL: nobody asks. Not called after prepare
 *
 * What the next world reads with its caches off must be handed over clean, to
 * the Point of Coherency: destinations, @zero and @stays are, and invalidated;
 * nothing else is.
 *
 * What the pointers lead to must live as long as the transition, except @plan,
 * @zero, @stays, @digests, @world and @ram.
 */
struct trans_transition_args {
	const struct trans_cpu *cpu;
	enum trans_granule granule;
	unsigned int va_bits;
	const struct trans_ops *ops;
	void *ctx;
	const struct trans_moves *plan;
	enum trans_map_choice map;
	const struct trans_table *linear;
	uint64_t linear_offset;
	unsigned int linear_flags;
	trans_pa_t entry;
	uint64_t x[4];
	const struct trans_world *world;
	struct trans_uart uart;
	enum trans_conduit conduit;
	trans_pa_t report;
	const struct trans_ranges *zero, *stays;
	int (*alias_prepare)(void *host, trans_pa_t pa, uint64_t len);
	void (*alias_enter)(void *host);
	void (*alias_drop)(void *host);
	int (*ask)(void *host, struct trans_error *err);
	void (*unask)(void *host);
	int (*leave)(void *host, struct trans_error *err);
	void (*reset)(void *host);
	void *host;
	bool sdei;
	const struct trans_digest *digests;
	size_t digest_count;
	enum trans_on_failure on_failure;
	bool stub;
	bool fallback;
	bool scrub;
	const struct trans_ranges *ram;
	unsigned int coarse_above;
	bool unproven;
	int (*progress)(void *ctx, uint64_t moves);
	void *progress_ctx;
};

/* A prepared transition. Public so that it can be placed anywhere; read-only
 * for callers. */
struct trans_transition {
	struct trans_transition_args args;
	struct trans_table low;  /* TTBR0: identity: blob, list, UART, report */
	struct trans_table high; /* TTBR1: linear map copy; unused: zeroed */
	/* TTBR0 of the world that is entered with the MMU on, and what it was
	 * asked to be; unused: zeroed */
	struct trans_table passage;
	struct trans_world world;
	trans_pa_t code, data, list; /* list: the first page of a chain */
	unsigned int code_granules, data_granules, list_granules;
	uint64_t move_count, move_bytes;
	uint64_t scrub_bytes; /* zeroed by moves beyond those of the plan */
	uint64_t rest_count;  /* of the list, behind the moves: zero and stays */
	/* What lies beyond the identity map's reach is at VA = PA - offset. */
	struct trans_range far; /* len 0: nothing does */
	uint64_t far_offset;
	struct trans_stats stats; /* of all table operations together */
	bool aliased, prepared, asked;
	bool coarse; /* all RAM is mapped */
};

/*
 * The registers by which this CPU translates VA 0 on (TTBR0 of its own regime),
 * for trans_geometry_from_tcr and trans_table_attach. False: its MMU is off,
 * and every address is its own. @cpu: as trans_cpu_read made it here.
 */
bool trans_regs_live(const struct trans_cpu *cpu, struct trans_regs *regs);

/*
 * An alias_prepare for hosts that run with the MMU off or with an identity map
 * in which RAM is executable, as most loaders do: looks whether [@pa, @pa + @len)
 * is mapped so in the live tables of this CPU, and changes nothing. alias_enter
 * and alias_drop are then NULL. @host is not used.
 * TRANS_EHOST: it is not mapped to itself, or not as Normal cacheable memory
 * that this exception level may execute (why is in @err of
 * trans_alias_identity_check); TRANS_EINVAL, TRANS_EGEOM, TRANS_EFAULT,
 * TRANS_ECORRUPT: of the live tables.
 */
int trans_alias_identity(void *host, trans_pa_t pa, uint64_t len);
int trans_alias_identity_check(trans_pa_t pa, uint64_t len,
			       struct trans_error *err);

/*
 * For the same hosts: add to @set what of @of the live tables map to itself as
 * Normal cacheable memory that this exception level may write; with the MMU
 * off, all of @of. The rest of RAM may be a destination, which only the blob
 * touches, by its own tables, but the host must neither read nor allocate it: a
 * board's U-Boot maps less than it has.
 * TRANS_ENOSPC: @set is full; TRANS_ERANGE: a range of @of passes 2^64;
 * TRANS_EINVAL, TRANS_EGEOM: of the live tables. On failure @set may hold a part
 * of it.
 */
int trans_identity_memory(const struct trans_ranges *of,
			  struct trans_ranges *set, struct trans_error *err);

/*
 * Build everything. Also runs the proof (trans_transition_check) unless
 * args->unproven.
 *
 * TRANS_EINVAL: an argument above is missing or contradicts the CPU or another,
 * or a move, a digest, or a range of zero or stays is empty;
 * TRANS_EGEOM; TRANS_ENOMEM; TRANS_EALIGN: a move is no multiple of 16 bytes,
 * or report, entry, linear_offset or a digest's pa is misaligned; TRANS_ERANGE:
 * a move, a digest, or a range of zero or stays passes 2^64; TRANS_EOVERLAP: the
 * proof failed; TRANS_ENOENT: the mapping check failed (va is not mapped as the
 * mover needs it); TRANS_EHOST: alias_prepare or an ops hook refused; TRANS_EPFN,
 * TRANS_ECORRUPT, TRANS_EFAULT, TRANS_EUNREPR: from the copy of the linear map;
 * TRANS_EEXIST: the UART lies in what is moved, or in @ram of a coarse map;
 * TRANS_ESTOPPED: progress, or visit of the ops, said so;
 * TRANS_ERANGE: something of the blob's beyond the identity map's reach (the
 * host allocated it there), or a move or digest beyond it that the CPU cannot
 * reach either, or for which the virtual addresses have no gap in one piece.
 * With a world: TRANS_EINVAL: it wants what this CPU lacks (named: DS, sizes
 * above 48 bits, hardware access flag, ..., a level that cannot be entered), or
 * contradicts the arguments (stub; TG0 is another granule); TRANS_EGEOM: a half
 * that its TCR describes wrongly or not at all; TRANS_ERANGE: entry is not in
 * the upper half, or T0SZ does not reach the blob; TRANS_ENOENT or _ECORRUPT:
 * by its permission indirection the blob could not run.
 * On failure nothing is kept and the struct is zeroed.
 */
int trans_transition_prepare(struct trans_transition *transition,
			     const struct trans_transition_args *args,
			     struct trans_error *err);

/*
 * The proof: every page that the blob needs (code, data, stack, move list,
 * tables, report) lies outside every destination and every source that is still
 * to be read, and every source is mapped readable and every destination
 * writable at the address the mover will use. What is zeroed is a destination,
 * what stays a source. It reads all of them back from the list that the blob
 * will execute.
 * TRANS_EOVERLAP (pa, len: the blob's page; va: the start of the source or
 * destination), TRANS_ENOENT or TRANS_ERANGE (not mapped as the mover needs it),
 * TRANS_ECORRUPT (the blob was told another window for what is far, or of one
 * where there are no tables; or a table is damaged), TRANS_EFAULT (phys_to_virt
 * refused a page), TRANS_ESTOPPED (visit of the ops, or in prepare progress, said
 * so), TRANS_EINVAL: nothing is prepared.
 */
int trans_transition_check(const struct trans_transition *transition,
			   struct trans_error *err);

/*
 * Ask the host whether it can leave. A refusal: the status that it refused with
 * (TRANS_EHOST: see args.ask), nothing is asked, and nothing is lost: it can be asked again.
 * TRANS_EINVAL: nothing is prepared, or it was asked already.
 */
int trans_transition_ask(struct trans_transition *transition,
			 struct trans_error *err);

/* Not now: call the host's unask. Nothing happens unless it was asked. */
void trans_transition_unask(struct trans_transition *transition);

/*
 * Have the host leave, and go. Never returns: when leave fails, the blob puts
 * TRANS_STAGE_NOT_QUIET with the reason in the report page, says it on the UART,
 * and resets the machine through the conduit, or without one args.reset does.
 * Must follow a successful ask: without one it stays here, and nothing is
 * touched.
 */
__attribute__((noreturn)) void trans_transition_go(
	const struct trans_transition *transition);

/*
 * The end of every other CPU: the host's leave callback has each one call this,
 * on its own stack, and then confirms with trans_cpus_off (quiesce.h) before it
 * returns. The CPU is silenced as by go, enters the alias
 * (alias_enter is called on it), and switches itself off through the conduit,
 * from the blob's safe pages with its MMU off. Where the firmware refuses it
 * stays there, masked; leave must then fail. Nothing here starts it again.
 */
__attribute__((noreturn)) void trans_transition_park(
	const struct trans_transition *transition);

/* Give everything back, after unask where it was asked. A zeroed struct is
 * fine. */
void trans_transition_cancel(struct trans_transition *transition);

/* Bytes of the control blob (code and read-only data). */
size_t trans_blob_size(void);

TRANS_END_DECLS

#endif
