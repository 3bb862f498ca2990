/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Included before anything else when lz4.c is compiled: blocks only, and
 * nothing from a C library (LZ4_FREESTANDING, from 1.9.4 on). The copy that
 * librdkafka carries is older and allocates with functions of its own, which
 * are nowhere; nothing here calls what would.
 */
#ifndef PORTS_LZ4_CONFIG_H
#define PORTS_LZ4_CONFIG_H

#include <trans_table/env.h>

#define LZ4_FREESTANDING 1
#define LZ4_HEAPMODE 0
#define LZ4_memcpy(to, from, len) __builtin_memcpy(to, from, len)
#define LZ4_memmove(to, from, len) __builtin_memmove(to, from, len)
#define LZ4_memset(to, byte, len) __builtin_memset(to, byte, len)

#pragma weak rd_kafka_mem_malloc
#pragma weak rd_kafka_mem_calloc
#pragma weak rd_kafka_mem_free

#endif
