# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""All that is run in QEMU: kexecs of payloads good and bad, and what the other
files here add. hibernate.py and snapshot.py have theirs."""
import copy
import os
import struct
import sys

import factors
import lab
import leaving
import quiet
import runs
import says
import worlds

sys.path.insert(0, os.path.join(lab.ROOT, 'tests', 'lab'))
import payload  # noqa: E402


def overlaps(name, el):
    """The payload goes over the port's own text, rodata and tables."""
    case = runs.boots(name, el, ['map=sparse'])
    case.expect += says.OVER_THE_PORT
    return case


def already_in_place(name, el):
    """Nothing but the tree is moved, and Linux starts from the archive."""
    case = runs.boots(name, el, ['stay=on', 'hide=off'], variant='in-place')
    case.expect += [says.MOVED.format(r'\d{1,5}')]
    return case


def dry_run():
    """Everything is said, nothing is done, all is given back."""
    case = runs.refuses('dry-run', 'TRANS_EHOST: dry run', ['plan', 'dry'])
    case.expect += says.PLAN
    return case


def hops(count, el, *options):
    """The port starts itself, again and again, and then Linux; what is free
    stays free."""
    case = runs.boots(f'hops-{count}-el{el}', el, [f'hops={count}', *options],
                      variant='hops')
    case.expect += [says.HOPS_TO_GO.format(n) for n in range(count)]
    case.forbid.append(says.MEMORY_LOST)
    case.limits = {'timeout': 60 + count}
    return case


def from_one_file(name, el, *options):
    """The port linked with trans_table_all.c (mk/single.mk)."""
    case = runs.boots(name, el, options)
    case.port = 'port-single.bin'
    return case


class Far(runs.Case):
    """The initrd lies in a DIMM at 2^51. QEMU plugs one only beside firmware,
    so a few instructions of that start the port, and options say what a loader
    would put into the tree."""

    AT, LEN, PORT, ARCHIVE = 1 << 51, 256 << 20, 0x40200000, 0x48000000
    START = (0xd2a80000, 0xd2a80401, 0xd61f0020) # x0 = RAM's start; go to PORT

    def args(self):
        bios = os.path.join(lab.ROOT, 'build/payload/start.bin')
        archive = payload.path_of(self.variant)
        with open(bios, 'wb') as f:
            f.write(struct.pack('<3I', *self.START))
        words = super().args()
        at = words.index('-initrd')
        words[at:at + 2] = [
            '-bios', bios,
            '-object', f'memory-backend-ram,id=far,size={self.LEN}',
            '-device', f'pc-dimm,memdev=far,addr={self.AT:#x}',
            *(w for path, to in ((words[at - 1], self.PORT),
                                 (archive, self.ARCHIVE))
              for w in ('-device', f'loader,file={path},addr={to:#x},'
                        'force-raw=on'))]
        words[-1] += (f' archive={self.ARCHIVE:#x}+'
                      f'{os.path.getsize(archive):#x}'
                      f' far={self.AT:#x}+{self.LEN:#x}')
        return words


def from_far(name, el, options):
    case = runs.boots(name, el, options,
                      ram='512M,slots=2,maxmem=3072T', cpu=runs.MAX)
    case.__class__ = Far
    case.expect.append(r'^port: initrd far away at 0x80000')
    return case


SPECIAL = [
    runs.boots('unaligned-payload', 1, ['map=sparse'], variant='unaligned'),
    runs.survives_hunger('fail-alloc-sparse', 'sparse'),
    dry_run(),
    hops(10, 1), hops(10, 2, 'map=linear'),
    from_one_file('one-file-el1', 1, 'map=linear', 'digest=on'),
    runs.boots('ram-8G', 1, [], ram='8G'),
    runs.boots('ram-2T-sparse', 2, [], variant='mem', ram='2T'),
    runs.boots('newest-kernel', 1, [], variant='newest'),
    already_in_place('in-place-el1', 1),
    from_far('far-el1', 1, ['map=sparse']),
    runs.refuses('bad-truncated', 'TRANS_ETRUNC', variant='truncated'),
    runs.refuses('bad-cut', 'TRANS_ETRUNC', variant='cut'),
    runs.refuses('bad-magic', 'TRANS_EIMAGE', variant='magic'),
    runs.refuses('bad-big-endian', 'TRANS_EIMAGE', variant='big-endian'),
    runs.refuses('bad-granule', 'TRANS_EIMAGE', variant='granule'),
    *[runs.refuses(f'bad-gz-{v}', says.UNPACK_ERROR, variant=f'gz-{v}')
      for v in ('cut', 'damaged')],
    runs.refuses('bad-zstd', 'TRANS_EIMAGE', variant='zstd'),
    runs.refuses('bad-elf-cut', 'TRANS_ETRUNC', variant='elf-cut'),
    runs.refuses('bad-overlap', 'TRANS_EOVERLAP', ['bad=overlap']),
    runs.refuses('bad-fdt-room', 'TRANS_ENOSPC', ['bad=fdt']),
    runs.refuses('bad-huge', r'TRANS_ENOHOLE', variant='huge'),
    # The proof catches what the missing safe-page rule lets through ...
    runs.refuses('safe-off-is-proved', 'TRANS_EOVERLAP', ['safe=off']),
    # ... and without the proof the overlap really destroys something.
    runs.breaks('safe-off-destroys', ['safe=off', 'proof=off'],
                last_words=[says.BLOB_FAULT]),
    runs.never_moved('safe-off-destroys-linear',
                     ['map=linear', 'safe=off', 'proof=off']),
    # Sources behind invalid entries, destinations behind read-only ones: the
    # proof says so, and without it the mover faults.
    runs.refuses('no-mkvalid-is-proved', 'TRANS_ENOENT',
                 ['map=linear', 'linear=-mkvalid']),
    runs.refuses('no-mkwrite-is-proved', 'TRANS_ENOENT',
                 ['map=linear', 'linear=-mkwrite']),
    *[runs.breaks(f'no-{flag}-faults-el{el}',
                  ['map=linear', f'linear=-{flag}', 'proof=off'], el, [says.BLOB_FAULT])
      for flag in ('mkvalid', 'mkwrite') for el in (1, 2)],
    runs.refuses('mkvalid-wants-checkpfn', 'TRANS_EINVAL',
                 ['map=linear', 'linear=-checkpfn']),
]

