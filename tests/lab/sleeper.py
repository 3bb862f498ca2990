# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Disks with a hibernated Linux on them: boots a guest (sleeper.sh) in QEMU and
has it go to sleep. What was made is kept under build/sleepers/, by a hash of
all that it was made of, and copied before use: a resumed image is gone.
"""
import contextlib
import glob
import gzip
import hashlib
import json
import lzma
import os
import re
import shutil
import subprocess
import sys

import fetch
import kernels
import says
import lab
import payload

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = payload.BUILD
OUT = os.path.join(BUILD, 'sleepers')
HOOK = f'{os.path.dirname(BUILD)}/tools/systemd/trans_table-sidecar'

SWAP_MIB, DATA_MIB = 192, 16
KEEP = 90 # homes; about 80 MiB each, and the whole matrix needs 70

# Which modules, in which order; a kernel that has one built in lacks the file.
MODULES = ['drivers/virtio/virtio_ring', 'drivers/virtio/virtio',
           'drivers/virtio/virtio_mmio', 'drivers/block/virtio_blk',
           'lib/lz4/lz4_compress', 'crypto/lz4', 'crypto/crc32c_generic',
           'fs/ext4/ext4']
# Likewise, with tt.pci.
PCI_MODULES = [
    'drivers/nvme/host/nvme',
    'drivers/virtio/virtio_pci_legacy_dev',
    'drivers/virtio/virtio_pci_modern_dev', 'drivers/virtio/virtio_pci',
    'net/core/failover', 'drivers/net/net_failover', 'drivers/net/virtio_net',
    'drivers/char/hw_random/virtio-rng']
# Likewise, of the kernel that has USB, with tt.usb.
USB_MODULES = ['drivers/usb/host/xhci-pci', 'drivers/usb/storage/usb-storage',
               'drivers/scsi/sd_mod']
# What it loads itself where it is told to.
ON_DEMAND = ['fs/efivarfs/efivarfs']

# Name -> part of fetch.py, directory under build/. Slim ones: kernels.py.
DEBIAN = {'6.1': ('kernel', 'kernel'),
          '6.1-full': ('kernel-full', 'kernel-full'),
          '6.12': ('backports', 'kernel-backports'),
          'unstable': ('unstable', 'kernel-unstable')}


class Sleeper:
    """A guest, and the machine that it goes to sleep on. `words` go to its
    kernel; offset: the swap is a file. `pci`: it has what PCI_DEVICES says, and
    its disks, but for those that are named in `mmio`, are on PCI, too; with
    a kernel that has USB there is a disk behind xHCI. `sidecar`: it leaves one
    in that directory, by the hook for systemd. `fill`: so many MiB of its
    memory are in use by files."""

    def __init__(self, machine=None, kernel='6.1', words=(), cycles=1,
                 swap_file=False, pci=False, mmio=(), sidecar='', fill=0):
        self.machine = machine or lab.Machine()
        self.kernel, self.words, self.cycles = kernel, tuple(words), cycles
        self.swap_file, self.pci, self.mmio = swap_file, pci, tuple(mmio)
        self.sidecar, self.fill = sidecar, fill

    @property
    def usb(self):
        return self.pci and self.kernel.endswith('-full')

    def disks(self):
        return ['swap', 'data', *(['nvme'] if self.pci else []),
                *(['usb'] if self.usb else [])]

    def swap_mib(self):
        return SWAP_MIB + self.fill

    def checks(self):
        """How many it makes each time it wakes."""
        return says.CHECKS + (says.PCI_CHECKS if self.pci else 0) + self.usb

    def home(self):
        return os.path.join(OUT, digest(self.identity())[:16])

    def identity(self):
        return json.dumps([
            self.machine.args(), self.kernel, self.words, self.cycles,
            self.swap_file, SWAP_MIB, DATA_MIB, MODULES + ON_DEMAND,
            [self.pci, self.mmio, PCI_MODULES + USB_MODULES,
             PCI_DEVICES + USB_DEVICES],
            self.sidecar and [self.sidecar, digest_file(HOOK)],
            *([['fill', self.fill]] if self.fill else []),
            digest_file(f'{HERE}/sleeper.sh'), digest_file(kernel_file(
                self.kernel)), digest_file(busybox())])


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def digest_file(path, known={}):
    """Once per run and file: nobody changes them meanwhile."""
    if path not in known:
        with open(path, 'rb') as f:
            known[path] = hashlib.file_digest(f, 'sha256').hexdigest()
    return known[path]


def busybox():
    return f'{BUILD}/busybox/bin/busybox'


# ---- kernels -----------------------------------------------------------------

def kernel_home(name):
    return f'{BUILD}/{DEBIAN[name][1]}'


def kernel_file(name):
    """The file that QEMU is given: raw Images only."""
    if name in DEBIAN:
        return f'{OUT}/Image-{name}'
    return f'{BUILD}/kernels/{name}/Image'


def get_kernel(name):
    """See to it that it is there, and unpacked."""
    if name not in DEBIAN:
        if not kernels.is_there(name):
            subprocess.run([sys.executable, f'{HERE}/kernels.py',
                            *kernels.built_with(name)], check=True)
        return
    part, home = DEBIAN[name]
    subprocess.run([sys.executable, f'{HERE}/fetch.py', part, 'busybox'],
                   check=True)
    if payload.newer(kernel_file(name), [f'{BUILD}/stamp/{part}']):
        return
    os.makedirs(OUT, exist_ok=True)
    with replaced(kernel_file(name)) as path, open(path, 'wb') as f:
        f.write(payload.debian_kernel(home))


@contextlib.contextmanager
def replaced(path):
    """A file written beside its place, then put there."""
    yield path + '.new'
    os.rename(path + '.new', path)


def module_files(name):
    """Where each module is that is no part of the kernel."""
    if name not in DEBIAN:
        return {}
    return {re.sub(r'.*/kernel/(.*)\.ko(\.xz)?$', r'\1', path): path
            for path in glob.glob(f'{kernel_home(name)}/lib/modules/*/kernel/'
                                  '**/*.ko*', recursive=True)}


def modules(name, wanted, loaded=()):
    """{module name: bytes} of what the wanted ones need and is not loaded, in
    an order in which it can be: each says what it depends on (modinfo)."""
    files, found = module_files(name), {}
    at = {os.path.basename(m).replace('-', '_'): m for m in files}

    def add(module):
        short = os.path.basename(module).replace('-', '_')
        if module not in files or short in found or short in loaded:
            return
        data = payload.read(files[module])
        if files[module].endswith('.xz'):
            data = lzma.decompress(data)
        needs = re.search(rb'\0depends=([^\0]*)', data)
        for need in needs[1].decode().split(',') if needs else ():
            add(at.get(need.replace('-', '_'), ''))
        found[short] = data
    for module in wanted:
        add(module)
    return found


def fill_initramfs(archive, name):
    for d in ('bin', 'dev', 'modules'):
        archive.add(d, mode=0o040755)
    archive.add('dev/console', mode=0o020600, rdev=(5, 1))
    archive.add('bin/busybox', payload.read(busybox()))
    archive.add('init', payload.read(f'{HERE}/sleeper.sh'))
    archive.add('hook', payload.read(HOOK))
    loaded = {}
    for order, wanted in (('order', MODULES), ('pci-order', PCI_MODULES),
                          ('usb-order', USB_MODULES),
                          ('on-demand', ON_DEMAND)):
        more = modules(name, wanted, loaded)
        for module, data in more.items():
            archive.add(f'modules/{module}.ko', data)
        archive.add(f'modules/{order}',
                    ''.join(f'{m}.ko\n' for m in more).encode())
        loaded |= more


def initramfs(name):
    """The guest's, for one kernel."""
    path = f'{OUT}/initramfs-{name}.gz'
    inputs = [f'{HERE}/sleeper.sh', os.path.abspath(__file__), HOOK,
              kernel_file(name), busybox()]
    if not payload.newer(path, inputs):
        payload.write_cpio(path + '.cpio', lambda a: fill_initramfs(a, name))
        with replaced(path) as new, gzip.open(new, 'wb', 1) as f:
            f.write(payload.read(path + '.cpio'))
        os.remove(path + '.cpio')
    return path


