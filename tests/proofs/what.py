# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What is proved, within which bounds, and the bugs that are planted into it.

A bound of a loop is how often its body runs, and once more for the test that
ends it; CBMC's unwinding assertions say so if it is too small."""
from typing import NamedTuple

GEOMETRY = ('trans/table/geometry.c', 'trans/table/desc.c',
            'trans/table/tcr.c', 'lib/cpu_formats.c')


class Proof(NamedTuple):
    """@start: a function of tests/proofs/@file. @sources: compiled with it.
    @part: of one that is several, as each is easier for a solver; the first has
    the bugs of all. @unwind: of every loop; @loops: of some. @planted: (name,
    where, old, new), as in tests/known_bugs/."""
    file: str
    start: str
    bounds: str
    sources: tuple
    unwind: int
    planted: tuple
    defines: tuple = ()
    loops: tuple = ()
    part: str = ''

    @property
    def name(self):
        return f'{self.file}: {self.start}{self.part}'


FORMAT_OF_PA = 'trans_desc_decode_pa_'
GEOMETRY_PROOFS = [
    Proof('geometry', 'shape', 'every geometry and level', GEOMETRY, 9,
          (('geometry: a root without an entry', 'trans_geometry_init',
            '(va_bits - (unsigned int)granule - 1)',
            '(va_bits - (unsigned int)granule)'),
           ('geometry: the upper half is always of 48 bits',
            'geo_first', '~low_mask(geo->va_bits)',
            '~low_mask(48)'))),
    Proof('geometry', 'index', 'every geometry, level and address', GEOMETRY,
          9, (('geometry: the root is as large as the others', 'trans_rung_',
               'bits = geo->root_bits;', ''),)),
    Proof('geometry', 'from_tcr', 'every TCR and ID register', GEOMETRY, 9,
          (('geometry: a reserved size of addresses', 'trans_tcr_decode_',
            'if (ps >= sizeof(pa_codes))', 'if (ps > sizeof(pa_codes))'),)),
    Proof('descriptor', 'leaf', 'every geometry, level, address, attribute',
          GEOMETRY[:3], 9,
          (('descriptor: DS has one more bit', 'set_layout',
            'geo->high = 0x03;', 'geo->high = 0x01;'),
           ('descriptor: SH is an attribute with DS, too',
            'trans_desc_attributes_', ' & ~geo_high(geo)', ''))),
    Proof('descriptor', 'table', 'every geometry, level, address, attribute',
          GEOMETRY[:3], 9,
          (('descriptor: straight up to bit 47 with DS', 'set_layout',
            'geo->ds ? 50 : 48', '48'),)),
    Proof('descriptor', 'foreign', 'every geometry, level, descriptor',
          GEOMETRY[:3], 9,
          (('descriptor: the low bits of a block are address', FORMAT_OF_PA,
            '& ~low_mask(shift)', ''),)),
    Proof('registers', 'tcr', 'every geometry', GEOMETRY[:3], 9,
          (('TCR: VA bits as they are', 'trans_tcr_encode_',
            '64u - geo->va_bits', 'geo->va_bits'),
           ('TCR: the next size of addresses', 'trans_tcr_encode_',
            'put(pa_code(geo->pa_bits), at->ps)',
            'put(pa_code(geo->pa_bits) + 1, at->ps)'))),
    Proof('registers', 'ttbr', 'every geometry and root', GEOMETRY[:3], 9,
          (('TTBR: a bit of 52 is lost', 'trans_ttbr_decode_',
            '((ttbr >> 2) & 0xf)', '((ttbr >> 2) & 0x7)'),)),
]

WINDOW = ('RANGES=2', 'BYTES=5')
WINDOW_BOUNDS = 'sets of 2 ranges or less, in 5 bytes at an end of memory'
WINDOW_LOOPS = (('first_ending_from.0', 3), ('first_starting_after.0', 3),
                ('put_ranges.0', 3), ('put_ranges.1', 3))
RANGE_PROOFS = [
    Proof('ranges', 'add', WINDOW_BOUNDS, (), 6,
          (('ranges: neighbours do not merge', 'trans_ranges_add',
            'start ? start - 1 : 0', 'start'),
           ('ranges: one more than there is room for', 'splice',
            'count - (to - from) > set->capacity - set->count',
            'count - (to - from) > set->capacity - set->count + 1')),
          WINDOW, WINDOW_LOOPS),
    Proof('ranges', 'remove', WINDOW_BOUNDS, (), 6,
          (('ranges: a piece of no length is left', 'trans_ranges_remove',
            'if (range_last(&set->range[to - 1]) > last)',
            'if (range_last(&set->range[to - 1]) >= last)'),), WINDOW,
          WINDOW_LOOPS),
    Proof('ranges', 'ask', WINDOW_BOUNDS, (), 6,
          (('ranges: what begins with a range is not in it',
            'trans_ranges_contain', 'start <= start', 'start < start'),),
          WINDOW, WINDOW_LOOPS),
]

