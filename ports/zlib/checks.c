/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * zlib's two sums, for a host that counts bytes: instead of its crc32.c and
 * adler32.c, beside trans_gunzip and the library's own CRC (swsusp.h). gzip has
 * no Adler-32, and trans_gunzip takes nothing else.
 */
#include <zlib.h>

#include <trans_table/swsusp.h>

uLong crc32(uLong crc, const Bytef *buf, uInt len)
{
	return buf ? ~trans_crc32(~(uint32_t)crc, buf, len) & 0xffffffff : 0;
}

uLong adler32(uLong adler, const Bytef *buf, uInt len)
{
	(void)buf;
	(void)len;
	return adler;
}
