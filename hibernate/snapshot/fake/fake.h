/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The context of a snapshot on a test's host: nothing is saved, and the test
 * says whether the call returns as the world that writes the image, or as the
 * one that has come back.
 */
#ifndef TRANS_HIBERNATE_SNAPSHOT_FAKE_FAKE_H
#define TRANS_HIBERNATE_SNAPSHOT_FAKE_FAKE_H

#include <trans_table/env.h>

/* @resumes: the next calls return as if resumed; @calls: so far; @flags: what
 * the context said of the CPU */
struct fake_snapshot {
	bool resumes;
	unsigned int calls;
	uint64_t flags;
};
extern struct fake_snapshot fake_snapshot;

/* What the fake writes into the context, to be found in the image. */
#define FAKE_CONTEXT 0x7478657465747874ULL
#define FAKE_WAY_BACK_LEN 640
#define FAKE_WAY_BACK_BYTE 0xc0

#endif
