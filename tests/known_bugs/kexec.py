# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""kexec: where a kernel goes, what of its memory is zeroed, what is refused."""
from .who import KEXEC

# Edits, and the tests that must notice them: tests/mutants.py.
MUTANTS = {
    ('test_place', 'test_place_wishes'): [
        ('kexec: the initrd below ignores the 32 GiB window', 'initrd_window',
         'end > WINDOW_LEN ? end - WINDOW_LEN : 0, own.start', '0, own.start'),
        ('kexec: a kernel stays where its offset is wrong', 'kernel_suits',
         'wish->at % BASE_ALIGN == image->text_offset', 'true'),
    ],
    KEXEC: [
        ("kexec: an Image's .bss is not zeroed", 'unpack_image',
         'return trans_unpack_add_zeroes_(load, file->len, load->image.memory_len);',
         'return 0;'),
        ('kexec: zeroes begin a byte late', 'unpack_image',
         'trans_unpack_add_zeroes_(load, file->len, load',
         'trans_unpack_add_zeroes_(load, file->len + 1, load'),
        ('kexec: the last granule of a piece is not moved', 'want',
         'load_round_up(load, dst.len)', 'load_round_down(load, dst.len)'),
        ("kexec: .bss is nobody's", 'forbid_destinations',
         'load->image.memory_len });', 'load->image.file_len });'),
    ],
    ('test_kexec_formats',): [
        ('kexec: the edited tree is not cleaned', 'trans_kexec_edit_tree_',
         'trans_kexec_clean_(load, load->fdt, load->fdt_room);', ''),
        ('kexec: what was inflated is not cleaned', 'inflate',
         'trans_kexec_clean_(load, to, len);', ''),
        ('kexec: segments are not cleaned', 'stage_segments',
         'trans_kexec_clean_(load, to, (size_t)s.src);', ''),
    ],
    ('test_image',): [
        ('kexec: file longer than image_size', 'size_fault',
         'if (file_len > header->image_size)',
         'if (file_len > header->image_size + 4096)'),
    ],
    ('test_kexec_trans_where',): [
        ('Linux: a range that ends beyond what it is to be in', 'range_is_in',
         'len - range->len;', 'len;'),
        ('Linux: a size beyond the area wraps', 'range_is_in',
         'range->len <= len &&', ''),
        ('Linux: only the first segment is asked of KHO', 'segment_beyond',
         'i < count', 'i < 1'),
        ('Linux: a segment that begins before an LPI table', 'segment_meets',
         ' ||\n\t\trange->start - segment->mem < segment->memsz', ''),
        ('Linux: a table without a length is met', 'segment_meets',
         'range->len && ', ''),
        ('Linux: only the first segment is asked of LPI tables',
         'lpi_table_refused', 'i < count', 'i < 1'),
        ('Linux: a crash kernel wants reserved LPI tables',
         'lpi_table_refused', 'crash || ', ''),
        ('Linux: what the next kernel clears of an LPI table',
         'lpi_table_whole', '+ 0xffff) & ~0xffffULL', ')'),
    ],
}
