# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Next worlds for the checker. The smallest has a few instructions, for runs of
a second: with the MMU off it reads all of its image past the caches, which is
where a missing clean shows, and switches the machine off. Real kernels get an
initrd of some pages, because nobody waits for their user space."""
import contextlib
import os
import struct
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'lab'))
import payload  # noqa: E402

OUT = os.path.join(payload.BUILD, 'hazard')
INITRD = b'initrd' * 3000
FILE, MEMORY = 0x30000, 0x60000 # the rest is its .bss
PSCI_OFF = 0x84000008
CODE_AT = 0x40

# By the assembler. The instruction cache goes on (booting.rst leaves it open,
# and with it off a fetch would never see a stale one), then every word is read.
# PSCI is called by HVC, at EL2 by SMC. Behind it two words of 64 bits: PSCI_OFF
# and MEMORY.
CODE = [
    0xd5384244, # 40: mrs x4, currentel
    0xf100209f, # 44: cmp x4, #0x8
    0x540000c0, # 48: b.eq 60
    0xd5381005, # 4c: mrs x5, sctlr_el1
    0xb27400a5, # 50: orr x5, x5, #0x1000
    0xd5181005, # 54: msr sctlr_el1, x5
    0xd5033fdf, # 58: isb
    0x14000005, # 5c: b 70
    0xd53c1005, # 60: mrs x5, sctlr_el2
    0xb27400a5, # 64: orr x5, x5, #0x1000
    0xd51c1005, # 68: msr sctlr_el2, x5
    0xd5033fdf, # 6c: isb
    0x10fffc81, # 70: adr x1, 0
    0x580001a2, # 74: ldr x2, a8
    0x8b020022, # 78: add x2, x1, x2
    0xf8408423, # 7c: ldr x3, [x1], #8
    0xeb02003f, # 80: cmp x1, x2
    0x54ffffc3, # 84: b.cc 7c
    0x180000c0, # 88: ldr w0, a0
    0xf100209f, # 8c: cmp x4, #0x8
    0x54000040, # 90: b.eq 98
    0xd4000002, # 94: hvc #0x0
    0xd4000003, # 98: smc #0x0
    0x14000000, # 9c: b 9c
]


def image():
    code = CODE + [PSCI_OFF, 0, MEMORY, 0]
    head = struct.pack('<IIQQQQQQ4sI', 0x14000000 | CODE_AT // 4, 0, 0,
                       MEMORY, 0xa, 0, 0, 0, b'ARM\x64', 0)
    out = head + struct.pack(f'<{len(code)}I', *code)
    return out + bytes((i * 7 + i // 256) & 255 for i in
                       range(len(out), FILE))


def build():
    os.makedirs(OUT, exist_ok=True)
    path = os.path.join(OUT, 'tiny.cpio')
    payload.write_outer(path, payload.CMDLINE, image(), INITRD, payload.PAGE)
    return path


_LOCK = threading.Lock()


@contextlib.contextmanager
def small(variant):
    """payload.py with this initrd, in a directory of its own, where its
    @variant has been made."""
    out = os.path.join(OUT, 'payload')
    os.makedirs(out, exist_ok=True)
    with _LOCK:
        usual, payload.OUT = payload.OUT, out
        try:
            with open(f'{out}/initramfs', 'wb') as f:
                f.write(INITRD)
            payload.build_variant(variant)
            yield
        finally:
            payload.OUT = usual
