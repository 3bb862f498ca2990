/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The kernel's log, from Linux 5.10 on: a ring of descriptors, one of infos
 * beside it, and a ring of bytes with the texts. Where everything is in these
 * structs VMCOREINFO says.
 *
 * Linux, kernel/printk/printk_ringbuffer.[ch], Documentation/admin-guide/kdump/
 * gdbmacros.txt.
 */
#include "hibernate/saved/private.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/* Of 2^18 messages of a log of 8 MiB, or of more bytes in the ring. */
#define MOST_COUNT_BITS 22u
#define MOST_SIZE_BITS 31u
/* The longest that anybody asks for. */
#define MOST_TEXT 256u
/* What a message costs, and what each byte of it, which is looked at for all
 * that it may say, beside the bytes themselves. */
#define MESSAGE_EFFORT 1024u
#define TEXT_EFFORT 3u

/* A descriptor's state, above its number: whole or not (enum desc_state). */
#define STATE_SHIFT 62u
#define STATE_COMMITTED 1u
#define STATE_FINALIZED 2u
/* A place in the ring of texts that is none has bit 0 set; a text has its
 * descriptor's number before it. */
#define NO_TEXT 1u
#define TEXT_HEAD 8u

/* Where what is: bytes from the start of each struct, by these names. */
enum field {
	RB_DESCS, RB_TEXTS,
	RING_COUNT, RING_DESCS, RING_INFOS, RING_HEAD, RING_TAIL,
	DESC_STATE, DESC_TEXT, BLOCK_BEGIN, BLOCK_NEXT,
	INFO_NS, INFO_LEN, INFO_CALLER,
	DATA_SIZE, DATA_BYTES,
	DESC_EACH, INFO_EACH,
	FIELDS,
};

static const char *const keys[FIELDS] = {
	[RB_DESCS] = "OFFSET(printk_ringbuffer.desc_ring)",
	[RB_TEXTS] = "OFFSET(printk_ringbuffer.text_data_ring)",
	[RING_COUNT] = "OFFSET(prb_desc_ring.count_bits)",
	[RING_DESCS] = "OFFSET(prb_desc_ring.descs)",
	[RING_INFOS] = "OFFSET(prb_desc_ring.infos)",
	[RING_HEAD] = "OFFSET(prb_desc_ring.head_id)",
	[RING_TAIL] = "OFFSET(prb_desc_ring.tail_id)",
	[DESC_STATE] = "OFFSET(prb_desc.state_var)",
	[DESC_TEXT] = "OFFSET(prb_desc.text_blk_lpos)",
	[BLOCK_BEGIN] = "OFFSET(prb_data_blk_lpos.begin)",
	[BLOCK_NEXT] = "OFFSET(prb_data_blk_lpos.next)",
	[INFO_NS] = "OFFSET(printk_info.ts_nsec)",
	[INFO_LEN] = "OFFSET(printk_info.text_len)",
	[INFO_CALLER] = "OFFSET(printk_info.caller_id)",
	[DATA_SIZE] = "OFFSET(prb_data_ring.size_bits)",
	[DATA_BYTES] = "OFFSET(prb_data_ring.data)",
	[DESC_EACH] = "SIZE(prb_desc)",
	[INFO_EACH] = "SIZE(printk_info)",
};

/* No struct of these is as large; and one of an array is this at most. */
#define MOST_OFFSET 4096u
#define MOST_RECORD 256u

/*
 * @head, @tail: numbers of the newest descriptor and of the oldest
 * @count_bits, @size_bits: log2 of how many descriptors, and bytes of text
 * @record: what was read of an array
 */
struct log {
	struct trans_saved *saved;
	uint16_t at[FIELDS];
	uint64_t descs, infos, head, tail, data, count_bits, size_bits;
	uint8_t record[MOST_RECORD];
	char text[MOST_TEXT];
};

/* Are 8 bytes there in a record? */
static bool fits(const struct log *log, unsigned int at, enum field each)
{
	return at + 8 <= log->at[each] && log->at[each] <= MOST_RECORD;
}

static bool all_fit(const struct log *log)
{
	unsigned int block = log->at[DESC_TEXT];

	return fits(log, log->at[DESC_STATE], DESC_EACH) &&
	       fits(log, block + log->at[BLOCK_BEGIN], DESC_EACH) &&
	       fits(log, block + log->at[BLOCK_NEXT], DESC_EACH) &&
	       fits(log, log->at[INFO_NS], INFO_EACH) &&
	       fits(log, log->at[INFO_LEN], INFO_EACH);
}

static bool take_fields(struct log *log)
{
	for (unsigned int i = 0; i < FIELDS; i++) {
		uint64_t value;

		if (trans_saved_number(log->saved, keys[i], &value, NULL) ||
		    value > MOST_OFFSET)
			return false;
		log->at[i] = (uint16_t)value;
	}
	return all_fit(log);
}

/* Number @index of an array. */
static bool read_record(struct log *log, trans_va_t array, uint64_t index,
			enum field each)
{
	return trans_saved_copy_(log->saved, array + index * log->at[each],
				 log->record, log->at[each]);
}

