/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The transition: tables, control blob, moves, and how to enter the next world.
 *
 * Three steps, the same for kexec and hibernate:
 *   prepare  may fail. Allocates and proves everything; the caller's world is
 *            intact, and trans_transition_cancel undoes it
 *   ask      may fail. The host says whether it can leave, and goes on working.
 *            What the caller then does before go may fail as well (a resume
 *            takes the image off its disk); unask undoes it
 *   go       does not return. The host's leave callback silences devices and
 *            other CPUs; if it fails the machine is reset, and the report says
 *            why. Behind it nothing is allocated and nothing can fail. The
 *            point of no return (PONR) is the first byte overwritten
 *
 * The control blob is position-independent code with its own stack, vectors and
 * list of moves, all in safe pages: pages that no move writes to. It is entered
 * through an alias, a mapping of it at VA == PA that is executable. It switches
 * the MMU off, installs the transitional tables, moves with MMU and caches on,
 * switches the MMU off again and jumps.
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
	/* An identity map of exactly what the moves need: for loaders. */
	TRANS_MAP_SPARSE = 1,
	/* The host's own linear map, copied with flags and limited to what the
	 * moves touch: for kernels. */
	TRANS_MAP_LINEAR = 2,
	/* No tables: the same blob runs with the MMU off. For the entry of a
	 * crash kernel, which has no moves, or where there is no memory for
	 * tables. */
	TRANS_MAP_NONE = 3,
};

/* What a failure becomes once leave has begun, when nothing can go back. It
 * never jumps to the next world. It writes the report and a line on the UART.
 * Then RESETS resets through PSCI, and parks the CPU if there is no conduit or
 * the reset comes back; PARKS parks at once, for a debugger. (If it was leave
 * that failed, and there is no conduit, the host's own reset is called.) */
enum trans_on_failure {
	TRANS_FAILURE_RESETS = 0,
	TRANS_FAILURE_PARKS = 1,
};

/* The digest of what [@pa, @pa + @len) must hold after the moves: a
 * destination, or memory that is in place already. @pa is a multiple of 16;
 * @len is in bytes, not 0. */
struct trans_digest {
	trans_pa_t pa;
	uint64_t len;
	uint8_t sha256[TRANS_SHA256_LEN];
};
#define TRANS_DIGESTS_MAX 24

