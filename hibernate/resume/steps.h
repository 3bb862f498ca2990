/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the steps of a load end, in thousandths of its work, as the host's
 * progress hears it: what an image of some hundred MiB costs. Who measures a
 * load by its progress knows by these which step goes on.
 */
#ifndef TRANS_HIBERNATE_RESUME_STEPS_H
#define TRANS_HIBERNATE_RESUME_STEPS_H

enum tr_step_end {
	TR_LOOKED = 5,
	TR_OPENED = 10,
	TR_NUMBERED = 70,
	TR_PLACED = 150,
	TR_TRIED = 180,
	TR_DATA_READ = 850,
	TR_EFI_CHECKED = 920,
	TR_ENTRY_FOUND = 940,
	TR_ASKED = 960,
	TR_PREPARED = 990,
	TR_WORK_ALL = 1000,
};

#endif
