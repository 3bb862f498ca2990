// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * Tests of the command trans, up to where a machine would be left
 *
 * The library runs on its own fake of an arm64 CPU, whose registers are set
 * here, with U-Boot's memory map, device tree and fix-ups.
 */

#include <bootstd.h>
#include <command.h>
#include <cyclic.h>
#include <dm.h>
#include <env.h>
#include <malloc.h>
#include <mapmem.h>
#include <os.h>
#include <vsprintf.h>
#include <asm/global_data.h>
#include <asm/unaligned.h>
#include <dm/device-internal.h>
#include <linux/sizes.h>
#if !COMPAT_SUITE_LIST
#include <test/suites.h>
#endif
#include <test/ut.h>

#include "lib/machine/arch/fake/fake.h"

DECLARE_GLOBAL_DATA_PTR;

#if COMPAT_SUITE_LIST
#define TRANS_TEST(_name)	UNIT_TEST(_name, UTF_CONSOLE, trans)
#else
#define TRANS_TEST(_name)	UNIT_TEST(_name, UTF_CONSOLE, trans_test)
#endif

/* A kernel of 64 KiB that needs 2 MiB, and an initrd of 4 KiB */
#define KERNEL		0x2000000
#define KERNEL_LEN	0x10000
#define KERNEL_NEEDS	0x200000
#define INITRD		0x3000000
#define KERNEL_WORDS	"2000000:10000"
#define FILES		KERNEL_WORDS " 3000000:1000"

/* A disk of the host's */
#define ASLEEP		"trans-asleep.img"

/* The header of an Image (Linux, Documentation/arch/arm64/booting.rst) */
#define IMAGE_SIZE	16
#define IMAGE_FLAGS	24
#define IMAGE_MAGIC	56
#define FLAG_4K		BIT(1)
#define FLAG_ANYWHERE	BIT(3)

static void put_kernel(ulong addr)
{
	u8 *head = map_sysmem(addr, KERNEL_LEN);

	memset(head, '\x5a', KERNEL_LEN);
	memset(head, '\0', 64);
	put_unaligned_le64(KERNEL_NEEDS, head + IMAGE_SIZE);
	put_unaligned_le64(FLAG_4K | FLAG_ANYWHERE, head + IMAGE_FLAGS);
	memcpy(head + IMAGE_MAGIC, "ARM\x64", 4);
	unmap_sysmem(head);
}

/* A CPU at this exception level, with the MMU off and 44 bits of address */
static void begin(unsigned int level)
{
	fake_arch_reset();
	fake_arch.reg[TRANS_CURRENTEL] = level << 2;
	fake_arch.reg[TRANS_ID_AA64MMFR0] = 4;
	put_kernel(KERNEL);
	memset(map_sysmem(INITRD, 0x1000), '\xa5', 0x1000);
}

/* Who is refused sees why; the CPU was asked to clean caches at most */
static int refused(struct unit_test_state *uts, const char *command,
		   const char *why)
{
	int i;

	ut_asserteq(1, run_command(command, 0));
	ut_assert_skip_to_linen(why);
	for (i = 0; i < fake_arch.count; i++)
		ut_asserteq(FAKE_CLEAN, fake_arch.log[i].what);

	return 0;
}

static int trans_test_words(struct unit_test_state *uts)
{
	static const char *const wrong[] = {
		"trans", "trans kexec", "trans plan zz", "trans plan 2000000:0",
		"trans plan -k 1000 2000000", "trans plan -x 2000000",
		"trans plan 2000000 3000000", "trans plan 2000000 - 1:2",
		"trans plan 2000000 - 0 0", "trans resume", "trans resume host",
		"trans resume host 0:1 1z", "trans resume -s 1000 host 0:1",
		"trans discard host", "trans map 0 0",
	};
	int i;

	begin(2);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		ut_asserteq(1, run_command(wrong[i], 0));
		ut_assert_skip_to_line("Usage:");
		console_record_reset();
	}

	return 0;
}

TRANS_TEST(trans_test_words);

/* Where it is, if it may run there */
static int trans_test_stays(struct unit_test_state *uts)
{
	begin(2);
	ut_assertok(run_command("trans plan " FILES, 0));
	ut_assert_nextline("   Kernel      stays at 02000000, 10000 bytes");
	ut_assert_nextlinen("   Initrd      ");
	ut_assert_nextlinen("   Device tree ");
	ut_assert_nextline("   U-Boot stays untouched");
	ut_assert_skip_to_linen("proof holds");

	return 0;
}

TRANS_TEST(trans_test_stays);

/* An Image begins at a multiple of 2 MiB */
static int trans_test_moves(struct unit_test_state *uts)
{
	begin(1);
	put_kernel(KERNEL + 0x1000);
	ut_assertok(run_command("trans plan 2001000:10000", 0));
	ut_assert_nextlinen("   Kernel      02001000 -> ");
	ut_assert_skip_to_linen("proof holds");

	return 0;
}

TRANS_TEST(trans_test_moves);

/* What is no device tree */
static int trans_test_tree(struct unit_test_state *uts)
{
	begin(2);
	ut_asserteq(1, run_command("trans plan 2000000 - 2000000", 0));
	ut_assert_nextlinen("trans plan: TRANS_EFDT: there is none");

	return 0;
}

TRANS_TEST(trans_test_tree);