MOVE_PROOFS = [
    Proof('moves', 'sort', '5 moves or less', (), 6,
          (('moves: the last two are not sorted', 'trans_moves_sort_',
            'i-- > 1;', 'i-- > 2;'),), ('MOVES=5',), (('sift_down.0', 4),)),
    Proof('moves', 'search', '5 moves or less, of any addresses', (), 6,
          (('moves: the one that ends there is passed over',
            'trans_moves_first_from_', '&run[mid]) < addr',
            '&run[mid]) <= addr'),), ('MOVES=5',)),
]

def order(start, *planted, steps=False):
    """For each number of runs; and of a step, each run that it is from."""
    for runs in range(5, 0, -1):
        for at in range(runs if steps else 1):
            yield Proof(
                'order', start, 'any addresses and lengths' +
                ', any state of the search' * steps, (), runs + 1,
                planted if (runs, at) == (5, 0) else (),
                (f'RUNS={runs}', f'AT={at}'), (),
                f', {runs} run' + 's' * (runs > 1) + f', from {at}' * steps)


ORDER_PROOFS = [
    *order('begin', (
        'order: the first run in the way is passed over', 'begin_visit',
        'graph->count, run->src)', 'graph->count, run->src + 16)')),
    *order('onward', (
        'order: a way back is not counted', 'reaches', '*low(graph, w) | 1',
        '*low(graph, v) | 1'), steps=True),
    *order('back', (
        "order: what is in each other's way is not joined", 'place_component',
        'place(graph, v, MOVES_JOINED)', 'place(graph, v, 0)'), (
        'order: the last run in the way is not seen', 'next_edge',
        'dst > moves_src_last', 'dst >= moves_src_last'), steps=True),
    *order('end', (
        'order: marks stay behind', 'move_to_places', '|= *edge(graph, i);',
        '|= 0;')),
    Proof('cycle', 'turn', 'cycles of 5 pieces or less, of 2 units; a spare of '
          '1 or 2', (), 13,
          (('cycle: what comes back does not go on', 'turn',
            'p->spare.start, at->dst + offset', 'p->spare.start, at->dst'),),
          ('RUNS=5',), (('turn.0', 5), ('break_cycle.0', 3))),
    Proof('join', 'emit', '2 moves of 3 units or less, in 8 units at an end '
          'of memory', (), 11,
          (('join: zeroes go on in contents', 'trans_moves_continue_',
            'return moves_is_zero_fill(a) && moves_is_zero_fill(b);',
            'return true;'),
           ('join: what was there is cut off', 'emit',
            'move.len += last->len;', '')), ('UNITS=8', 'MOST=3')),
]