/*
 * For a next world that is entered with the MMU on: the translation registers
 * of the regime in which it is entered, by the names of EL1 (also at EL2 with
 * E2H). They are written whole, with the MMU off, after the moves. Then the MMU
 * is switched on and @entry, a VA of the upper half, is jumped to.
 *
 * TTBR0 gets an identity map of its own, not that of the moves: of the blob's
 * code and data, the report and the UART, in the format that @tcr, @mair, @tcr2
 * and @pir give. So T0SZ may be what the next world wants, as long as it
 * reaches these pages. TG0 must be the transition's granule. The map stays in
 * memory outside of every destination until the next world replaces it, and
 * VBAR, which points at the blob: until then an exception still ends in a
 * report and a reset (without the report where permission indirection makes its
 * page read-only).
 *
 * x0 to x3 are args.x, x17 is the entry, x18 is the blob's, all others are 0.
 * CPACR_EL1 lets FP and SIMD through. D, A, I and F are masked.
 *
 * From EL2 one of these may be asked for:
 * @drop:     enter at EL1, and leave EL2 as Linux's boot protocol wants it
 *            (Documentation/arch/arm64/booting.rst): nothing traps that the CPU
 *            has and firmware grants (cpu.h). That covers SVE, SME, MTE, PAuth,
 *            PMU, SPE, TRBE, TCR2, S1PIE, S1POE, MOPS, FPMR, GCS, SCTLR2, and
 *            with fine-grained traps (FGT, FGT2) AMU and PMUv3p9. VTTBR,
 *            CNTVOFF, HSTR, LORC_EL1, GCSCR_EL1, GCSCRE0_EL1 and SCTLR2_EL1
 *            become 0. Profiles have physical addresses and time, unless EL3
 *            owns them. The GIC's CPU interface is reached by system registers,
 *            ICH_HCR is 0. EL2's MMU is off. Not covered, but as they were, or
 *            trapped: BRBE, MPAM, MCE2, LS64, filtering of SPE's data sources.
 *            The CPU must be able to leave E2H
 * @vbar_el2: with drop: VBAR_EL2, the vectors of the stub that the next world
 *            has at EL2. 0: it has none, and makes no HVC but what firmware
 *            answers
 * @vhe:      enter at EL2 with E2H and TGE, though the host may run without
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
 * What is said of the map holds for (sparse) TRANS_MAP_SPARSE or (linear)
 * TRANS_MAP_LINEAR only, where that stands before it.
 *
 * The machine and the map
 *
 * @cpu:        the CPU that will run the transition. Not NULL
 * @granule:    of the transitional tables, and of what is allocated, also with
 *              TRANS_MAP_NONE; 0: TRANS_4K. (linear) not used, @linear's is
 *              taken
 * @va_bits:    of the identity map; 0: 48, which is right unless the CPU's PAs
 *              go beyond. Above 48 the CPU must have FEAT_LVA (64K) or
 *              FEAT_LPA2
 * @ops, @ctx:  environment whose allocations are safe pages (a trans_pool's)
 * @plan:       the moves (trans_moves_plan). Not NULL; may be empty
 * @map:        how sources and destinations are mapped
 * @linear:     (linear) view of the host's tables that have its linear map
 * @linear_offset: (linear) VA = PA + offset, modulo 2^64, in bytes
 * @linear_flags: (linear) flags for the copy of destinations; 0: MKWRITE,
 *              MKVALID, CHECKPFN, NOEXEC and FOLD. Sources are copied with the
 *              same without MKWRITE. KEEP is always added, because ranges may
 *              share a granule; REPLACE is refused
 * @ram, @coarse_above: (sparse) where an exact map takes more than coarse_above
 *              table pages all of @ram is mapped instead: writable, never
 *              executable, without the blob's tables; its code and list
 *              read-only. So @ram must hold no device and no secure memory.
 *              Above the identity map's reach, and outside of @ram, the map
 *              stays exact. coarse_above 0: never
 * @fallback:   where there is no memory for tables, do without: TRANS_MAP_NONE.
 *              transition.args.map then says so
 * @scrub:      zero, after the moves, those sources that are invalid in @linear
 *              and that MKVALID makes valid, since somebody had a reason to
 *              hide them; destinations are left alone. Needs @linear and
 *              @linear_offset with any @map. Where the plan is not in the order
 *              of its destinations it takes time in sources times moves
 *
 * The next world
 *
 * @entry, @x:  the address that is jumped to, with the MMU off at the same
 *              exception level, and what is then in x0 to x3. With @world a VA
 * @world:      enter with the MMU on, see above; with any @map, but not with
 *              @stub. NULL: off
 * @zero:       memory of the next world that must be zero: .bss, and what a
 *              move of whole granules brings along behind the end of a file. Of
 *              any address and length. It is zeroed after all moves, so it may
 *              overlap their sources and destinations. With digests the blob
 *              also checks, after them, that it is zero. NULL: none
 * @stays:      memory of the next world that is in its place already
 *              (trans_moves_in_place), or that was zeroed long before, such as
 *              a crash kernel's. The blob cleans it, since the host may make it
 *              dirty until then. NULL: none
 * @digests, @digest_count: are checked after the moves, with the caches still
 *              on, by the CPU's instructions for SHA-256 where it has them
 *              (ID_AA64ISAR0_EL1). At most TRANS_DIGESTS_MAX
 * @stub:       the host runs at EL1 over a resident EL2 stub of Linux's
 *              convention (Documentation/virt/kvm/arm/hyp-abi.rst: HVC with x0
 *              = 0 HVC_SET_VECTORS, 1 HVC_SOFT_RESTART, 2 HVC_RESET_VECTORS).
 *              Before the PONR the blob puts vectors of its own in the stub's
 *              place, and it enters the next world at EL2. The conduit cannot
 *              be HVC then. Without @stub no HVC is ever made but the conduit's
 *
 * The next world reads some memory with its caches off: destinations, @zero and
 * @stays are handed over clean and invalid to the Point of Coherency, nothing
 * else is.
 *
 * Signs of life and failures
 *
 * @uart:       where the blob writes its letters (report.h); width 0: nowhere
 * @conduit:    how the blob calls PSCI to reset; at EL2 not HVC. Without one it
 *              parks
 * @report:     PA of a page (4 KiB) of the caller's for struct
 *              trans_blob_report, outside of every source and destination; 0:
 *              none. Stays the caller's
 * @on_failure: what a failure becomes once leave has begun
 * @sdei:       the firmware has SDEI; its events are masked in go, through the
 *              conduit
 * @unproven:   skip the proof. For tests that must see what it prevents
 *
 * What the host does. All callbacks are called on the CPU that leaves
 *
 * @alias_prepare: see to it that [pa, pa + len) can be made readable and
 *              executable at VA == PA in this CPU's live tables. (A host whose
 *              tables have it so already: trans_alias_identity.) Called by
 *              prepare; may allocate from the host. 0, or a negative status,
 *              which is passed on; a positive number and TRANS_ENOENT become
 *              TRANS_EHOST. Not NULL
 * @alias_enter: make it so. Called by go (and by park, on each other CPU) with
 *              everything masked; cannot fail. The stack and the code that runs
 *              must stay mapped as they are. NULL: alias_prepare did it all
 * @alias_drop: undo alias_prepare; called by cancel. NULL: nothing to undo
 * @ask:        can this host leave? It and its disks are alive, and must stay
 *              so until @leave, whatever the answer is. So what could refuse in
 *              leave is tried or looked at here, and what cannot go back is
 *              left to leave. 0: yes. A negative status refuses; it is passed
 *              on, with what was written to @err. A positive number becomes
 *              TRANS_EHOST, and so does TRANS_ENOIMAGE, which is not for the
 *              host to say. NULL: it can
 * @unask:      undo ask, because something behind it failed, or cancel was
 *              called. Disks are alive. NULL: nothing to undo
 * @leave:      last: silence DMA, other CPUs, watchdog, ITS (docs/quiesce.md).
 *              There is no way back: the caller of go never runs again, and no
 *              disk is called any more. 0: all is quiet. Anything else is a
 *              failure, which goes to the report and the UART with what was
 *              written to @err (a positive number as TRANS_EHOST). NULL:
 *              nothing to do
 * @reset:      reset the machine where leave has failed, there is no conduit,
 *              and @on_failure is a reset. Everything is masked, the alias is
 *              entered, and devices and other CPUs are as leave has left them:
 *              touch no disk. Where it returns the CPU parks. NULL: it parks
 * @host:       context of the callbacks above
 * @progress, @progress_ctx: called throughout prepare, after each page of the
 *              list that was gone through, with the number of moves in it; in
 *              all the list is gone through six times. @scrub also calls it for
 *              the granules of sources that it looks at, and where the plan is
 *              not in order for the moves that it compares them with. Nonzero
 *              stops prepare: TRANS_ESTOPPED. NULL: nobody asks
 *
 * What the pointers lead to must live as long as the transition, except @plan,
 * @zero, @stays, @digests, @world, @ram and @progress, which only prepare
 * reads.
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

/* A prepared transition. Public so that it can be placed anywhere; for callers
 * to read only. */
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
	uint64_t rest_count;  /* in the list behind the moves: zero, stays */
	/* What lies beyond the identity map's reach is at VA = PA - offset. */
	struct trans_range far; /* len 0: nothing does */
	uint64_t far_offset;
	struct trans_stats stats; /* of all table operations together */
	bool aliased, prepared, asked;
	bool coarse; /* all RAM is mapped */
};

