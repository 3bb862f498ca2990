/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Names that hosts' basic headers take (Linux's and U-Boot's kernel.h, U-Boot's
 * stdio.h and what some boards' config headers pull in, a C library's): every
 * source of the library is compiled behind this by `make lint`, so that a
 * private name of ours that is one of theirs is found without their boards.
 * Names only; none of it runs.
 */
#ifndef TRANS_TESTS_NAMES_H
#define TRANS_TESTS_NAMES_H

#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#define ALIGN(x, a) (((x) + (a) - 1) / (a) * (a))
#define ALIGN_DOWN(x, a) ((x) / (a) * (a))
#define IS_ALIGNED(x, a) ((x) % (a) == 0)
#define PTR_ALIGN(p, a) (p)
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define GENMASK(h, l) (~0UL >> (63 - (h)) & ~0UL << (l))
#define FIELD_GET(mask, reg) (((reg) & (mask)) / ((mask) & -(mask)))
#define FIELD_PREP(mask, value) ((value) * ((mask) & -(mask)))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define DIV_ROUND_CLOSEST(x, d) (((x) + (d) / 2) / (d))
#define ROUND(a, b) (((a) + (b) - 1) & ~((b) - 1))
#define PAD_COUNT(s, pad) (((s) - 1) / (pad) + 1)
#define round_up(x, y) (((x) + (y) - 1) / (y) * (y))
#define round_down(x, y) ((x) / (y) * (y))
#define roundup(x, y) (((x) + (y) - 1) / (y) * (y))
#define rounddown(x, y) ((x) / (y) * (y))
#define min(x, y) ((x) < (y) ? (x) : (y))
#define max(x, y) ((x) > (y) ? (x) : (y))
#define min3(x, y, z) min(x, min(y, z))
#define max3(x, y, z) max(x, max(y, z))
#define min_t(t, x, y) min((t)(x), (t)(y))
#define max_t(t, x, y) max((t)(x), (t)(y))
#define min_not_zero(x, y) ((x) ? (x) : (y))
#define clamp(v, lo, hi) min(max(v, lo), hi)
#define clamp_t(t, v, lo, hi) min_t(t, max_t(t, v, lo), hi)
#define clamp_val(v, lo, hi) clamp(v, lo, hi)
#define swap(a, b) do { (a) ^= (b); (b) ^= (a); (a) ^= (b); } while (0)
#define abs(x) ((x) < 0 ? -(x) : (x))
#define container_of(p, type, member) ((type *)(p))
#define upper_32_bits(n) ((unsigned int)((n) >> 32))
#define lower_32_bits(n) ((unsigned int)(n))
#define typecheck(type, x) 1
#define likely(x) (x)
#define unlikely(x) (x)
#define barrier() do { } while (0)
#define mb() do { } while (0)
#define rmb() do { } while (0)
#define wmb() do { } while (0)
#define isb() do { } while (0)
#define dsb() do { } while (0)
#define dmb() do { } while (0)
#define nop() do { } while (0)
#define cpu_to_le32(x) (x)
#define cpu_to_be32(x) (x)
#define le32_to_cpu(x) (x)
#define be32_to_cpu(x) (x)
#define readl(p) (*(volatile unsigned int *)(p))
#define writel(v, p) (*(volatile unsigned int *)(p) = (v))
#define BUG() do { } while (0)
#define BUG_ON(x) do { } while (0)
#define WARN_ON(x) (x)
#define pr_err(...) do { } while (0)
#define pr_info(...) do { } while (0)
#define debug(...) do { } while (0)
#define assert(x) do { } while (0)
#define error(...) do { } while (0)
#define U8_MAX 255
#define U16_MAX 65535
#define U32_MAX (~0U)
#define U64_MAX (~0ULL)
#define KB 1024
#define MB (1024 * 1024)
#define SZ_4K 0x1000
#define SZ_64K 0x10000
#define SZ_2M 0x200000
#define SZ_1G 0x40000000
#define PAGE_SIZE 0x1000
#define PAGE_SHIFT 12
#define PAGE_MASK (~0xfffUL)
#define HZ 1000
#define linux 1
#define unix 1

int printf(const char *format, ...);
int sprintf(char *to, const char *format, ...);
int puts(const char *text);
int putc(int c);
int putchar(int c);
int getc(void);
int getchar(void);
int tstc(void);
int ctrlc(void);
void flush(void);
void hang(void);
void reset(void);
void panic(const char *format, ...);
void udelay(unsigned long us);
void mdelay(unsigned long ms);
void reset_cpu(void);
long read(int file, void *to, unsigned long len);
long write(int file, const void *from, unsigned long len);
int close(int file);
long time(long *to);
unsigned int sleep(unsigned int s);
int getopt(int count, char *const words[], const char *letters);
unsigned long simple_strtoul(const char *text, char **end, unsigned int base);
void *malloc(unsigned long len);
void free(void *memory);
int rand(void);
void sort(void *base, unsigned long n, unsigned long size);
int fls(unsigned int x);
int ffs(int x);
int fls64(unsigned long long x);
int ilog2(unsigned long x);
int hweight32(unsigned int x);
unsigned int crc32(unsigned int crc, const unsigned char *p, unsigned int len);
int test_bit(int n, const void *at);
void set_bit(int n, void *at);
void clear_bit(int n, void *at);
unsigned int get_cr(void);
void set_cr(unsigned int cr);
unsigned int current_el(void);
void dcache_enable(void);
void flush_cache(unsigned long start, unsigned long len);
void invalidate_icache_all(void);
void smp_kick_all_cpus(void);
int isdigit(int c);
int isprint(int c);
int toupper(int c);

#endif
