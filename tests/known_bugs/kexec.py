# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""kexec: where a kernel goes, what of its memory is zeroed, what is refused."""

# (name, file, text that occurs once, its replacement)
MUTANTS = [
    ('kexec: the initrd below ignores the 32 GiB window', 'kexec/place.c',
     'end > WINDOW_LEN ? end - WINDOW_LEN : 0,\n\t\t\t\town.start',
     '0,\n\t\t\t\town.start'),
    ('kexec: a kernel stays where its offset is wrong', 'kexec/place.c',
     'wish->at % BASE_ALIGN == image->text_offset', 'true'),
    ('kexec: an Image\'s .bss is not zeroed', 'kexec/unpack.c',
     'return unpack_add_zeroes(load, file->len, load->image.memory_len);',
     'return 0;'),
    ('kexec: zeroes begin a byte late', 'kexec/unpack.c',
     'unpack_add_zeroes(load, file->len, load',
     'unpack_add_zeroes(load, file->len + 1, load'),
    ('kexec: the last granule of a piece is not moved', 'kexec/load_moves.c',
     'load_round_up(load, dst.len)', 'load_round_down(load, dst.len)'),
    ('kexec: .bss is nobody\'s', 'kexec/load_place.c',
     'load->image.memory_len });', 'load->image.file_len });'),
    ('kexec: file longer than image_size', 'kexec/image.c',
     'if (file_len > header->image_size)',
     'if (file_len > header->image_size + 4096)'),
]
