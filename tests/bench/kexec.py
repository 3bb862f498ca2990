#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""How many instructions a kexec takes, from the call to the new kernel's first
instruction: ours beside Linux's own, same kernel, same initrd, same QEMU.

QEMU counts: with -icount shift=4 an instruction is one tick of CNTVCT (and so
is every 16 ns in which a CPU only waits). The new kernel is Debian's, with
first.S as its first instructions; it must boot, and find its initrd whole,
every time.

Linux: Debian's kernel and kexec-tools, `kexec -l -c -i` (without purgatory's
digests, which take minutes in QEMU), from just before
reboot(LINUX_REBOOT_CMD_KEXEC). Ours: the reference port, from just before
trans_kexec_start, without digests, and once with them. Both make image_size
bytes of memory for the kernel; what is not of its file is no payload.
"""
import argparse
import json
import os
import re
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [f'{ROOT}/tests/qemu', f'{ROOT}/tests/lab']
import lab  # noqa: E402
import payload  # noqa: E402

OUT = f'{ROOT}/build/bench/kexec'
TOOLS = f'{ROOT}/build/kexec-tools'
ICOUNT = ['-icount', 'shift=4']
RAM = '2G'
MOST = 0.75 # of Linux's instructions, without digests
FIRST = r'^bench: ([0-9a-f]{16}) ([0-9a-f]{16})$'

INIT = '''#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
kexec -l -c -i /kernel --initrd=/initrd --command-line="$(cat /cmdline)" &&
	leave
echo "bench: Linux did not leave"
poweroff -f
'''


class Failed(Exception):
    """Something could not be measured."""


# ---- what is run ------------------------------------------------------------

def assemble(name, *flags):
    """An arm64 ELF file of our own, freestanding."""
    path = f'{OUT}/{name}.elf'
    tools = os.environ.get('CROSS_COMPILE') or 'aarch64-linux-gnu-'
    subprocess.run([f'{tools}gcc', '-nostdlib', '-static',
                    '-Wl,--build-id=none', *flags, f'{HERE}/{name}.S', '-o',
                    path], check=True)
    return tools, path


def flat(name):
    tools, path = assemble(name, '-Wl,-Ttext=0')
    subprocess.run([f'{tools}objcopy', '-O', 'binary', '-j', '.text', path,
                    f'{OUT}/{name}.bin'], check=True)
    return payload.read(f'{OUT}/{name}.bin')


def branch(at, to):
    return struct.pack('<I', 0x14000000 | (to - at) // 4 & 0x3ffffff)


def measured_kernel():
    """Debian's, entered through first.S. The second word of an Image is its
    branch; what is behind the file is .bss, which the kernel zeroes later."""
    image = payload.debian_kernel()
    first = flat('first')
    code1, = struct.unpack_from('<I', image, 4)
    size, = struct.unpack_from('<Q', image, 16)
    if code1 >> 26 != 5:
        raise Failed('the kernel does not begin with a branch')
    entry = 4 + ((code1 & 0x3ffffff ^ 0x2000000) - 0x2000000) * 4
    image += bytes(-len(image) % 4096)
    at, last = len(image), len(first) - 4
    if at + len(first) > size:
        raise Failed('no room behind the kernel')
    first = first[:last] + branch(at + last, entry)
    return image[:4] + branch(4, at) + image[8:] + first


def stub_library():
    """kexec is linked against Xen's library, and calls it on Xen only."""
    tools = os.environ.get('CROSS_COMPILE') or 'aarch64-linux-gnu-'
    out = subprocess.run([f'{tools}nm', '-D', '--undefined-only',
                          f'{TOOLS}/sbin/kexec'], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    found = re.findall(r'\bU (xc_\w+)@+(\S+)', out)
    source = ''.join(f'int {n}(void);int {n}(void) {{ return -1; }}\n'
                     for n, _ in found)
    path = f'{OUT}/libxenctrl.so'
    versions = sorted({v for _, v in found})
    if len(versions) != 1:
        raise Failed(f'kexec wants these versions of Xen: {versions}')
    with open(f'{OUT}/libxenctrl.map', 'w', encoding='utf-8') as f:
        f.write(f'{versions[0]} {{ *; }};\n')
    subprocess.run([f'{tools}gcc', '-shared', '-nostdlib', '-x', 'c', '-',
                    f'-Wl,--version-script={OUT}/libxenctrl.map',
                    '-Wl,-soname=libxenctrl.so.4.17', '-o', path],
                   input=source, check=True, text=True)
    return payload.read(path)


def linux_initramfs(path, kernel):
    libs = f'{TOOLS}/lib/aarch64-linux-gnu'

    def fill(archive):
        for d in ('bin', 'dev', 'proc', 'sys', 'lib', 'lib/aarch64-linux-gnu'):
            archive.add(d, mode=0o040755)
        archive.add('dev/console', mode=0o020600, rdev=(5, 1))
        archive.add('bin/busybox',
                    payload.read(f'{payload.BUILD}/busybox/bin/busybox'))
        archive.add('bin/kexec', payload.read(f'{TOOLS}/sbin/kexec'))
        archive.add('bin/leave', payload.read(assemble('leave')[1]))
        archive.add('lib/libxenctrl.so.4.17', stub_library())
        archive.add('lib/ld-linux-aarch64.so.1',
                    payload.read(f'{libs}/ld-linux-aarch64.so.1'))
        for name in ('libc.so.6', 'libz.so.1'):
            archive.add(f'lib/{name}', payload.read(f'{libs}/{name}'))
        archive.add('init', INIT.encode())
        archive.add('cmdline', payload.CMDLINE.encode())
        archive.add('kernel', kernel)
        archive.add('initrd', payload.read(f'{payload.OUT}/initramfs'))
    payload.write_cpio(path, fill)


# ---- runs -------------------------------------------------------------------

def measure(name, kernel, initrd, append, cpu, el):
    machine = lab.Machine(el=el, cpu=cpu, ram=RAM)
    result = lab.run_qemu(
        [*machine.args(), *ICOUNT, '-kernel', kernel, '-initrd', initrd,
         '-append', append], f'bench-{name}', timeout=400, silence=120,
        expect=[FIRST, r'^CHECK data ok$', r'^TRANS-TABLE-LINUX: '])
    found = re.findall(FIRST, result.text, re.M)
    if not result.ok or not found:
        raise Failed(f'{name}: {result.why}; see build/logs/bench-{name}.log')
    left, entered = (int(w, 16) for w in found[-1])
    return entered - left


def measure_all(cpu, el):
    os.makedirs(OUT, exist_ok=True)
    kernel = measured_kernel()
    initrd = payload.read(f'{payload.OUT}/initramfs')
    payload.write_outer(f'{OUT}/ours.cpio', payload.CMDLINE, kernel, initrd,
                        payload.PAGE)
    linux_initramfs(f'{OUT}/linux.cpio', kernel)
    plain = f'{OUT}/debian.Image'
    with open(plain, 'wb') as f:
        f.write(payload.debian_kernel())
    port = f'{ROOT}/build/arm64/port.bin'
    runs = {'linux': (plain, 'linux.cpio', 'console=ttyAMA0 quiet loglevel=0'),
            'sparse': (port, 'ours.cpio', 'map=sparse'),
            'linear': (port, 'ours.cpio', 'map=linear'),
            'digest': (port, 'ours.cpio', 'digest=on')}
    found = {name: measure(name, image, f'{OUT}/{archive}', append, cpu, el)
             for name, (image, archive, append) in runs.items()}
    found['bytes'] = len(kernel) + len(initrd)
    return found


def show(found):
    size = found['bytes']
    print(f'kexec of {size:,} bytes (Debian\'s kernel, an initrd), from the '
          "call to the new kernel's first instruction, QEMU -icount:")
    for name, what in (('linux', "Linux's own (kexec -c -i, no digests)"),
                       ('sparse', 'ours, map=sparse'),
                       ('linear', 'ours, map=linear'),
                       ('digest', 'ours, map=sparse, digests')):
        count = found[name]
        print(f'      {what:38} {count:>15,} instructions '
              f'{count / size:7.3f} a byte  {count / found["linux"]:5.2f} x Linux')
    ours = max(found[name] for name in ('sparse', 'linear')) / found['linux']
    print(f'      budget {MOST} x{"" if ours <= MOST else ", over"}')


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    ap.add_argument('--cpu', default='cortex-a57')
    ap.add_argument('--el', type=int, default=1)
    ap.add_argument('--json', default=f'{ROOT}/build/bench-kexec.json')
    args = ap.parse_args()
    lab.orderly_exit()
    try:
        payload.build(['aligned'])
        found = measure_all(args.cpu, args.el)
    except (Failed, OSError, subprocess.CalledProcessError) as why:
        sys.exit(f'bench: kexec not measured: {why}')
    show(found)
    with open(args.json, 'w', encoding='utf-8') as f:
        json.dump(found, f, indent=1)


if __name__ == '__main__':
    main()