IMAGE = ('kexec/image.c',)
FORMAT = ('kexec/format.c',)
ELF = ('LENGTH=128', 'SEGMENTS=4')
HEAD = ('LENGTH=160',)
HEAD_BOUNDS = 'any 160 bytes or less'
SWSUSP = ('lib/text.c',)
STATE = ('MAPS=3', 'RUN=4', 'SHIFT=12')
# Few enough that all of them are remembered.
STATE_BOUNDS = 'any map; 3 maps read before, or less'
FILE_PROOFS = [
    Proof('image', 'parse', HEAD_BOUNDS, IMAGE, 9,
          (('Image: the section table is beyond the head', 'pe_end',
            'count > (len - at) / SECTION_LEN', 'count > len / SECTION_LEN'),
           ('Image: the PE header is beyond the head', 'pe_end',
            '|| len - at < PE_HEADERS ||', '||')), HEAD),
    Proof('image', 'len', HEAD_BOUNDS, IMAGE, 9,
          (('Image: less than a header', 'trans_image_len',
            'if (head_len < TRANS_IMAGE_HEADER_LEN)',
            'if (head_len < 60)'),), HEAD),
    Proof('elf', 'segment', 'any program header; any file; 4 segments', FORMAT,
          9, (('ELF: a segment beyond the file', 'add_segment',
               'segment.file_len > reader->len - segment.offset',
               'segment.file_len > reader->len'),
              ('ELF: the first segment stays the first', 'insert',
               'for (; at &&', 'for (; at > 1 &&')), ELF,
          (('insert.0', 5),)),
    Proof('elf', 'program', 'any 4 segments or less', FORMAT, 9,
          (('ELF: the last two may overlap', 'layout_fault',
            'i < elf->count; i++', 'i + 1 < elf->count; i++'),),
          ELF, (('read_segments.0', 1), ('layout_fault.0', 5))),
    Proof('elf', 'file', 'any 128 bytes, or less than 64', FORMAT, 9,
          (('ELF: program headers beyond the file', 'read_segments',
            'count > (reader->len - at) / PHDR_LEN',
            'count > reader->len / PHDR_LEN'),), ELF,
          (('read_segments.0', 3), ('insert.0', 2), ('layout_fault.0', 2))),
    Proof('packed', 'format', 'any 8 bytes or less', (), 9,
          (('formats: ELF is told by 3 bytes', 'trans_format_of',
            'len >= 4', 'len >= 3'),), ('LENGTH=8',)),
    Proof('packed', 'gzip', 'any payload in any 36 bytes', (), 9,
          (('gzip: a name beyond the file', 'behind_text',
            'at < end && gzip[at]', 'gzip[at]'),), ('LENGTH=36',),
          (('behind_text.0', 17),)),
    Proof('packed', 'zboot', 'any 80 bytes or less', (), 9,
          (('zboot: a payload beyond the file', 'zboot_parse',
            'out->offset > len || out->len > len - out->offset',
            'out->offset > len || out->len > len'),
           ('zboot: no length behind the payload', 'zstd_len',
            'if (len - end < SIZE_WORD)', 'if (0)')), ('LENGTH=80',)),
    Proof('swsusp', 'header', 'any header', SWSUSP, 11,
          (('swsusp: a buffer for smaller pages', 'parse_header',
            'TRANS_SWSUSP_BUFFER(info->page_shift)',
            'TRANS_SWSUSP_BUFFER(info->page_shift - 1)'),), STATE),
    Proof('swsusp', 'counts', 'any info page', SWSUSP, 9,
          (('swsusp: all is data', 'counts_fit',
            'info->data_pages < info->pages &&', ''),), STATE),
    Proof('swsusp', 'info', 'any info page', SWSUSP, 66,
          (('swsusp: the version does not end', 'parse_arm64',
            'if (info->version[SWSUSP_VERSION_LEN - 1])', 'if (0)'),
           ('swsusp: addresses of more than 52 bits', 'is_pa',
            'value < 1ULL << 52', 'value < 1ULL << 53')), STATE),
    Proof('swsusp', 'first_map', STATE_BOUNDS, SWSUSP, 9,
          (('swsusp: a map behind the disk', 'check_slot',
            'if (page >= swsusp_disk_pages(image))',
            'if (page > swsusp_disk_pages(image))'),), STATE),
    Proof('swsusp', 'run', 'any map of 8 words; runs of 4 slots or less',
          SWSUSP, 9,
          (('swsusp: a run goes on behind the map', 'trans_swsusp_next_run_',
            'if (most > left)', 'if (most > left + 1)'),
           ('swsusp: the rest of a run is not looked at',
            'trans_swsusp_next_run_',
            '&& !check_slot(image, run->page + i, NULL))', ')')),
          ('MAPS=3', 'RUN=4', 'SHIFT=6'),
          (('trans_swsusp_next_run_.0', 5),)),
    Proof('swsusp', 'next_map', 'any map of 4 words, and the one behind it; '
          '17 maps read before, or less, of which 16 can be remembered',
          SWSUSP, 19,
          (('swsusp: the next map may be this one', 'check_slot',
            'page == image->map)', 'page == image->first_map)'),
           ('swsusp: the next map may be anywhere', 'check_map',
            'ret = check_slot(image, map, err);', 'ret = 0;')),
          ('MAPS=17', 'RUN=1', 'SHIFT=5')),
    Proof('swsusp', 'seen', '17 maps, of which 8 can be remembered', SWSUSP,
          19, (('swsusp: one map is remembered too many', 'seen_before',
            '/ stride >= most)', '/ stride > most)'),),
          ('MAPS=17', 'RUN=1', 'SHIFT=4')),
]

PROOFS = [*GEOMETRY_PROOFS, *RANGE_PROOFS, *MOVE_PROOFS,
          *ORDER_PROOFS, *FILE_PROOFS]
