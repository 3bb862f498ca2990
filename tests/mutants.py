#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make mutants: known bugs, put in one by one; do the unit tests notice?

Each mutant is one small wrong edit of lib/, trans/ or hibernate/ of a kind that shipped
somewhere once, in a copy of the sources under build/mutants/. The unit tests of
the core must fail on it (a test program that dies, or does not end, has
noticed too). The copy without an edit must pass."""
import argparse
import concurrent.futures
import glob
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
DIR = 'build/mutants'
# Without sanitizers but UBSan's traps: many builds, each run once.
CC = ['gcc', '-std=gnu11', '-O1', '-g', '-fno-common', '-w', '-Iinclude',
      '-I.', '-fsanitize=undefined', '-fsanitize-undefined-trap-on-error']
CORE = ['test_table', 'test_edges', 'test_operations', 'test_copy',
        'test_walker', 'test_geometry', 'test_inspect']
SNAPSHOT = ['test_snapshot', 'test_snapshot_faults']
RESUME = ['test_resume', 'test_resume_refuse', 'test_resume_find']
SWSUSP = ['test_swsusp', 'test_swsusp_hostile', 'test_swsusp_once']
SETS = {'lib/moves.c': ['test_moves', 'test_edges'],
        'lib/ranges.c': ['test_ranges'],
        'lib/pool.c': ['test_pool'],
        'lib/gic_resume.c': ['test_gic_resume'],
        'trans/world.c': ['test_world'], 'trans/passage.c': ['test_world'],
        'trans/far.c': ['test_reach'], 'trans/maps.c': ['test_reach'],
        'trans/proof.c': ['test_transition', 'test_world', 'test_reach'],
        **{f'hibernate/snapshot{part}.c': SNAPSHOT
           for part in ('', '_plan', '_write', '_commit')},
        **{f'hibernate/{part}.c': RESUME
           for part in ('resume', 'pages', 'carve', 'place', 'load', 'enter',
                        'find', 'tables', 'prove', 'print')},
        'hibernate/crc32.c': ['test_swsusp_crc'],
        'hibernate/swsusp_clear.c': ['test_swsusp_once'],
        **{f'hibernate/swsusp_{part}.c': SWSUSP
           for part in ('open', 'map', 'read')},
        'hibernate/snapshot.h': SNAPSHOT,
        'trans/tcr.c': ['test_geometry', *CORE],
        'trans/geometry.c': ['test_geometry', *CORE]}
TIMEOUT = 120

# (name, file, text that occurs once, its replacement)
MUTANTS = [
    # What Linux's trans_pgd got wrong.
    ('MKWRITE does not set bit 51', 'trans/attr.c',
     '\t\tedit.set |= LEAF_DBM;\n', ''),
    ('MKWRITE does not clear bit 7', 'trans/attr.c',
     '\t\tedit.clear |= LEAF_READONLY;\n', ''),
    ('MKWRITE leaves hierarchical read-only', 'trans/source.c',
     'item->attributes = tt_edit_apply(b->edit, a);',
     'item->attributes = tt_inherit(side->attributes, '
     'tt_edit_apply(b->edit, a));'),
    ('hierarchical attributes forgotten', 'trans/source.c',
     'a = tt_inherit(side->attributes, a);', ''),
    ('hierarchical attributes of one level only', 'trans/source.c',
     'side->attributes |= tt_inheritance', 'side->attributes = tt_inheritance'),
    ('MKVALID only at level 3', 'trans/source.c',
     'if (!d.v || !(b->flags & TRANS_MKVALID))',
     'if (!d.v || b->level < 3 || !(b->flags & TRANS_MKVALID))'),
    ('invalid entry with a table pointer revived', 'trans/source.c',
     ' ||\n\t    (b->level < 3 && d->v & DESC_TYPE) ||', ' ||'),
    ('invalid table entry is followed', 'trans/desc.h',
     '\tif (!(d.v & DESC_VALID))\n\t\treturn DESC_EMPTY;\n',
     '\tif (!(d.v & DESC_KIND))\n\t\treturn DESC_EMPTY;\n'),
    ('pfn_valid for the first page of a block', 'trans/source.c',
     'item->pa, 1ULL << b->shift)', 'item->pa, geo_granule(geo))'),
    ('pfn_valid for all but the end of a run', 'trans/source.c',
     '(i - vouched) * run.step)', '(i - vouched) * run.step / 2)'),
    ('revived like one with other attributes', 'trans/source.c',
     '(d.v ^ like->raw.v) & ~address_bits(b) ||', ''),
    ('nG not as the rule says', 'trans/source.c',
     'd->v &= ~LEAF_NG;', ';'),
    ('contiguous bit always kept', 'trans/attr.c',
     'struct edit edit = { LEAF_CONT | LEAF_SOFTWARE, 0 };',
     'struct edit edit = { LEAF_SOFTWARE, 0 };'),
    ('a whole group swallowed by the run before it', 'trans/source.c',
     'if (b->flags & TRANS_KEEPCONT && most > group)',
     'if (0 && most > group)'),
    ('contiguous bit kept in an uneven group', 'trans/source.c',
     'log && count == 1u << log && count == to_group_end(b) &&', ''),
    ('contiguous group changed in part', 'trans/host.c',
     '\twiden_to_groups(b, f);\n', ''),
    ('watched pages not zeroed', 'trans/pages.c',
     '\t\tmemset(*page, 0, len);\n', '\t\t;\n'),
    ('the end of a page not zeroed', 'trans/build.c',
     'store_run(b, f, f->end,', 'store_run(b, f, f->end + 1,'),
    ('the beginning of a page not zeroed', 'trans/build.c',
     'store_run(b, f, 0, f->next, run);',
     'store_run(b, f, run.v ? 0 : f->next, f->next, run);'),
    ('holes not zeroed', 'trans/source.c', '\tfill(out, count, 0, 0);\n', ''),
    ('pages leak when an operation fails', 'trans/host.c',
     'if (ret)\n\t\troll_back(b, first);\n\telse\n', 'if (!ret)\n'),
    ('page leaks when acquire refuses', 'trans/pages.c',
     '\tif (ret)\n\t\tops->free(table->ctx, shift, 1, *pa);\n', ''),
    ('shared tables are freed', 'trans/pages.c',
     '\t       !(d.v & TABLE_BORROWED) &&\n\t       !(v->keep',
     '\t       !(v->keep'),
    ('shared tables are written', 'trans/host.c',
     '\t       !(d.v & TABLE_BORROWED) &&\n\t       extent_of',
     '\t       extent_of'),
    ('fold across a difference', 'trans/build.c',
     'return run_bits(b, d) == f->run + ((uint64_t)f->next << b->shift);',
     'return !((d.v ^ (f->run + ((uint64_t)f->next << b->shift))) & '
     '~LEAF_READONLY);'),
    ('collision ignored', 'trans/build.c',
     'if (!(b->flags & TRANS_UPGRADE) || !agrees(b))\n'
     '\t\treturn COLLIDE;', ''),
    # Formats and regimes.
    ('block at an address not aligned to it', 'trans/build.c',
     ' &&\n\t       !(pa & low_mask(geo_shift(geo, level)));', ';'),
    ('512 GiB block without DS', 'trans/geometry.c',
     'level == 1 || (level == 0 && geo->ds)', 'level >= 0'),
    ('TG1 numbered like TG0', 'trans/tcr.c',
     'tg1s[] = { 0, 14, 12, 16 }', 'tg1s[] = { 12, 16, 14, 0 }'),
    ('LPA address bits lost', 'trans/desc.h',
     'return (pa & low_mask(48)) | ((pa >> 48) & 0xf) << 12;',
     'return pa & low_mask(48);'),
    ('DS: shareability written over the address', 'trans/attr.c',
     'if (normal && !table->geo.ds)', 'if (normal)'),
    ('DS: shareability copied over the address', 'trans/attr.c',
     '\tif (to->ds)\n\t\treturn attributes & ~LEAF_SH;\n', ''),
    ('index of the upper half unmasked', 'trans/desc.h',
     'return (unsigned int)(va >> geo_shift(geo, level)) &\n'
     '\t       (geo_entries(geo, level) - 1);',
     'return (unsigned int)(va >> geo_shift(geo, level)) &\n'
     '\t       ((1u << geo_stride(geo)) - 1);'),
    ('no level -1', 'trans/geometry.c',
     '.start_level = (int8_t)(3 - (int)below),',
     '.start_level = (int8_t)(below > 3 ? 0 : 3 - (int)below),'),
    ('permission indirection ignored', 'trans/attr.c',
     '\tif (table->indirect)\n\t\tindirect_permissions',
     '\tif (0)\n\t\tindirect_permissions'),
    ('52-bit TTBR not shuffled', 'trans/tcr.c',
     'return (root & low_mask(48)) | (root >> 48) << 2;', 'return root;'),
    ('PXN of two halves written for EL2', 'trans/attr.c',
     'edit.set |= LEAF_XN | (one_range(geo) ? 0 : LEAF_PXN);',
     'edit.set |= LEAF_PXN;'),
    ('access flag ignored', 'trans/lookup.c',
     '!table->accessed &&\n\t    !(at->d.v & LEAF_AF))', '0)'),
    ('output beyond the address size accepted', 'trans/desc.h',
     'return pa >> geo->pa_bits == 0;', 'return pa >> 52 == 0 && geo;'),
    # lib
    ('moves: a move inside the spare not seen', 'lib/moves.c',
     'return first_a <= last_b && first_b <= last_a;',
     'return first_a <= first_b && first_b <= last_a;'),
    ('moves: joined although only one end fits', 'lib/moves.c',
     'return b->src == a->src + a->len && b->src > a->src;', 'return true;'),
    ('ranges: neighbours not merged', 'lib/ranges.c',
     'start ? start - 1 : 0', 'start'),
    ('ranges: the top of memory wraps', 'lib/ranges.c',
     'return len - 1 > UINT64_MAX - start;',
     'return len > UINT64_MAX - start;'),
    ('pool: first byte of a page decides', 'lib/pool.c',
     '!trans_ranges_touch(pool->forbidden, pa, len);',
     '!trans_ranges_touch(pool->forbidden, pa, 1);'),
    ('GIC resume: a line that is asserted is enabled', 'lib/gic_resume.c',
     '~(gic_read(gic, lines->pend + i / 8) |', '~(0u |'),
    ('GIC resume: the tick stays off', 'lib/gic_resume.c',
     'SGIS_AND_TIMERS 0x7c00ffffu', 'SGIS_AND_TIMERS 0xffffu'),
    ('GIC resume: routed without affinity routing', 'lib/gic_resume.c',
     'ctlr | GICD_CTLR_ARE);', 'ctlr);'),
    ('GIC resume: nobody waits for the redistributor', 'lib/gic_resume.c',
     'WAKER_CHILDREN_ASLEEP, 0,', '0, 0,'),
    # A world that is entered with its MMU on.
    ('world: vectors trap at EL2', 'trans/world.c',
     '(has_sve(cpu) ? 0 : CPTR_TZ)', 'CPTR_TZ'),
    ('world: pointer authentication traps at EL2', 'trans/world.c',
     '(has_pauth(cpu) ? HCR_API | HCR_APK : 0)', '0'),
    ("world: EL1's MMU left as it was", 'trans/world.c',
     '\tstep(&s, BLOB_SET_SCTLR_EL1, BLOB_SCTLR_OFF_EL1);\n', ''),
    ('world: DS on a CPU without LPA2', 'trans/world.c',
     'if (!(args->world->tcr & TCR_DS))', 'if (1)'),
    ("passage: this library's MAIR", 'trans/passage.c',
     '&geo, t->world.mair,', '&geo, 0,'),
    ('passage: may be overwritten', 'trans/proof.c',
     '\tif (!ret)\n\t\tret = table_pages(proof, &t->passage, piece);\n', ''),
    # Snapshots.
    ('a page partly lent is placed', 'hibernate/pages.c',
     'trans_ranges_contain(&resume->direct, pa, page)',
     'trans_ranges_touch(&resume->direct, pa, page)'),
    ('zero and stored pages are one stretch', 'hibernate/pages.c',
     'next.zero != stretch->zero ||', ''),
    ('banks numbered from 0 each', 'hibernate/pages.c',
     'start, end - start, map->units };', 'start, end - start, 0 };'),
    ('the last bit of a word is lost', 'hibernate/pages.c',
     'from += WORD_BITS - from % WORD_BITS;', 'from += WORD_BITS;'),
    ('a bounced page found one too far', 'hibernate/pages.c',
     '*now = move->src + (pa - move->dst);', '*now = move->src;'),
    ('pages side by side wherever they are', 'hibernate/pages.c',
     'next != now + room', 'false'),
    ('memory of the image is carved', 'hibernate/carve.c',
     'find_down(map, range->start, top, len, align, pa)',
     '(*pa = tr_round_down(top - len, align), false)'),
    ('carved, but not marked', 'hibernate/carve.c',
     'tr_mark(map, map->taken, *pa, len);', ''),
    ('freed, but not found again', 'hibernate/carve.c',
     'tr_unmark(&resume->map, resume->map.taken, pa, len);', ''),
    ('nothing is set aside for the blob', 'hibernate/place.c',
     'rc = set_aside(load);', ''),
    ('a gap is used twice', 'hibernate/place.c', '*gap += page;', ''),
    ('the block set aside is a gap', 'hibernate/place.c',
     '(pa + page <= block->start || block->start + block->len <= pa)',
     'true'),
    ('equal page numbers ascend', 'hibernate/place.c',
     'pfns->next = pfn + 1;', 'pfns->next = pfn;'),
    ('reserved pages are the image\'s', 'hibernate/place.c',
     'if (trans_ranges_touch(args->reserved, pa, page))', 'if (false)'),
    ('pages outside RAM are the image\'s', 'hibernate/place.c',
     '!trans_ranges_contain(args->ram, pa, page))', 'false)'),
    ('page numbers too large', 'hibernate/place.c',
     'pfn >= TR_PA_END >> resume->image.info.page_shift ||', ''),
    ('fewer page numbers than pages pass', 'hibernate/place.c',
     'if (pfns.stored != resume->image.info.data_pages)', 'if (false)'),
    ('more page numbers than pages pass', 'hibernate/place.c',
     'if (++pfns->stored > resume->image.info.data_pages)',
     'if (++pfns->stored > UINT64_MAX - 1)'),
    ('page numbers behind the end pass', 'hibernate/place.c',
     'if (pfns->ended)\n\t\treturn', 'if (false)\n\t\treturn'),
    ('zero pages keep what was there', 'hibernate/load.c',
     'memset(at, 0, stretch->len);', ';'),
    ('what is placed is not cleaned', 'hibernate/load.c',
     'resume->host->clean(resume->host_ctx, at, stretch->len);', ';'),
    ('room beyond a move\'s end', 'hibernate/load.c',
     'load->next = stretch.pa + len;', 'load->next = stretch.pa + stretch.len;'),
    ('any page size', 'hibernate/enter.c',
     'if (!(trans_cpu_granules(cpu) >> info->page_shift & 1))', 'if (false)'),
    ('affinity without Aff3', 'hibernate/enter.c', '0xff00ffffffULL',
     '0xffffffULL'),
    ('a stub at EL1 passes', 'hibernate/enter.c',
     'if (next_level(load) == 1 && info->stub)', 'if (false)'),
    ('VHE at EL1 passes', 'hibernate/enter.c', 'level == TR_LEVEL_VHE ?',
     'false ?'),
    ('EL1 at EL2 passes', 'hibernate/enter.c', 'if (level == TR_LEVEL_EL1)',
     'if (false)'),
    ('an unknown level passes', 'hibernate/enter.c',
     'if (level == TR_LEVEL_UNKNOWN)', 'if (false)'),
    ('the stub is forgotten', 'hibernate/enter.c', 'world->vbar_el2 = stub;',
     ''),
    ('at EL2 all the same', 'hibernate/enter.c', 'world->drop = stub != 0;',
     ''),
    ('the first of two entries', 'hibernate/find.c', 'if (count == 1)',
     'if (count)'),
    ('an entry for other tables', 'hibernate/find.c',
     'page == (ttbr1 & ~0xfffULL)', 'true'),
    ('a branch to another register', 'hibernate/find.c',
     '(0xd61f0000u | (load & 0x1f) << 5)', '(0xd61f0000u | 8 << 5)'),
    ('the function before belongs to it', 'hibernate/find.c',
     '!ends_flow(insn))', 'true)'),
    ('MOV X0, XZR is left out', 'hibernate/find.c', '*start = pa - 4;', ''),
    ('a negative branch goes forward', 'hibernate/find.c',
     '*target = pa + sign_extended(insn, 26) * 4;',
     '*target = pa + (insn & 0x3ffffff) * 4ULL;'),
    ('level by what follows the return', 'hibernate/find.c',
     'if (insn == INSN_RET)\n\t\t\treturn false;', ''),
    ('52 bits on any CPU', 'hibernate/tables.c',
     'wide && !trans_cpu_has_va52(cpu, granule)', 'false'),
    ('48 bits of a 52-bit root: the first', 'hibernate/tables.c',
     '((1024u - 64u) * 8u)', '0'),
    ('whatever code is there', 'hibernate/tables.c',
     'tr_is_cpu_resume(memory, tables->resume)', 'true'),
    ('TCR without A1', 'hibernate/tables.c', '| TCR_A1', ''),
    ('the report may lie in the image', 'hibernate/prove.c',
     'if (args->report)', 'if (false)'),
    ('allocations are not held against the image', 'hibernate/prove.c',
     'if (map->image[i] & map->taken[i])', 'if (false)'),
    ('a source may be the image\'s', 'hibernate/prove.c',
     'if (move->src != TRANS_ZERO)', 'if (false)'),
    ('quiesce before the signature', 'hibernate/resume.c',
     'rc = trans_swsusp_clear(&resume->image, err);',
     'rc = trans_transition_quiesce(&resume->transition, err);'),
    ('the signature stays gone', 'hibernate/resume.c',
     'if (trans_swsusp_restore(&resume->image, NULL))', 'if (false)'),
    ('no trial', 'hibernate/resume.c', 'tr_place, tr_try_prepare,',
     'tr_place,'),
    ('the image is not proven', 'hibernate/resume.c',
     'return trans_resume_check(resume, load->err);', 'return rc;'),
    ('signature before the flush', 'hibernate/snapshot_write.c',
     'if (!rc && disk->flush(disk->ctx))', 'if (!rc && 0)'),
    ('signature not flushed', 'hibernate/snapshot_commit.c',
     'if (disk->flush(disk->ctx))', 'if (0)'),
    ('signature not read back', 'hibernate/snapshot_commit.c',
     'if (memcmp(sector, back, len))', 'if (0)'),
    ('signature not taken back', 'hibernate/snapshot_commit.c',
     'if (why && put_sector(job, offset, old, back))', 'if (0)'),
    ('original signature lost', 'hibernate/snapshot_commit.c',
     'end - SWSUSP_SIG, SWSUSP_SIG_LEN);\n\tmemcpy',
     'swap_signature, 4);\n\tmemcpy'),
    ('an image is overwritten', 'hibernate/snapshot_commit.c',
     'if (!is(header + page_len, swap_signature))',
     'if (!is(header + page_len, swap_signature) && 0)'),
    ('beyond the swap area', 'hibernate/snapshot_commit.c',
     'last + 1 < job->limit', '0'),
    ('CRC of no chunk', 'hibernate/snapshot_write.c',
     'job->crc = trans_crc32(job->crc, job->unpacked, len);', ''),
    ('packed bytes of an older chunk behind a shorter one',
     'hibernate/snapshot_write.c',
     'memset(job->packed + packed, 0, (whole << job->shift) - packed);', ''),
    ('a map without the link to the next', 'hibernate/snapshot_write.c',
     'job->map[entries] = slot;', ''),
    ('a map with an entry too many', 'hibernate/snapshot.h',
     '((page_len) / 8 - 1)', '((page_len) / 8)'),
    ('slots side by side are taken for granted', 'hibernate/snapshot_write.c',
     'slot != start + run', '0'),
    ('the header may be a slot', 'hibernate/snapshot_write.c',
     ' && *slot != job->args->offset', ''),
    ('metadata without an end', 'hibernate/snapshot_write.c',
     'meta[at] = END_OF_METADATA;', ''),
    ('zero pages not marked', 'hibernate/snapshot_write.c',
     'is_zero_page(job, i) ? ZERO_PAGE : 0', '0'),
    ('zero but for the last word is zero', 'hibernate/snapshot.c',
     'for (; len; len -= 8)', 'for (; len > 8; len -= 8)'),
    ('what must not be saved is', 'hibernate/snapshot_plan.c',
     'if (!rc && args->nosave)', 'if (0)'),
    ('lent memory is saved', 'hibernate/snapshot_plan.c',
     'rc = trans_ranges_remove(&job->image, r.start, r.len);', 'rc = 0;'),
    ('copies over the job', 'hibernate/snapshot_plan.c',
     'trans_ranges_remove(&job->copies, place.start,\n'
     '\t\t\t\t\t     place.len);', '0;'),
    ('needs without the maps', 'hibernate/snapshot_plan.c',
     'return slots + (slots + entries - 1) / entries;', 'return slots;'),
    ('way back in memory that is not saved', 'hibernate/snapshot.c',
     'if (!trans_ranges_contain(&job->image, *pa, snapshot_page(job)))',
     'if (0)'),
    ('way back not cleaned to memory', 'hibernate/snapshot.c',
     'args->ops->clean(args->ctx, code, len);', ';'),
    ('alias not left', 'hibernate/snapshot.c',
     'if (args->alias_leave)', 'if (0)'),
    ('interrupts stay masked', 'hibernate/snapshot.c',
     'trans_arch_write(TRANS_DAIF, daif);', ''),
    ('resumed, and written once more', 'hibernate/snapshot.c',
     'if (rc == TRANS_SNAPSHOT_TAKEN)\n\t\trc = snapshot_write',
     'if (rc >= 0)\n\t\trc = snapshot_write'),
    ('context without the names of EL2', 'hibernate/snapshot.c',
     'cpu->el == 2 && !cpu->e2h', '0'),
    # The hibernation image reader.
    ('swsusp: a larger page size decides', 'hibernate/swsusp_open.c',
     'i < 3 && !*found; i++', 'i < 3; i++'),
    ('swsusp: unknown flags accepted', 'hibernate/swsusp_open.c',
     '\t\t      SWSUSP_HW_SIG | SWSUSP_LZ4))', '\t\t      ~0u))'),
    ('swsusp: the disk does not bound the counts', 'hibernate/swsusp_open.c',
     'info->pages <= most && ', ''),
    ('swsusp: the last page of the disk is beyond it',
     'hibernate/swsusp_map.c', 'if (page >= swsusp_disk_pages(image))',
     'if (page + 1 >= swsusp_disk_pages(image))'),
    ('swsusp: a page behind the disk is on it', 'hibernate/swsusp_map.c',
     'if (page >= swsusp_disk_pages(image))',
     'if (page > swsusp_disk_pages(image))'),
    ('swsusp: a run is bounded by its first slot', 'hibernate/swsusp_map.c',
     ' && !check_slot(image, run->page + i, NULL)', ''),
    ('swsusp: slots side by side are not looked for',
     'hibernate/swsusp_map.c', 'run->page + i && !check', '1 && !check'),
    ('swsusp: a map is followed twice', 'hibernate/swsusp_map.c',
     'if (seen[i] == map)', 'if (seen[i] == map && i)'),
    ('swsusp: remembered maps are not thinned out', 'hibernate/swsusp_map.c',
     'seen[i] = seen[2 * i];', ';'),
    ('swsusp: header of a swap file is a slot', 'hibernate/swsusp_map.c',
     'page == image->args.offset', '!page'),
    ('swsusp: chunk of any length', 'hibernate/swsusp_read.c',
     'if (!len || len > SWSUSP_PACKED_MAX(shift))', 'if (!len)'),
    ('swsusp: chunk one page short', 'hibernate/swsusp_read.c',
     '(len + SWSUSP_CHUNK_HEADER - 1) >> shift) + 1;',
     '(len - 1) >> shift) + 1;'),
    ('swsusp: part of a page accepted', 'hibernate/swsusp_read.c',
     '!out || out > room || out & (swsusp_bytes(image, 1) - 1)',
     '!out || out > room'),
    ('swsusp: an unpacker is believed', 'hibernate/swsusp_read.c',
     '!out || out > room || ', '!out || '),
    ('swsusp: last chunk beyond the stream', 'hibernate/swsusp_read.c',
     'chunk->most = least(stream_pages(image) - image->done,',
     'chunk->most = least(SWSUSP_CHUNK_PAGES,'),
    ('swsusp: CRC not compared', 'hibernate/swsusp_read.c',
     'image->crc == image->info.crc)', 'image->crc)'),
    ('swsusp: the cleared signature is not flushed',
     'hibernate/swsusp_clear.c', 'if (disk->flush(disk->ctx))\n',
     'if (0)\n'),
    ('swsusp: the signature is not read back', 'hibernate/swsusp_clear.c',
     'return reads_as(s, content) ? DONE : READ_BACK;', 'return DONE;'),
    ('swsusp: the old sector is not put back', 'hibernate/swsusp_clear.c',
     '\t(void)disk->write(disk->ctx, s->offset, s->was, s->len);\n', ''),
    ('swsusp: put back but not flushed', 'hibernate/swsusp_clear.c',
     '!disk->flush(disk->ctx) && reads_as(s, s->was)',
     'reads_as(s, s->was)'),
    ('swsusp: whatever header is there is cleared',
     'hibernate/swsusp_clear.c',
     'rc = check_header(image, &s, s.was, err);', 'rc = TRANS_OK;'),
    ('swsusp: the wrong sector of the page', 'hibernate/swsusp_clear.c',
     '.offset = end - len,',
     '.offset = end - ((size_t)1 << image->info.page_shift),'),
    # The transition's maps.
    ('a piece across the end of the map is near', 'trans/far.c',
     'grow(last > survey->reach ?', 'grow(span.start > survey->reach ?'),
    ('the window lies over what is near', 'trans/far.c',
     '(survey->near.last | (align - 1)) + 1 + odd', 'align + odd'),
    ('52 bits of address with any granule', 'trans/far.c',
     '!trans_cpu_has_lpa2(t->args.cpu, t->args.granule)', '0'),
    ('coarse: tables stay mapped', 'trans/maps.c',
     'return ret ? ret : trans_coarse_hide(t, err);', 'return ret;'),
    ('coarse: the blob is not counted', 'trans/maps.c',
     'ret = count_tables(t, map_blob(t, err));', 'ret = map_blob(t, err);'),
    ('proof: a list that can be written', 'trans/proof.c',
     'ret = trans_list_pages(t, read_only, proof, proof->err);', 'ret = 0;'),
    ('proof: a table that is mapped', 'trans/proof.c',
     'ret = table_pages(proof, &t->low, hidden);', 'ret = 0;'),
    ('proof: the blob looks elsewhere', 'trans/proof.c',
     'params->far_offset == t->far_offset)', '1)'),
]


def sources(where):
    names = ('lib', 'trans', 'hibernate', 'lib/arch/fake', 'trans/fake',
             'hibernate/fake')
    return sorted(os.path.relpath(p, where) for n in names
                  for p in glob.glob(f'{where}/{n}/*.c'))


def object_of(source):
    return source.replace('/', '_')[:-2] + '.o'


def compile_all(where, names, out):
    """None, or what the compiler said."""
    def one(name):
        done = subprocess.run([*CC, '-c', name, '-o',
                               f'{out}/{object_of(name)}'], cwd=where,
                              stderr=subprocess.PIPE, text=True)
        return done.stderr if done.returncode else None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        errors = [e for e in pool.map(one, names) if e]
    return errors[0] if errors else None


def link(base, out, test):
    """A test program of the mutant's objects, the rest from the base."""
    own = {os.path.basename(p): p for p in glob.glob(f'{out}/*.o')}
    shared = [p for p in glob.glob(f'{base}/obj/*.o')
              if not os.path.basename(p).startswith('tests_unit_test_')]
    objects = [own.get(os.path.basename(p), p) for p in shared]
    # From an archive only what the test uses is linked.
    subprocess.run(['ar', 'rcs', f'{out}/{test}.a', *objects], check=True)
    subprocess.run(['gcc', '-fsanitize=undefined',
                    '-fsanitize-undefined-trap-on-error',
                    f'{base}/obj/tests_unit_{test}.o', f'{out}/{test}.a',
                    '-lcmocka', '-llzo2', '-llz4', '-o', f'{out}/{test}'], check=True)
    return f'{out}/{test}'


