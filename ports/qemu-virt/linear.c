/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "linear.h"

uint64_t linear_offset;
