/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Which trans_table this is: what CHANGELOG.md calls it, pkg-config's Version,
 * and what its programs answer to --version.
 */
#ifndef TRANS_TABLE_VERSION_H
#define TRANS_TABLE_VERSION_H

/* major.minor.patch (Semantic Versioning 2.0.0) */
#define TRANS_TABLE_VERSION "0.1.0"

#endif