def passing(path):
    """The names of the tests that pass, in order; none if it hangs."""
    try:
        done = subprocess.run([path], timeout=TIMEOUT,
                              env={**os.environ,
                                   'CMOCKA_MESSAGE_OUTPUT': 'TAP'},
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return []
    text = done.stdout.decode(errors='replace')
    return [w.split(' - ', 1)[1] for w in text.splitlines()
            if w.startswith('ok ') and ' - ' in w]


def tests_of(name):
    wanted = SETS.get(name, CORE)
    return [t for t in dict.fromkeys(wanted)
            if os.path.exists(f'{ROOT}/tests/unit/{t}.c')]


class Base:
    """The sources as they are, built once, and what passes on them."""

    def __init__(self):
        self.dir = f'{ROOT}/{DIR}/base'
        shutil.rmtree(f'{ROOT}/{DIR}', ignore_errors=True)
        os.makedirs(f'{self.dir}/obj')
        for part in ('lib', 'trans', 'hibernate', 'include', 'tests/unit'):
            shutil.copytree(f'{ROOT}/{part}', f'{self.dir}/{part}')
        tests = sorted({t for m in MUTANTS for t in tests_of(m[1])})
        shared = [os.path.relpath(p, self.dir) for p in
                  glob.glob(f'{self.dir}/tests/unit/*.c')
                  if not os.path.basename(p).startswith('test_')]
        error = compile_all(self.dir, sources(self.dir) + shared +
                            [f'tests/unit/{t}.c' for t in tests],
                            f'{self.dir}/obj')
        if error:
            sys.exit(f'mutants: the sources do not compile\n{error}')
        self.passes = {t: passing(link(self.dir, f'{self.dir}/obj', t))
                       for t in tests}


def mutate(base, number, mutant):
    """Who noticed: a test, or None; or an error in brackets."""
    _, name, old, new = mutant
    where = f'{ROOT}/{DIR}/{number}'
    shutil.copytree(f'{base.dir}/lib', f'{where}/lib')
    shutil.copytree(f'{base.dir}/trans', f'{where}/trans')
    shutil.copytree(f'{base.dir}/hibernate', f'{where}/hibernate')
    shutil.copytree(f'{base.dir}/include', f'{where}/include')
    with open(f'{where}/{name}') as f:
        text = f.read()
    if text.count(old) != 1:
        return f'[the text occurs {text.count(old)} times]'
    with open(f'{where}/{name}', 'w') as f:
        f.write(text.replace(old, new))
    names = sources(where) if name.endswith('.h') else [name]
    error = compile_all(where, names, where)
    if error:
        return f'[does not compile: {error.splitlines()[0]}]'
    for test in tests_of(name):
        passed = set(passing(link(base.dir, where, test)))
        lost = [t for t in base.passes[test] if t not in passed]
        if lost:
            return f'{test}: {lost[0]}'
    return None


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--only', default='', help='mutants whose name has this')
    args = ap.parse_args()
    start = time.monotonic()
    base = Base()
    chosen = [m for m in MUTANTS if args.only in m[0]]
    bad = 0
    for number, mutant in enumerate(chosen):
        who = mutate(base, number, mutant)
        fine = who and not who.startswith('[')
        print(f"  {'ok' if fine else 'FAILED':6} {mutant[0]:42} "
              f"{who or 'nobody noticed'}", flush=True)
        bad += not fine
    print(f'mutants: {len(chosen) - bad} of {len(chosen)} noticed, '
          f'{time.monotonic() - start:.0f} s')
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
