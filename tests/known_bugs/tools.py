# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The program trans: what it makes of images and dumps, and what it says."""

# Edits, and the tests that must notice them: tests/mutants.py.
MUTANTS = {
    ('test_desk_out',): [
        ('the last plane of Unicode is no text', 'out:utf8_len',
         '{ 0xf4, 0xf4, 0x80, 0x8f, 4 }', '{ 0xf8, 0xf8, 0x80, 0x8f, 4 }'),
        ('surrogates are text', 'out:utf8_len',
         '{ 0xed, 0xed, 0x80, 0x9f, 3 }', '{ 0xed, 0xed, 0x80, 0xbf, 3 }'),
        ('controls of two bytes reach a terminal', 'out:is_control',
         '*at == 0xc2 && at[1] < 0xa0', 'false'),
        ('a quote ends a string of JSON', 'out:put_json_char',
         "*at == '\"' ||", ''),
    ],
    ('test_desk_numbers',): [
        ('a number that is too large is another one', 'numbers:take',
         '|| *value << shift >> shift != *value', ''),
        ('a range that passes all addresses', 'numbers:range_of',
         'range->len - 1 <= UINT64_MAX - range->start', 'true'),
    ],
    ('test_desk_image',): [
        ('a page twice', 'contents:take_pfn', 'pa < last->pa + last->len',
         'pa < last->pa'),
        ('pages beyond 52 bits', 'contents:take_pfn',
         'pfn >> (PA_BITS - shift_of(contents))', 'false'),
        ('fewer numbers than pages', 'contents:read_meta',
         'contents->stored != contents->reader.info.data_pages', 'false'),
        ('stored and zero pages in one stretch', 'contents:add_page',
         '&& last->zero == zero', ''),
        ('a core that others may overwrite', 'vmcore:write_file', '| O_EXCL',
         ''),
        ('memory at the start of its piece', 'vmcore:put_memory',
         'piece->at + (stretch->pa - piece->pa)', 'piece->at'),
    ],
    ('test_desk_kernel',): [
        ('tables that lead to what was not saved', 'kernel:try',
         '|| !kernel->memory.holds(kernel->memory.ctx, leaf.pa, 4)', ''),
        ('52 bits of 4K without their format', 'kernel:geometry_of',
         'page_shift != TRANS_64K && shape->va_bits > 48', 'false'),
    ],
    ('test_desk_machine',): [
        ('each revision is another kind of CPU', 'machine:take_kind',
         '& ~VARIANT_AND_REVISION', ''),
        ('a tree that is cut to what a kernel takes', 'machine:read_tree',
         '|| fgetc(file) != EOF', ''),
        ('a tree of no bytes is a damaged one', 'machine:machine_tree',
         '!machine->fdt_len', 'false'),
        ('what is kept is lent', 'ram:ram_make',
         'trans_ranges_remove_all(&ram->free, kept)', '0'),
    ],
    ('test_desk_dump',): [
        ('a segment behind the end of the file', 'dump:take_segment',
         'piece->len > len - piece->at', 'false'),
        ('a segment beyond all addresses', 'dump:take_segment',
         'piece->len > UINT64_MAX - piece->pa', 'false'),
        ('the same memory twice', 'dump:make_disjoint', 'cut >= now.len',
         'false'),
        ('headers behind the end of the file', 'dump:dump_elf',
         'headers > (len - elf.e_phoff) / sizeof(header)', 'false'),
    ],
    ('test_desk_picture',): [
        ('a title that is markup', 'picture:put_escaped', "c == '<' ||", ''),
        ('a gap as wide as it is', 'picture:make_scale',
         'is_marked(picture, start)', 'true'),
        ('the last address has no place', 'picture:end_of',
         'end < mark->start ? UINT64_MAX : end', 'end'),
    ],
}