# Kernels of other page sizes, and the ELF files that a kernel build leaves.
OTHER_KERNELS = [
    runs.boots('kernel-4k', 1, [], 'own-4k', smp=4),
    runs.boots('kernel-16k-el1', 1, ['map=linear', 'tables=16'], 'own-16k',
               cpu=runs.MAX),
    runs.boots('kernel-16k-el2', 2, ['digest=on'],
               'own-16k', cpu=runs.MAX, smp=4),
    runs.boots('kernel-64k-el1', 1,
               ['map=linear', 'tables=64'], 'own-64k', smp=4),
    runs.boots('kernel-64k-el2', 2, ['granule=64', 'digest=on'], 'own-64k'),
    runs.boots('kernel-64k-over-16k', 2, ['map=linear', 'tables=16'], 'own-64k',
               cpu=runs.MAX),
    runs.boots('vmlinux-4k', 1, ['digest=on'], 'vmlinux'),
    runs.boots('vmlinux-16k', 2, ['map=linear'], 'vmlinux-16k', cpu=runs.MAX),
    runs.boots('vmlinux-64k', 1, ['granule=64'], 'vmlinux-64k'),
]

# Of what the matrix has in each run, or the unit tests have with each map.
MORE_SPECIAL = [overlaps('over-the-port-el1', 1),
                overlaps('over-the-port-el2', 2),
                runs.survives_hunger('fail-alloc-linear', 'linear')]

# The whole way of the text; in `check` they are ten.
MORE_FAR = [from_far('far-el2', 2, ['map=sparse', 'digest=known']),
            from_far('far-no-tables', 1, ['map=none'])]
MANY_HOPS = [hops(100, 1), hops(100, 2, 'map=linear')]

# QEMU 10 refuses unaligned accesses with the MMU off, which 7.2 lets pass.
IN_NEWER = ['digest-el1', 'digest-el2', 'corrupt-resets-el1', 'crash-el1',
            'crash-el2', 'fallback', 'scrub', 'hops-10-el1', 'lpi-on-el1',
            'virtio-on-el1', 'ram-2T-sparse', 'bad-truncated', 'bad-fdt-room']


def always():
    return (SPECIAL + leaving.WAYS + worlds.WORLDS +
            [quiet.stuck_cpu(), quiet.cpu_stays()] +
            quiet.LPIS + quiet.DEVICES)


def by_mops():
    """Moved by FEAT_MOPS, which 7.2 has not; with the MMU off without it."""
    for el, *options in ((1, 'map=sparse'), (2, 'map=linear'), (1, 'map=none')):
        case = runs.boots(f'q10-mops-{options[0][4:]}', el,
                          ['mops=on', 'digest=on', *options], cpu=runs.MAX)
        case.expect = [says.BY_MOPS, *case.expect]
        case.newer = True
        yield case


def in_newer():
    sample = factors.cover(factors.product(), factors.PAIRS)[:10]
    for case in [*(factors.from_row(r) for r in sample),
                 *(c for c in always() if c.name in IN_NEWER)]:
        case = copy.copy(case)
        case.name, case.row, case.newer = f'q10-{case.name}', None, True
        yield case


def only_full():
    return [*quiet.CPUS, *quiet.MORE_LPIS, *quiet.MORE_DEVICES, *MANY_HOPS, *MORE_FAR,
            *MORE_SPECIAL, *leaving.MORE_WAYS, *OTHER_KERNELS, *in_newer(), *by_mops()]


def cases(strength=factors.PAIRS):
    """The matrix as far as `strength` says, and what is no matrix."""
    return (factors.matrix(strength) + always()
            + (only_full() if strength > factors.PAIRS else []))