static uint64_t in_record(const struct log *log, unsigned int at)
{
	uint64_t value;

	memcpy(&value, log->record + at, sizeof(value));
	return value;
}

static bool load(const struct log *log, trans_va_t va, enum field field,
		 uint64_t *value)
{
	return trans_saved_load_(log->saved, va + log->at[field], 8, value);
}

/* prb is a pointer to the ring buffer in use. Its sizes are 32 bits. */
static bool take_rings(struct log *log)
{
	uint64_t prb, rb, descs, texts;

	if (trans_saved_number(log->saved, "SYMBOL(prb)", &prb, NULL) ||
	    !trans_saved_load_(log->saved, prb, 8, &rb))
		return false;
	descs = rb + log->at[RB_DESCS];
	texts = rb + log->at[RB_TEXTS];
	return trans_saved_load_(log->saved, descs + log->at[RING_COUNT], 4,
				 &log->count_bits) &&
	       trans_saved_load_(log->saved, texts + log->at[DATA_SIZE], 4,
				 &log->size_bits) &&
	       log->count_bits <= MOST_COUNT_BITS &&
	       log->size_bits <= MOST_SIZE_BITS &&
	       load(log, descs, RING_DESCS, &log->descs) &&
	       load(log, descs, RING_INFOS, &log->infos) &&
	       load(log, descs, RING_HEAD, &log->head) &&
	       load(log, descs, RING_TAIL, &log->tail) &&
	       load(log, texts, DATA_BYTES, &log->data);
}

/* A text, cut to what is asked for. Where it would go beyond the end of the
 * ring, it is at the start as a whole. */
static bool take_text(struct log *log, uint64_t begin, uint64_t next,
		      uint64_t *len)
{
	uint64_t size = 1ULL << log->size_bits, at = begin & (size - 1), end;

	if (begin & NO_TEXT || next & NO_TEXT || next - begin > size)
		return false;
	if (begin >> log->size_bits != next >> log->size_bits &&
	    next & (size - 1))
		at = 0;
	end = next & (size - 1) ? next & (size - 1) : size;
	if (end < at + TEXT_HEAD)
		return false;
	*len = trans_least(*len, end - at - TEXT_HEAD);
	*len = trans_least(*len, MOST_TEXT);
	return trans_saved_spend_(log->saved, *len * TEXT_EFFORT) &&
	       trans_saved_copy_(log->saved, log->data + at + TEXT_HEAD,
				 log->text, *len);
}

/* The facility is between the length of the text and caller_id. A program's
 * message has another one than the kernel's, 0 (devkmsg_write). */
static bool take_info(struct log *log, uint64_t index, uint64_t *len,
		      struct trans_saved_message *what)
{
	uint64_t text;

	if (!read_record(log, log->infos, index, INFO_EACH))
		return false;
	text = in_record(log, log->at[INFO_LEN]);
	what->ns = in_record(log, log->at[INFO_NS]);
	what->own = log->at[INFO_CALLER] == log->at[INFO_LEN] + 4 &&
		    !(text >> 16 & 0xff);
	*len = text & 0xffff;
	return true;
}

/* Message @id, if it is there and whole. */
static bool take_message(struct log *log, uint64_t id,
			 struct trans_saved_message *what)
{
	uint64_t index = id & ((1ULL << log->count_bits) - 1);
	unsigned int block = log->at[DESC_TEXT];
	uint64_t state, begin, next, len;

	if (!read_record(log, log->descs, index, DESC_EACH))
		return false;
	state = in_record(log, log->at[DESC_STATE]);
	begin = in_record(log, block + log->at[BLOCK_BEGIN]);
	next = in_record(log, block + log->at[BLOCK_NEXT]);
	if (state << 2 != id << 2 ||
	    (state >> STATE_SHIFT != STATE_COMMITTED &&
	     state >> STATE_SHIFT != STATE_FINALIZED) ||
	    !take_info(log, index, &len, what) ||
	    !take_text(log, begin, next, &len))
		return false;
	what->text = log->text;
	what->len = (size_t)len;
	return true;
}

static int go_through(struct log *log, trans_saved_message_fn put, void *arg)
{
	uint64_t count = 1ULL << log->count_bits;
	int ret = 0;

	for (uint64_t id = log->tail; !ret && count; id++, count--) {
		struct trans_saved_message what;

		if (!trans_saved_spend_(log->saved, MESSAGE_EFFORT))
			break;
		if (take_message(log, id, &what))
			ret = put(arg, &what);
		if (id << 2 == log->head << 2)
			break;
	}
	return ret;
}

int trans_saved_log(struct trans_saved *saved, trans_saved_message_fn put,
		    void *arg, struct trans_error *err)
{
	struct log log = { .saved = saved };
	bool there = take_fields(&log) && take_rings(&log);
	int ret = there ? go_through(&log, put, arg) : 0;

	return ret ? ret : trans_saved_answer_(saved, there,
					       "no log in the image", err);
}