/*
 * The registers by which this CPU translates the lower addresses (TTBR0 of its
 * regime), for trans_geometry_from_tcr and trans_table_attach. False: its MMU
 * is off, and every VA is its own PA. @cpu: as trans_cpu_read made it on this
 * CPU.
 */
bool trans_regs_live(const struct trans_cpu *cpu, struct trans_regs *regs);

/*
 * An alias_prepare for hosts that run with the MMU off, or with an identity map
 * in which RAM is executable, as most loaders do. It looks whether [@pa, @pa +
 * @len) is mapped like that in the live tables of this CPU, and changes
 * nothing; alias_enter and alias_drop are NULL then. @host is not used. The
 * second one also says in @err what is wrong, and where.
 *
 *   machine  TRANS_EHOST     it is not mapped to itself, or not as Normal
 *                            cacheable memory that this exception level may
 *                            execute: the host needs an alias of its own
 *   machine  TRANS_EINVAL    the live tables are of a kind that
 *                            trans_table_attach refuses
 *   machine  TRANS_EGEOM     their half is switched off, or has no legal
 *                            geometry
 *   input    TRANS_EFAULT    a page of the live tables is not mapped to itself
 *   input    TRANS_ECORRUPT  an entry of the live tables is reserved
 */
int trans_alias_identity(void *host, trans_pa_t pa, uint64_t len);
int trans_alias_identity_check(trans_pa_t pa, uint64_t len,
			       struct trans_error *err);