def filling(archive, mib):
    """As memory is: some of it packs well, some does not."""
    text = payload.read(busybox())
    for n in range(mib >> 4):
        turned = text[n << 8:] + text[:n << 8]
        block = b''.join(n.to_bytes(4, 'little') + i.to_bytes(4, 'little') +
                         turned[i << 12:][:4088] for i in range(256))
        archive.add(f'fill-{n}', block * 16)


def initrd_of(sleeper):
    """What the guest is booted with; each archive unpacks behind the last."""
    path = initramfs(sleeper.kernel)
    if not sleeper.fill:
        return path
    filled = f'{OUT}/initramfs-{sleeper.kernel}-{sleeper.fill}.cpio'
    if not payload.newer(filled, [path, os.path.abspath(__file__)]):
        payload.write_cpio(filled, lambda a: filling(a, sleeper.fill))
        with open(filled, 'ab') as f:
            f.write(payload.read(path))
    return filled


# ---- disks -------------------------------------------------------------------

def empty_disk(path, mib):
    with open(path, 'wb') as f:
        f.truncate(mib << 20)


def make_ext4(path, *args):
    subprocess.run(['mke2fs', '-q', '-F', '-t', 'ext4', '-b', '4096', *args,
                    path], check=True, env={**os.environ, 'PATH':
                                            f"{os.environ['PATH']}:/usr/sbin"})