static int trans_test_refusals(struct unit_test_state *uts)
{
	char command[40];

	begin(3);
	ut_assertok(refused(uts, "trans plan " FILES,
			    "trans plan: TRANS_EINVAL: U-Boot runs at EL3"));
	begin(2);
	memset(map_sysmem(KERNEL, 64), '\0', 64);
	ut_assertok(refused(uts, "trans plan " FILES, "trans plan: "));
	ut_assertok(refused(uts, "trans plan 2000000",
			    "trans plan: TRANS_EINVAL: no plain Image"));
	begin(2);
	snprintf(command, sizeof(command), "trans plan %lx:10000",
		 (ulong)gd->start_addr_sp);
	ut_assertok(refused(uts, command, "trans plan: TRANS_EOVERLAP"));

	return 0;
}

TRANS_TEST(trans_test_refusals);

/* All but the end, which a sandbox has none of: it goes on as before */
static int trans_test_kexec(struct unit_test_state *uts)
{
	begin(2);
	ut_assertok(refused(uts, "trans kexec " FILES,
			    "trans kexec: TRANS_ESTATE: this is the sandbox"));

	return 0;
}

TRANS_TEST(trans_test_kexec);

static int trans_test_no_disk(struct unit_test_state *uts)
{
	begin(2);
	ut_assertok(env_set("trans_resume", "none"));
	ut_assertok(refused(uts, "trans plan resume host 7:1",
			    "trans plan: TRANS_ENOENT: disk or partition"));
	ut_asserteq_str("refused", env_get("trans_resume"));
	ut_assertok(env_set("trans_resume", NULL));

	return 0;
}

TRANS_TEST(trans_test_no_disk);

/* A swap space that says Linux is asleep there; nothing else of it is true */
static int put_asleep(struct unit_test_state *uts)
{
	u8 *page = calloc(1, SZ_64K);

	ut_assertnonnull(page);
	memcpy(page + SZ_4K - 20, "SWAPSPACE2S1SUSPEND", 20);
	ut_assertok(os_write_file(ASLEEP, page, SZ_64K));
	free(page);

	return run_command("host bind 0 " ASLEEP, 0);
}

/* What is refused ends the scan: nothing else is booted */
static int scans(struct unit_test_state *uts)
{
	ut_assertok(put_asleep(uts));
	console_record_reset();
	ut_asserteq(1, run_command("bootflow scan -b", 0));
	ut_assert_skip_to_line("** Booting bootflow 'asleep on host 0:0' with hibernate_global");
	ut_assert_skip_to_line("Nothing is booted over it. To give it up: trans discard host 0:0");
	ut_assert_nextline("Boot failed (err=-125)");
	ut_assert_console_end();
	ut_asserteq_str("refused", env_get("trans_resume"));

	/* Nor by an answer that was there, and cannot be taken away */
	ut_assertok(env_set("trans_resume", "none"));
	ut_assertok(env_set(".flags", "trans_resume:sr"));
	ut_asserteq(1, run_command("bootflow scan -b", 0));
	ut_assert_skip_to_line("Boot failed (err=-125)");
	ut_assert_console_end();

	return 0;
}

static ulong served;

static void count(struct cyclic_info *c)
{
	served++;
}

/* How often a watchdog would have been served, however soon it bites */
static ulong served_by(const char *command)
{
	struct cyclic_info watchdog;

	served = 0;
	cyclic_register(&watchdog, count, 0, "trans_test");
	run_command(command, 0);
	cyclic_unregister(&watchdog);

	return served;
}

/* With each MiB that is hashed, and each piece of a disk */
static int trans_test_watchdog(struct unit_test_state *uts)
{
	ulong much, little;

	if (!IS_ENABLED(CONFIG_CYCLIC))
		return -EAGAIN;
	begin(2);
	much = served_by("trans kexec " KERNEL_WORDS " 3000000:801000");
	little = served_by("trans kexec " FILES);
	ut_assert(much >= little + 8);

	/* Whoever gives an image up reads twice after its header */
	ut_assertok(put_asleep(uts));
	much = served_by("trans discard -f host 0:0");
	little = served_by("trans discard -f host 0:0");
	ut_assert(much >= little + 2);
	run_command("host unbind 0", 0);
	os_unlink(ASLEEP);
	ut_assertok(env_set("trans_resume", NULL));
	console_record_reset();

	return 0;
}

TRANS_TEST(trans_test_watchdog);

/* A later test finds nothing of this one, however it ends */
static int trans_test_scan(struct unit_test_state *uts)
{
	const struct driver *drv = DM_DRIVER_GET(bootmeth_0hibernate_global);
	static const char name[] = "hibernate_global";
	struct udevice *bootstd, *meth, *ours = NULL;
	int ret;

	begin(2);
	ut_assertok(uclass_first_device_err(UCLASS_BOOTSTD, &bootstd));
	if (uclass_get_device_by_name(UCLASS_BOOTMETH, name, &meth))
		ut_assertok(device_bind(bootstd, drv, name, 0, ofnode_null(),
					&ours));
	ret = scans(uts);
	env_set(".flags", NULL);
	env_set("trans_resume", NULL);
	run_command("host unbind 0", 0);
	os_unlink(ASLEEP);
	bootstd_clear_glob();
	if (ours) {
		ut_assertok(device_remove(ours, DM_REMOVE_NORMAL));
		ut_assertok(device_unbind(ours));
	}

	return ret;
}

TRANS_TEST(trans_test_scan);

#if !COMPAT_SUITE_LIST

int do_ut_trans(struct cmd_tbl *cmdtp, int flag, int argc, char *const argv[])
{
	struct unit_test *tests = UNIT_TEST_SUITE_START(trans_test);
	const int n_ents = UNIT_TEST_SUITE_COUNT(trans_test);

	return cmd_ut_category("trans", "trans_test_", tests, n_ents, argc,
			       argv);
}

#endif