/*
 * For the same hosts: add to @set those parts of @of that the live tables map
 * to themselves as Normal cacheable memory that this exception level may write;
 * with the MMU off all of @of. The host must neither read nor allocate the rest
 * of RAM: a board's U-Boot maps less than there is. It may be a destination,
 * though, since only the blob touches those, by its own tables. On failure @set
 * may hold a part.
 *
 *   call     TRANS_ERANGE    a range of @of passes 2^64
 *   memory   TRANS_ENOSPC    @set is full
 *   machine  TRANS_EINVAL    as for trans_alias_identity
 *   machine  TRANS_EGEOM     as for trans_alias_identity
 */
int trans_identity_memory(const struct trans_ranges *of,
			  struct trans_ranges *set, struct trans_error *err);

/*
 * Build everything, and prove it (trans_transition_check). On failure
 * everything is given back, and the struct is zeroed.
 *
 *   call     TRANS_EINVAL    an argument is missing, unknown, or contradicts
 *                            the CPU or another one; a move, a digest, or a
 *                            range of zero or stays is empty. `why` says which
 *   call     TRANS_EALIGN    a move is no multiple of 16 bytes; report, entry,
 *                            linear_offset or a digest's pa is misaligned
 *   call     TRANS_ERANGE    a move, a digest, or a range of zero or stays
 *                            passes 2^64; the blob's memory or the report lies
 *                            beyond the identity map's reach
 *   call     TRANS_EEXIST    the UART lies in what is moved, or in @ram of a
 *                            coarse map
 *   call     TRANS_EOVERLAP  the proof failed: see trans_transition_check
 *   call     TRANS_ENOENT    the proof failed likewise
 *   memory   TRANS_ENOMEM    alloc gave too little
 *   machine  TRANS_EGEOM     the CPU has no tables of this granule and these
 *                            sizes
 *   machine  TRANS_ERANGE    a move or digest beyond the identity map's reach
 *                            that the CPU cannot reach by other addresses
 *                            either, or for which these have no gap that is
 *                            large enough
 *   machine  TRANS_EUNREPR   (linear) a leaf cannot be copied, see
 *                            trans_table_copy
 *   input    TRANS_EPFN      (linear) CHECKPFN: pfn_valid refused a leaf
 *   input    TRANS_ECORRUPT  (linear) an entry of @linear is reserved or
 *                            ambiguous
 *   host     TRANS_EHOST     alias_prepare, or acquire of the ops, refused
 *   host     any other       alias_prepare's
 *   host     TRANS_EFAULT    phys_to_virt refused a page
 *   host     TRANS_ESTOPPED  progress, or visit of the ops, said so
 *
 * With @world also:
 *   entry    TRANS_EINVAL    it wants what this CPU lacks (DS, sizes above 48
 *                            bits, hardware access flag, a level that cannot be
 *                            entered), or contradicts stub or granule. `why`
 *                            says which
 *   entry    TRANS_EGEOM     its TCR describes a half wrongly, or not at all
 *   entry    TRANS_ERANGE    entry is not in the upper half, or T0SZ does not
 *                            reach the blob
 *   entry    TRANS_ENOENT    by its permission indirection the blob could not
 *                            run
 *   entry    TRANS_ECORRUPT  its permission indirection is reserved
 */
int trans_transition_prepare(struct trans_transition *transition,
			     const struct trans_transition_args *args,
			     struct trans_error *err);

/*
 * The proof. Every page that the blob needs (code, data, stack, list, tables,
 * report) lies outside of every destination, and of every source that is still
 * to be read. Every source is mapped readable, and every destination writable,
 * at the address that the mover will use. What is zeroed counts as a
 * destination, what stays as a source. All of it is read back from what the
 * blob will read.
 *
 *   call     TRANS_EINVAL    nothing is prepared
 *   call     TRANS_EOVERLAP  a page of the blob's (pa, len) lies in a source or
 *                            destination (va: its start), can be written, or is
 *                            a table that is mapped
 *   call     TRANS_ENOENT    va is not mapped as the mover needs it
 *   call     TRANS_ERANGE    va is beyond the tables
 *   input    TRANS_ECORRUPT  a table is damaged, or the blob was told another
 *                            place for what lies beyond the identity map's
 *                            reach
 *   host     TRANS_EFAULT    phys_to_virt refused a page
 *   host     TRANS_ESTOPPED  visit of the ops said so
 */
int trans_transition_check(const struct trans_transition *transition,
			   struct trans_error *err);