def swap_file_disk(path, home, *args):
    """ext4 with a swap file that has no holes, and no order to speak of."""
    tree = f'{home}/tree'
    os.makedirs(tree)
    with open(f'{tree}/swapfile', 'wb') as f:
        for _ in range(SWAP_MIB - 48):
            f.write(b'\xff' * (1 << 20))
    make_ext4(path, '-d', tree, *args)
    shutil.rmtree(tree)


def swap_offset(path):
    """In blocks of 4 KiB, which are pages, of the first byte of the file."""
    shown = subprocess.run(
        ['/usr/sbin/debugfs', '-R', 'bmap /swapfile 0', path], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return int(re.search(r'^\d+', shown)[0])


def make_disks(sleeper, home):
    for name in sleeper.disks():
        empty_disk(f'{home}/{name}.img',
                   sleeper.swap_mib() if name == 'swap' else DATA_MIB)
    make_ext4(f'{home}/data.img')
    if sleeper.swap_file:
        swap_file_disk(f'{home}/swap.img', home)


# Interrupts of all of them, and of virtio-blk-pci, are MSIs.
PCI_DEVICES = ['-netdev', 'user,id=net', '-device',
               'virtio-net-pci,netdev=net,romfile=',
               '-device', 'virtio-rng-pci', '-device',
               'nvme,serial=nvme,drive=nvme']
USB_DEVICES = ['-device', 'qemu-xhci', '-device', 'usb-storage,drive=usb']


def disk_args(home, extra='', sleeper=None):
    """Disks that survive a cut of power as far as they were flushed; and what
    else there is on PCI."""
    sleeper = sleeper or Sleeper()
    words = [*(PCI_DEVICES if sleeper.pci else []),
             *(USB_DEVICES if sleeper.usb else [])]
    for n, name in enumerate(['swap', 'data']):
        bus = 'pci' if sleeper.pci and name not in sleeper.mmio else 'device'
        words += ['-drive', f'file={home}/{name}.img,format=raw,if=none,'
                  f'id=disk{n}{extra}',
                  '-device', f'virtio-blk-{bus},drive=disk{n}']
    for name in sleeper.disks()[2:]:
        words += ['-drive', f'file={home}/{name}.img,format=raw,if=none,'
                  f'id={name}']
    return words


# ---- going to sleep ----------------------------------------------------------

def offset_of(sleeper, home):
    return swap_offset(f'{home}/swap.img') if sleeper.swap_file else 0


def cmdline(sleeper, home, more=()):
    words = ['console=ttyAMA0', 'panic=-1', 'loglevel=4',
             *(['tt.pci'] if sleeper.pci else []),
             *(['tt.usb'] if sleeper.usb else []),
             *([f'tt.sidecar={sleeper.sidecar}'] if sleeper.sidecar else []),
             f'tt.cycles={sleeper.cycles}', f'tt.swap={sleeper.swap_mib() << 20}',
             f'tt.cpus={sleeper.machine.smp}']
    if sleeper.swap_file:
        words.append(f'tt.offset={offset_of(sleeper, home)}')
    return ' '.join([*words, *sleeper.words, *more])


def linux_args(sleeper, home, more=()):
    """QEMU's arguments to boot the guest's kernel on the disks at `home`."""
    return [*sleeper.machine.args(), '-kernel', kernel_file(sleeper.kernel),
            '-initrd', initrd_of(sleeper),
            '-append', cmdline(sleeper, home, more),
            *disk_args(home, sleeper=sleeper)]


def has_signature(home, offset=0):
    """Is there an image? In the first page, where 4K, 16K, 64K pages end."""
    with open(f'{home}/swap.img', 'rb') as f:
        f.seek(offset << 12)
        page = f.read(65536)
    return any(page[n - 10:n] == b'S1SUSPEND\0' for n in (4096, 16384, 65536))


def go_to_sleep(sleeper, home, name, live):
    make_disks(sleeper, home)
    result = lab.run_qemu(linux_args(sleeper, home), f'sleep-{name}',
                          live=live, timeout=120 + sleeper.fill,
                          silence=60 + sleeper.fill, expect=[says.GOING.format(1)],
                          forbid=[says.BAD_CHECK])
    if result.ok and not has_signature(home, offset_of(sleeper, home)):
        result.why = 'went to sleep without an image'
    if result.why:
        tail = '\n'.join(result.text.splitlines()[-15:])
        raise RuntimeError(f'{name}: {result.why}\n{tail}')
    with open(f'{home}/said', 'w', encoding='utf-8') as f:
        f.write(result.text)


def locked(what):
    return fetch.locked(f'{OUT}/.lock-{what}')


def forget_old():
    """Those that nobody asked for in a long time: of older scripts, mostly."""
    homes = sorted(glob.glob(f'{OUT}/*/identity'), key=os.path.getmtime)
    for identity in homes[:-KEEP]:
        home = os.path.dirname(identity)
        shutil.rmtree(home, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            os.remove(f'{OUT}/.lock-{os.path.basename(home)}')


def asleep(sleeper, name, live=False):
    """The directory of its disks, asleep; made if need be, or if it is to be
    seen live. Not to be written to."""
    with locked('kernel'):
        get_kernel(sleeper.kernel)
        initramfs(sleeper.kernel)
    home = sleeper.home()
    with locked(os.path.basename(home)):
        if live or not os.path.exists(home):
            new = f'{home}.new'
            shutil.rmtree(new, ignore_errors=True)
            os.makedirs(new)
            go_to_sleep(sleeper, new, name, live)
            with open(f'{new}/identity', 'w', encoding='utf-8') as f:
                f.write(sleeper.identity())
            shutil.rmtree(home, ignore_errors=True)
            os.rename(new, home)
            forget_old()
        os.utime(f'{home}/identity')
    return home


@contextlib.contextmanager
def copy_of(home, name):
    """Disks to write to, gone afterwards; and what the guest had said."""
    copy = f'{OUT}/run-{name}'
    shutil.rmtree(copy, ignore_errors=True)
    os.makedirs(copy)
    try:
        for path in glob.glob(f'{home}/*.img') + [f'{home}/said']:
            subprocess.run(['cp', '--sparse=always', path, copy], check=True)
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)
