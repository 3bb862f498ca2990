# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Linux goes to sleep in one QEMU; in another one the port wakes it up, and it
says from inside whether all is as it was. And images that must be refused, with
not a byte of the disk changed."""
import hashlib
import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import time

import factors
import runs
import says
import hibernate_spoil as spoil
import kernels
import lab
import sleeper
from sleeper import Sleeper

KERNEL_AT, SIDECAR_AT = 0x40200000, 0x50000000
PORT = os.path.join(lab.ROOT, 'build/arm64/port.bin')
MAX = runs.MAX

# ---- the matrix -------------------------------------------------------------

FACTORS = {
    'kernel': ['6.1', '6.12'],
    'el': [1, 2],
    'cpu': ['cortex-a57', MAX],
    'gic': ['2', '3'],
    'smp': [1, 2, 4],
    'ram': ['512M', '1G', '2G'],
    'packing': ['lzo', 'raw', 'lz4'],
    'kaslr': ['on', 'off'],
    'swap': ['part', 'file'],
    'entry': ['physical', 'virtual'],
    'map': ['sparse', 'linear'],
}
PACKING = {'lzo': [], 'raw': ['hibernate=nocompress'],
           'lz4': ['hibernate.compressor=lz4']}


def legal(row):
    """LZ4 came with Linux 6.9."""
    return (row.get('packing'), row.get('kernel')) != ('lz4', '6.1')


def covering(factors, strength):
    """Few rows in which every `strength` values of so many factors meet, if
    they may: of some hundred candidates the one that covers most of what is
    left, again and again. The same rows every time."""
    dice = random.Random(5)

    def groups(row):
        return set(itertools.combinations(row.items(), strength))

    def candidate():
        return {k: dice.choice(v) for k, v in factors.items()}

    rows, left = [], set()
    for keys in itertools.combinations(factors, strength):
        for values in itertools.product(*(factors[k] for k in keys)):
            if legal(dict(zip(keys, values))):
                left.add(tuple(zip(keys, values)))
    while left:
        seed = dict(min(left))
        tries = [r for r in ({**candidate(), **seed} for _ in range(200))
                 if legal(r)]
        best = max(tries, key=lambda r: len(groups(r) & left))
        rows.append(best)
        left -= groups(best)
    return rows


def row_sleeper(row, cycles=1):
    words = [*PACKING[row['packing']],
             *(['nokaslr'] if row['kaslr'] == 'off' else [])]
    machine = lab.Machine(**{k: row[k] for k in ('el', 'cpu', 'gic', 'ram',
                                                 'smp')})
    return Sleeper(machine, row['kernel'], words, cycles,
                   swap_file=row['swap'] == 'file')


def row_name(row):
    cpu = row['cpu'].split(',')[0].replace('cortex-', '')
    return '-'.join([row['kernel'], f"el{row['el']}", cpu, f"gic{row['gic']}",
                     f"smp{row['smp']}", row['ram'], row['packing'],
                     *(['nokaslr'] if row['kaslr'] == 'off' else []),
                     *(['file'] if row['swap'] == 'file' else []),
                     row['entry'], row['map']])


# ---- one case ---------------------------------------------------------------

class Failed(Exception):
    """Why a case failed, with what was said before."""

    def __init__(self, why, text=''):
        super().__init__(why)
        self.text = text


class Nap:
    """A sleeper's disks, and what is done with a copy of them. `steps` are
    functions of the run; the first that raises ends it."""

    variant = None

    def __init__(self, name, guest, *steps, machine=None):
        self.name, self.guest, self.steps = name, guest, steps
        self.machine = machine or guest.machine
        self.runs, self.live, self.times = 0, False, {}
        self.sidecar = None

    def run(self, live=False):
        start, why, text = time.monotonic(), '', ''
        self.live, self.runs, self.sidecar = live, 0, None
        try:
            home = sleeper.asleep(self.guest, self.name)
            with sleeper.copy_of(home, self.name) as disks:
                self.disks = disks
                for step in self.steps:
                    text = step(self) or text
        except (Failed, RuntimeError) as failure:
            why, text = str(failure), getattr(failure, 'text', '')
        return lab.Result(text, why, time.monotonic() - start)

    def boots(self, program, words, expect, forbid, more=(), disks='',
              may_hang=False):
        """One start of a program with the disks; its text, if all went
        well."""
        self.runs += 1
        result = lab.run_qemu(
            [*self.machine.args(), '-kernel', program,
             '-append', ' '.join(words),
             *sleeper.disk_args(self.disks, disks, self.guest), *more],
            f'{self.name}.{self.runs}' if self.runs > 1 else self.name,
            expect=expect, forbid=forbid, timeout=90 + self.guest.fill // 8,
            silence=40 + self.guest.fill // 8,
            live=self.live, may_hang=may_hang,
            watch=[says.ABOUT_TO_RESUME, says.AWAKE])
        self.times = result.times
        if result.why:
            raise Failed(result.why, result.text)
        return result.text

    def port(self, options, expect, forbid, more=(), disks='',
             may_hang=False):
        """One start of the port."""
        offset = self.offset()
        words = ['resume=on', *([f'offset={offset}'] if offset else []),
                 *options]
        if self.sidecar:
            size = os.path.getsize(self.sidecar)
            words.append(f'sidecar={SIDECAR_AT:#x},{size:#x}')
            more = [*more, '-device', f'loader,file={self.sidecar},'
                    f'addr={SIDECAR_AT:#x},force-raw=on']
        return self.boots(PORT, words, expect,
                          [*forbid, says.CRASH, says.UNKNOWN_OPTION], more,
                          disks, may_hang)

    def offset(self):
        return sleeper.offset_of(self.guest, self.disks)

    def has_image(self):
        return sleeper.has_signature(self.disks, self.offset())

    def digest(self):
        with open(f'{self.disks}/swap.img', 'rb') as f:
            return hashlib.file_digest(f, 'sha256').hexdigest()


# ---- steps ------------------------------------------------------------------

def wakes(*options, cycle=1, expect=(), tree=None):
    """The port brings it back, without any kernel booting, and it is well. In
    the last of its cycles it powers off in order."""
    def step(nap):
        last = cycle == nap.guest.cycles
        text = nap.port(
            options, [says.ABOUT_TO_RESUME, says.AWAKE,
                      says.CYCLE_DONE.format(cycle),
                      says.SLEPT_WELL if last else
                      says.GOING.format(cycle + 1), *expect],
            [says.ANY_LINUX, says.ANY_REFUSAL, says.BAD_CHECK, says.DIED],
            ['-dtb', tree(nap)] if tree else [])
        checks = len(re.findall(says.GOOD_CHECK, text, re.M))
        if checks != nap.guest.checks() + last:
            raise Failed(f'{checks} checks', text)
        if not last and not nap.has_image():
            raise Failed('it went to sleep again without an image', text)
        return text
    return step


def is_gone(nap):
    """What was resumed cannot be resumed again."""
    if nap.has_image():
        raise Failed('the signature is still there')
    return refuses('TRANS_ENOIMAGE')(nap)


def refuses(error, *options, tree=None, expect=(), disks=''):
    """A named error, the disk as it was, and the port goes on."""
    def step(nap):
        before = nap.digest()
        extra = ['-dtb', tree(nap)] if tree else []
        text = nap.port(options, [says.REFUSED.format(error), *expect,
                                  says.STILL_RUNNING],
                        [says.ANY_LINUX, says.AWAKE], extra, disks)
        if nap.digest() != before:
            raise Failed('the disk is not as it was', text)
        return text
    return step


KERNEL = ['-initrd', runs.payload.path_of('aligned')]


def cannot_leave(nap):
    return nap.port(['leave=fails'],
                    [says.ABOUT_TO_RESUME, says.NOT_QUIET.format('leave=fails', 15)],
                    [says.ANY_LINUX, says.AWAKE, says.ANY_REFUSAL, says.MOVING])


def with_workers(count, *options):
    """Other CPUs help, and those that wait are asleep."""
    return wakes(f'workers={count}', *options,
                 expect=[says.CPUS_SLEEP.format(count + 1),
                         says.WORKERS.format(count)])


def loses_a_worker(nap):
    """It may write to lent memory any time later: nothing is booted, whatever
    the words say, and the image stays."""
    runs.payload.build(['aligned'])
    before = nap.digest()
    text = nap.port(['workers=3', 'workers=stuck', 'then=kexec',
                     'refused=discard'],
                    [says.REFUSED.format('TRANS_ELOST: a worker does not '
                                         'answer'), says.WAITS_FOR_RESET],
                    [says.ANY_LINUX, says.PASS, says.GIVEN_UP], KERNEL)
    if nap.digest() != before:
        raise Failed('the disk is not as it was', text)
    return text


def data_disk_is_clean(nap):
    done = subprocess.run(['/usr/sbin/e2fsck', '-fn', f'{nap.disks}/data.img'],
                          text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise Failed('e2fsck finds errors', done.stdout)


def spoiled(how):
    def step(nap):
        how(nap.disks)
    return step


def then_kexec(nap):
    """No image: on to the kernel in the archive, like any boot loader."""
    runs.payload.build(['aligned'])
    return nap.port(['then=kexec'],
                    [says.REFUSED.format('TRANS_ENOIMAGE'), says.PASS],
                    [says.BAD_CHECK],
                    ['-initrd', runs.payload.path_of('aligned')])


def keeps(error, options=(), extra=()):
    """Refused, or nobody knows: it stays, and the kernel that is there for
    `then=kexec` is not booted."""
    def step(nap):
        runs.payload.build(['aligned'])
        before = nap.digest()
        text = nap.port([*options, 'then=kexec'],
                        [says.REFUSED.format(error), says.IMAGE_STAYS],
                        [says.ANY_LINUX, says.PASS],
                        [*KERNEL, *(word.format(nap.disks) for word in extra)])
        if nap.digest() != before:
            raise Failed('the disk is not as it was', text)
        return text
    return step


def gives_up(error):
    """Asked to, the port gives it up, and boots; nobody finds it again."""
    def step(nap):
        runs.payload.build(['aligned'])
        return nap.port(['refused=discard', 'then=kexec'],
                        [says.GIVEN_UP, says.REFUSED.format(error), says.PASS],
                        [says.BAD_CHECK, says.IMAGE_STAYS], KERNEL)
    return step


def twin(nap):
    """The other disk holds the same refused image."""
    shutil.copyfile(f'{nap.disks}/swap.img', f'{nap.disks}/data.img')


def gives_up_one(nap):
    """Of two images one goes, and nothing is booted over the other."""
    return nap.port(['refused=discard', 'then=kexec'],
                    [says.GIVEN_UP, says.IMAGE_STAYS],
                    [says.ANY_LINUX, says.PASS], KERNEL)


def unreadable(nap):
    """Each read of the sector with the header is an error."""
    with open(f'{nap.disks}/errors', 'w', encoding='utf-8') as f:
        f.write('[inject-error]\nevent = "read_aio"\nerrno = "5"\n'
                'sector = "7"\n')


UNREADABLE = ['-set', 'drive.disk0.file=blkdebug:{0}/errors:{0}/swap.img']


# ---- cases ------------------------------------------------------------------

def entry_options(row):
    """With its MMU on, a kernel that runs with VHE wants a host that does."""
    if row['entry'] == 'physical':
        return []
    vhe = row['el'] == 2 and row['cpu'] == MAX
    return ['entry=virtual', *(['vhe=on'] if vhe else [])]


def from_row(row):
    return Nap(f'wake-{row_name(row)}', row_sleeper(row),
               wakes(*entry_options(row), f"map={row['map']}",
                     expect=[says.ENTRY.format(row['entry'])]),
               data_disk_is_clean, is_gone)


def cycles(count, name, guest, *options):
    """Asleep and awake, again and again, each time further into its life. A
    panic is heard, also while other consoles would be suspended: else the
    machine is reset, and all that is known is that there is no image."""
    guest.cycles = count
    guest.words = (*guest.words, 'no_console_suspend')
    return Nap(f'cycles-{count}-{name}', guest,
               *[wakes(*options, cycle=n + 1) for n in range(count)],
               data_disk_is_clean, is_gone)


def wide_awake(name, guest, *options, machine=None):
    return Nap(name, guest, wakes(*options), data_disk_is_clean,
               machine=machine)


RAW = PACKING['raw']


def bad(name, how, error, *options, guest=None):
    return Nap(f'bad-{name}', guest or Sleeper(), spoiled(how),
               refuses(error, *options))


def bad_raw(name, how, error, *options):
    return bad(name, how, error, *options, guest=Sleeper(words=RAW))


def reserved(nap):
    return spoil.reserving_tree(nap.machine, spoil.ttbr1(nap.disks), 4096,
                                f'{nap.disks}/tree.dtb')


def hidden(nap):
    return spoil.hiding_tree(nap.machine, spoil.ttbr1(nap.disks), 4096,
                             f'{nap.disks}/tree.dtb')


def refusals():
    nvhe = lab.Machine(el=2)
    return [
        bad('no-image', spoil.no_signature,
            'TRANS_ENOIMAGE: swap space without an image'),
        bad('no-swap', spoil.no_swap,
            'TRANS_ENOIMAGE: not a swap space'),
        bad('original-signature', spoil.original_signature,
            'TRANS_EIMAGE: the signature to put back is none of swap'),
        bad('unknown-flag', spoil.unknown_flag,
            'TRANS_EIMAGE: unknown flags'),
        bad('other-cpu', spoil.other_cpu,
            'TRANS_EIMAGE: another CPU saved the image .*desc=0x3'),
        bad('more-pages', spoil.more_pages,
            'TRANS_ECORRUPT: page counts'),
        bad('map-outside', spoil.map_outside,
            'TRANS_ETRUNC: a slot of the image is beyond the disk'),
        bad('map-circle', spoil.map_circle,
            'TRANS_ECORRUPT: a slot of the image is its swap map'),
        bad('map-ends', spoil.map_ends,
            'TRANS_ETRUNC: the swap maps end before'),
        bad('disk-cut', spoil.disk_cut,
            'TRANS_ETRUNC: a slot of the image is beyond the disk'),
        bad('crc', spoil.crc,
            'TRANS_ECORRUPT: CRC of the image'),
        bad('data', spoil.data,
            'TRANS_ECORRUPT: '),
        bad('chunk-length', spoil.chunk_length,
            'TRANS_ECORRUPT: length of a packed chunk'),
        bad_raw('pfn-twice', spoil.pfn_twice,
                'TRANS_ECORRUPT: page numbers do not ascend'),
        bad_raw('entry', spoil.entry,
                'TRANS_EIMAGE: no cpu_resume in the image', 'entry=physical'),
        Nap('bad-ram', Sleeper(lab.Machine(ram='1G')),
            refuses('TRANS_ERANGE: a page of the image is outside RAM'),
            machine=lab.Machine()),
        Nap('bad-reserved', Sleeper(), refuses(
            'TRANS_ERANGE: a page of the image is reserved', tree=hidden)),
        Nap('bad-level', Sleeper(nvhe), refuses(
            'TRANS_EIMAGE: saved with EL2, and we are at EL1'),
            machine=lab.Machine()),
        Nap('bad-level-down', Sleeper(), refuses(
            'TRANS_EIMAGE: saved at EL1, and we are at EL2'), machine=nvhe),
        # A host that says beforehand that it cannot leave: nothing is written,
        # and the next start wakes it all the same. (Long before worker-lost,
        # which needs the same disks.)
        Nap('ask-refused', Sleeper(lab.Machine(smp=4)),
            refuses('TRANS_ETIME: a CPU does not answer', 'cpus=stuck'),
            wakes('cpus=on')),
        # Nothing was lost: with a disk that can be written to, it wakes.
        Nap('disk-read-only', Sleeper(), refuses(
            'TRANS_EHOST', disks=',readonly=on'), wakes()),
        Nap('dry', Sleeper(), refuses('TRANS_EHOST: dry run', 'dry', 'plan'),
            wakes('plan')),
        Nap('then-kexec', Sleeper(), spoiled(spoil.no_signature), then_kexec),
        Nap('refused-stays', Sleeper(), spoiled(spoil.other_cpu),
            keeps('TRANS_EIMAGE'), gives_up('TRANS_EIMAGE'), is_gone),
        Nap('refused-twice', Sleeper(), spoiled(spoil.other_cpu), twin,
            gives_up_one, gives_up('TRANS_EIMAGE')),
        # No disk is that large, so nobody knows.
        Nap('beyond-stays', Sleeper(), keeps(
            'TRANS_ERANGE: the swap header is beyond the disk',
            options=['offset=123456789']), wakes()),
        Nap('unreadable-stays', Sleeper(), unreadable,
            keeps('TRANS_EHOST: disk read', extra=UNREADABLE), wakes()),
        # Other CPUs help, and are off when it comes back, with as many as it
        # had. One that does not answer: nothing but a reset helps.
        Nap('worker-lost', Sleeper(lab.Machine(smp=4)),
            loses_a_worker, with_workers(3)),
        # One that finds out too late: reset, and the image is gone.
        Nap('leave-failed', Sleeper(), cannot_leave, is_gone),
    ]


MODERN = ['-global', 'virtio-mmio.force-legacy=false']
BLOCKS_4K = [word for size in ('logical', 'physical') for word in (
    '-global', f'virtio-blk-device.{size}_block_size=4096')]


def special():
    return [
        # The literal is lost: the other entry is taken by itself.
        Nap('entry-falls-back', Sleeper(words=RAW), spoiled(spoil.entry),
            wakes(expect=[says.ENTRY.format('virtual')])),
        wide_awake('modern-virtio', Sleeper(lab.Machine(more=MODERN))),
        wide_awake('blocks-of-4k', Sleeper(lab.Machine(more=BLOCKS_4K))),
        cycles(2, 'lzo', Sleeper(lab.Machine(gic='3', smp=2))),
        # Linux saves pages that are reserved, unless it does not map them.
        *[Nap(f'saved-though-reserved-{how}', Sleeper(),
              wakes(f'map={how}', tree=reserved)) for how in ('sparse', 'linear')],
        # A timer that the saved Linux does not know, due when it comes back.
        wide_awake('timers-due', Sleeper(lab.Machine(gic='3')), 'timers=on'),
    ]


# ---- PCI ---------------------------------------------------------------------

def lpis_of(nap):
    """`lpis=`, by what the guest said of its tables: GICR_PROPBASER, and a
    GICR_PENDBASER of each CPU (16 bits, Inner Shareable, write-back)."""
    with open(f'{nap.disks}/said', encoding='utf-8') as f:
        said = f.read()
    tables = re.findall(r'LPI property table @0x(\w+)', said) + re.findall(
        r'CPU\d+: using \w+ LPI pending table @0x(\w+)', said)
    if len(tables) != 1 + nap.machine.smp:
        raise Failed(f'{len(tables)} LPI tables', said)
    values = [int(t, 16) | 0x780 for t in tables]
    values[0] |= 0xf
    return 'lpis=' + ','.join(map(hex, values))


def wakes_with_lpis(*options, cycle=1, expect=()):
    """The saved kernel says where its tables are. A GICv2 has none: there MSIs
    are SPIs, of its frame v2m."""
    def step(nap):
        cpus = nap.machine.smp if nap.machine.its else 0
        return wakes(*options, cycle=cycle,
                     expect=[says.LPI_CPUS.format(cpus), *expect])(nap)
    return step


def told_lpis(nap):
    """Somebody knows better."""
    return wakes(lpis_of(nap))(nap)


def takes_sidecar(change):
    """From now on the port is given what the guest left on its disk, as one
    reads it who knows nothing of the journal."""
    def step(nap):
        nap.sidecar = f'{nap.disks}/sidecar'
        subprocess.run(['/usr/sbin/debugfs', '-R', 'dump /trans_table.sidecar '
                        f'{nap.sidecar}', f'{nap.disks}/data.img'], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(nap.sidecar, encoding='utf-8') as f:
            text = f.read()
        if not text.endswith('end\n'):
            raise Failed('no sidecar', text)
        with open(nap.sidecar, 'w', encoding='utf-8') as f:
            f.write(change(text))
    return step


def forgets_sidecar(nap):
    nap.sidecar = None


def takes_it_again(nap):
    nap.sidecar = f'{nap.disks}/sidecar'


def as_it_is(text):
    return text


def of_another_boot(text):
    return re.sub(r'(?m)^(boot .*)\w$',
                  lambda m: m[1] + ('0' if m[0][-1] != '0' else '1'), text)


def without_lpis(cpus):
    """Only so many CPUs get their tables back. Why that is not enough is not
    ours to say: it hangs, or a check fails."""
    def step(nap):
        lpis = ','.join(lpis_of(nap).split(',')[:1 + cpus])
        return nap.port([lpis if cpus else 'lpis=off'], [says.ABOUT_TO_RESUME],
                        [says.CYCLE_DONE.format(1), says.ANY_REFUSAL],
                        may_hang=True)
    return step


def pci_guest(kernel='6.1', cycles=1, mmio=(), words=(), sidecar='', **shape):
    """Its devices send MSIs, which an ITS makes LPIs of."""
    shape = {'gic': '3', 'its': True, **shape}
    return Sleeper(lab.Machine(**shape), kernel, words, cycles, pci=True,
                   mmio=mmio, sidecar=sidecar)


def on_pci(name, *options, **guest):
    """The swap disk, too: the port reads it there."""
    guest = pci_guest(**guest)
    return Nap(f'pci-{name}', guest,
               *[wakes_with_lpis(*options, cycle=n + 1)
                 for n in range(guest.cycles)], data_disk_is_clean, is_gone)


def dead(name, cpus, **guest):
    return Nap(f'pci-{name}', pci_guest(mmio=['swap'], **guest),
               without_lpis(cpus))


def lost_lines():
    """The log is lost. Debian's 6.12 has variables with names; its 6.1 has
    not: there a sidecar is all that is left, and who does not know where tables
    are is refused."""
    return [
        Nap('pci-by-memory', pci_guest('6.12', words=RAW, smp=2),
            spoiled(spoil.lpi_lines),
            wakes_with_lpis('plan', expect=[says.LPIS_BY.format('memory')])),
        Nap('pci-unknown', pci_guest(words=RAW, smp=2),
            spoiled(spoil.lpi_lines),
            refuses('TRANS_ESTATE: LPI tables unknown'), told_lpis),
        Nap('pci-by-sidecar', pci_guest(words=RAW, smp=2, sidecar='/disk'),
            spoiled(spoil.lpi_lines), takes_sidecar(of_another_boot),
            refuses('TRANS_ESTATE: LPI tables unknown'),
            takes_sidecar(as_it_is),
            wakes_with_lpis('plan', expect=[says.LPIS_BY.format('sidecar')]),
            data_disk_is_clean)]


def by(source, cycle=1):
    return wakes_with_lpis('plan', cycle=cycle,
                           expect=[says.LPIS_BY.format(source)])


UNKNOWN = refuses('TRANS_ESTATE: LPI tables unknown')
ONLY_SIDECAR = [UNKNOWN, takes_sidecar(as_it_is)]


def asked(name, kernel, *rest, cycles=2):
    """By its log; the next time, when that is lost, by what is left."""
    log = [by('log'), spoiled(spoil.lpi_lines)] if cycles == 2 else []
    return Nap(f'pci-own-{name}',
               pci_guest(kernel, cycles, words=RAW, smp=2, sidecar='/disk'),
               *log, *rest, data_disk_is_clean, is_gone)


def blanked(kernel):
    """One source more each time, until the image is refused; in the end
    VMCOREINFO. The kernel wakes without what was blanked, so that its sidecar
    is of the time before that."""
    return Nap(f'pci-blanked-{kernel}',
               pci_guest(kernel, 4, words=RAW, smp=2, sidecar='/disk'),
               by('log'), takes_sidecar(as_it_is), forgets_sidecar,
               spoiled(spoil.lpi_lines), spoiled(spoil.types), by('memory', 2),
               spoiled(spoil.symbols), UNKNOWN, takes_it_again,
               by('sidecar', 3), forgets_sidecar,
               spoiled(spoil.info), UNKNOWN, takes_it_again,
               by('sidecar', 4), data_disk_is_clean, is_gone)


def own():
    """Kernels that lack one thing each that they can be asked by, and the
    newest that Debian has."""
    found = [asked('unstable', 'unstable', by('memory', 2))]
    for series in ('6.1', '6.12'):
        pci = f'{series}-pci'
        found += [
            asked(series, pci, by('memory', 2)),
            asked(f'{series}-no-btf', f'{pci}-no-btf', by('memory', 2)),
            asked(f'{series}-no-data', f'{pci}-no-data', *ONLY_SIDECAR,
                  by('sidecar', 2)),
            asked(f'{series}-no-info', f'{pci}-no-info', *ONLY_SIDECAR,
                  by('sidecar'), cycles=1)]
    return found


VHE = {'el': 2, 'cpu': MAX}


def pci():
    """In `check`: once, and on a CPU that QEMU is quick with."""
    return [on_pci('6.1'),
            on_pci('6.12-vhe-smp2', kernel='6.12', smp=2, el=2,
                   cpu='cortex-a76')]


def more_pci():
    return [
        on_pci('6.1-again', cycles=3),
        on_pci('6.1-smp4', cycles=3, smp=4),
        on_pci('6.1-vhe', cycles=3, **VHE),
        on_pci('6.1-vhe-smp4', cycles=3, smp=4, **VHE),
        on_pci('6.12', kernel='6.12', cycles=3),
        on_pci('6.12-smp4', kernel='6.12', cycles=3, smp=4),
        on_pci('6.12-vhe', kernel='6.12', cycles=3, **VHE),
        on_pci('6.12-vhe-smp4', kernel='6.12', cycles=3, smp=4, **VHE),
        on_pci('xhci', kernel='6.1-full', cycles=3, smp=4),
        on_pci('virtual-linear', 'entry=virtual', 'map=linear', smp=4),
        on_pci('v2m', gic='2', its=False),
        Nap('pci-rest', pci_guest(mmio=['swap']), wakes_with_lpis()),
        *lost_lines(), blanked('6.12'), blanked('6.12-pci'), *own(),
        dead('lpis-left-off', 0), dead('lpis-of-one-cpu', 1, smp=4)]


def cpu_resume(name):
    """Where System.map has it, in the one place where QEMU puts kernels."""
    with open(f'{sleeper.BUILD}/kernels/{name}/System.map',
              encoding='utf-8') as f:
        at = {w[2]: int(w[0], 16) for w in map(str.split, f)}
    return KERNEL_AT + at['cpu_resume'] - at['_text']


def enters(name, entry, el):
    """The entry that was found, and for our own kernels also where."""
    def step(nap):
        where = '' if entry == 'virtual' else f'{cpu_resume(name):x}$'
        return wakes(*entry_options({'entry': entry, 'el': el, 'cpu': MAX}),
                     expect=[says.ENTRY.format(entry) + where])(nap)
    return step


def slim():
    """Our own kernels, with pages of other sizes."""
    found = []
    for name in kernels.PAGES:
        for el, gic, smp in ((1, '2', 1), (2, '3', 2)):
            machine = lab.Machine(el=el, cpu=MAX, gic=gic, smp=smp)
            for entry in ('physical', 'virtual'):
                found.append(Nap(
                    f'wake-{name}-el{el}-gic{gic}-smp{smp}-{entry}',
                    Sleeper(machine, name), enters(name, entry, el),
                    data_disk_is_clean))
    return found


def more_specials():
    return [
        Nap('workers-2', Sleeper(lab.Machine(smp=2)), with_workers(1)),
        Nap('workers-4', Sleeper(lab.Machine(gic='3', smp=4)),
            with_workers(3)),
        Nap('workers-el2', Sleeper(lab.Machine(el=2, smp=2)), with_workers(1)),
        Nap('workers-vhe', Sleeper(lab.Machine(el=2, cpu=MAX, gic='3', smp=2)),
            with_workers(1, 'vhe=on')),
        cycles(5, 'lzo', Sleeper(lab.Machine(gic='3', smp=2))),
        *[wide_awake(f'nvhe-on-max-{kernel}-{entry}', Sleeper(
            lab.Machine(el=2, cpu=MAX, gic='3'), kernel,
            ['kvm-arm.mode=nvhe']), f'entry={entry}')
          for kernel in ('6.1', '6.12') for entry in ('physical', 'virtual')],
        Nap('bad-page-size', Sleeper(lab.Machine(cpu=MAX), '6.12-16k'),
            refuses("TRANS_EIMAGE: the CPU lacks the image's page size"),
            machine=lab.Machine()),
        # Only a kernel with symbols of data says what its CPUs had.
        Nap('bad-features', Sleeper(lab.Machine(cpu=MAX), '6.12'), refuses(
            'TRANS_EIMAGE: CPU has less ID_AA64ISAR1_EL1'),
            machine=lab.Machine(cpu='max,pauth=off')),
        # 52 bits, built for them: it goes on with the 48 that it began with.
        wide_awake('more-bits', Sleeper(
            lab.Machine(cpu=MAX + ',lpa2=off'), '6.12'),
            machine=lab.Machine(cpu=MAX)),
        Nap('bad-level-vhe', Sleeper(lab.Machine(el=2, cpu=MAX)), refuses(
            'TRANS_EIMAGE: saved with VHE'), machine=lab.Machine(cpu=MAX)),
        wide_awake('more-ram', Sleeper(), machine=lab.Machine(ram='1G')),
        cycles(5, 'virtual-6.12', Sleeper(
            lab.Machine(el=2, cpu=MAX, gic='3', smp=4), '6.12',
            PACKING['lz4']), 'entry=virtual', 'map=linear'),
    ]


def all_cases(full=False):
    factors = FACTORS if full else {**FACTORS, 'ram': FACTORS['ram'][:2],
                                    'smp': [1, 4]}
    rows = covering(factors, 3 if full else 2)
    return [*[from_row(r) for r in rows], *special(), *refusals(), *pci(),
            *(more_specials() + more_pci() + slim() if full else [])]


if __name__ == '__main__':
    sys.exit('hibernate.py holds cases; tests/qemu/run.py runs them')