/*
 * What the blob needs from the point of no return on, besides what it moves.
 * The proof, the maps, the resume and the dry run all go by this one list.
 */
enum trans_pages {
	TRANS_PAGES_CODE = 0x01,   /* the blob itself: executed, not written */
	TRANS_PAGES_DATA = 0x02,   /* its parameters, digests and stack */
	TRANS_PAGES_LIST = 0x04,   /* what to move: read */
	TRANS_PAGES_REPORT = 0x08, /* args.report: written; the caller's */
	TRANS_PAGES_UART = 0x10,   /* device registers; the caller's */
	/* Read by the MMU alone, and mapped nowhere: the tables that it moves
	 * by, and those through which the next world is entered. */
	TRANS_PAGES_TABLE = 0x20,
	TRANS_PAGES_ENTRY_TABLE = 0x40,
};
#define TRANS_PAGES_ALL 0x7fu
#define TRANS_PAGES_TABLES (TRANS_PAGES_TABLE | TRANS_PAGES_ENTRY_TABLE)
/* Not allocated by prepare. */
#define TRANS_PAGES_LENT (TRANS_PAGES_REPORT | TRANS_PAGES_UART)

/*
 * Call @each with every run of such pages whose kind is in @kinds (a sum of
 * enum trans_pages). What is lent begins and ends where the caller put it; the
 * rest is whole granules. Nonzero from @each stops it and is returned; @err is
 * not touched then. @transition is a prepared one.
 *
 *   host     TRANS_EFAULT    phys_to_virt refused a page of the list or of a
 *                            table
 *   host     TRANS_ESTOPPED  visit of the ops said so
 */
typedef int (*trans_transition_pages_fn)(void *arg, enum trans_pages kind,
					 trans_pa_t pa, uint64_t len);
int trans_transition_pages(const struct trans_transition *transition,
			   unsigned int kinds, trans_transition_pages_fn each,
			   void *arg, struct trans_error *err);

/*
 * Ask the host whether it can leave. When it refuses nothing is lost, and it
 * can be asked again.
 *
 *   call     TRANS_EINVAL    nothing is prepared, or it was asked already
 *   host     TRANS_EHOST     args.ask refused without a status of its own
 *   host     any other       the status with which args.ask refused
 */
int trans_transition_ask(struct trans_transition *transition,
			 struct trans_error *err);

/* Not now: call the host's unask. Nothing happens unless it was asked. */
void trans_transition_unask(struct trans_transition *transition);

/*
 * For a host that cannot say when it prepares which CPU will leave: it reads
 * the CPU that does (trans_cpu_read, there) into the same *args.cpu, and the
 * blob is told of that. Allocates nothing, so that it can be called in leave,
 * which then passes on its status and @err; else before go. On failure nothing
 * was changed. Where CPUs differ, prepare with the smallest of their physical
 * addresses (mmfr0).
 *
 *   call     TRANS_EINVAL    nothing is prepared, or args.world was given
 *   machine  TRANS_ESTATE    that CPU cannot run it: another exception level,
 *                            E2H or conduit, no such granule, fewer bits of
 *                            addresses than the maps have. `why` says which
 *   host     TRANS_EFAULT    phys_to_virt refused a page of the blob
 */
int trans_transition_here(struct trans_transition *transition,
			  struct trans_error *err);

/*
 * Have the host leave, and go. Never returns. When leave fails the blob writes
 * TRANS_STAGE_NOT_QUIET and the reason to the report page, says it on the UART,
 * and does what args.on_failure says. Must follow a successful ask; without one
 * the CPU stays here for ever, and nothing is touched.
 */
__attribute__((noreturn)) void trans_transition_go(
	const struct trans_transition *transition);

/*
 * The end of every other CPU. The host's leave callback has each of them call
 * this, on its own stack, and then confirms with trans_cpus_off (quiesce.h)
 * before it returns. The CPU is silenced as by go, enters the alias
 * (alias_enter is called on it), and switches itself off through the conduit,
 * from the blob's safe pages with its MMU off. Where the firmware refuses it
 * stays there, masked; then leave must fail. Nothing in this library starts it
 * again.
 */
__attribute__((noreturn)) void trans_transition_park(
	const struct trans_transition *transition);

/* Give everything back; where it was asked, unask first. A zeroed struct is
 * fine. */
void trans_transition_cancel(struct trans_transition *transition);

/* Bytes of the control blob (vectors, code and read-only data) in its pages. */
size_t trans_blob_size(void);

TRANS_END_DECLS

#endif
