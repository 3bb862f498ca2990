# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""A Linux that went to sleep, and what is typed to wake it. What is expected is
in at_prompt.py."""
import re

import asleep
import at_prompt
import console
import disk
import hibernate_spoil
import lab
import trees
from at_prompt import demand
from console import Lost

# The start of a kernel, which every image has; and far from any.
KERNEL_PAGE, FAR_PAGE = at_prompt.KERNEL_AT, 0x4c000000


class Resume(at_prompt.Case):
    """A Linux that went to sleep on this machine, through this U-Boot. A
    script is given the disks too."""

    def __init__(self, name, script, words=(), kernel='6.1', slept_at=None,
                 tree=None, slept_with=False, pci=False, sidecar=False,
                 out='with', **machine):
        self.tree, self.slept_with = tree, slept_with
        super().__init__(name, script, out=out, **machine)
        slept = {'ram': '512M', **machine, 'el': slept_at or self.machine.el}
        self.guest = asleep.Guest(lab.Machine(**slept), kernel, words,
                                  pci=pci, sidecar=sidecar)

    def set_tree(self):
        """For the U-Boot that wakes it, and the one that it slept by too if
        the image is to fit."""
        if self.tree:
            change, page = self.tree
            self.machine.more = trees.words(self.machine, self.u_boot,
                                            change, page, 4096)
        if self.slept_with:
            self.guest.machine.more = self.machine.more

    def more_disks(self):
        """Words for QEMU, behind those of the disks it slept with."""
        return []

    def run(self, live=False):
        start = self.now()
        self.set_tree()
        name = f'u-boot-{self.name}'
        text, why = '', ''
        try:
            home = asleep.asleep(self.guest, self.u_boot, name)
            with asleep.copy_of(home, self.name) as disks, console.Console(
                    [*asleep.args(self.machine, self.u_boot, disks, self.guest),
                     *self.more_disks()], name, live, self.timeout) as c:
                try:
                    c.prompt()
                    c.guest, c.u_boot = self.guest, self.u_boot
                    asleep.set_bootcmd(c, self.guest)
                    self.script(c, self.machine, disks)
                finally:
                    text = c.text
        except Lost as lost:
            why = str(lost)
        return lab.Result(text, why, self.now() - start)


def resumes(c, machine, disks):
    """By the same bootcmd that booted it: no kernel was started for it."""
    c.type('boot\n')
    awake(c, disks)


def awake(c, disks):
    c.expect(at_prompt.SLEEPER_END, 120)
    if not re.search(at_prompt.SLEEPER_PASS, c.text) or \
            re.search(at_prompt.ANY_BOOT, c.text):
        bad = re.search(at_prompt.BAD_CHECK + '|$', c.text)[0]
        raise Lost(bad or 'it was booted')
    c.ends()
    if asleep.has_image(disks):
        raise Lost('the image is still there')


def resumes_by_sidecar(c, machine, disks):
    """Its log is lost, and this kernel's variables have no names. What its
    user space left is believed, but only that of its own boot."""
    number = asleep.disk_number(c)
    words, at = f'virtio {number}:2', at_prompt.KERNEL_AT
    hibernate_spoil.lpi_lines(disks, disk.SWAP[0])
    c.fails(f'trans resume {words}', at_prompt.NO_LPIS, 120)
    c.fails(f'trans resume -s {at:x} {words}', 'Usage')
    c.fails(f'trans resume -s 1000:10 {words}', 'TRANS_ERANGE: sidecar')
    c.must(f'load virtio {number}:1 {at:x} trans_table.sidecar')
    c.must('setenv sidecar ${filesize}')
    place, digit = digit_of_boot(c, at)
    c.must(f'mw.b {place:x} {ord("1" if digit == "0" else "0"):x}')
    sidecar = f'-s {at:x}:${{sidecar}}'
    c.fails(f'trans resume {sidecar} {words}', at_prompt.NO_LPIS, 120)
    c.must(f'mw.b {place:x} {ord(digit):x}')
    demand(c.must(f'trans plan resume {sidecar} {words}', 120),
           at_prompt.BY_SIDECAR)
    c.type(f'trans resume {sidecar} {words}\n')
    awake(c, disks)


def digit_of_boot(c, at):
    """Of what a sidecar says of its boot, where the first digit is, and which.
    """
    text = ''.join(re.findall(r'^[0-9a-f]{8}: .*?  (.{1,16})$',
                              c.must(f'md.b {at:x} c0'), re.M))
    found = re.search(r'\.boot (.)', text)
    if not found:
        raise Lost(f'no boot in: {text}')
    return at + found.start(1), found[1]


def spoil(disks):
    """Invert 8 KiB of a chunk; inverted again they are as before."""
    with open(f'{disks}/swap.img', 'r+b') as f:
        f.seek(disk.SWAP[0] + (8 << 20))
        data = f.read(8192)
        f.seek(-len(data), 1)
        f.write(bytes(b ^ 0xff for b in data))


def answered(c, answer):
    demand(c.must('printenv trans_resume'), f'trans_resume={answer}\\b')


def gives_up(c, machine, disks):
    """What is refused is kept, and nothing booted over it; once it is given up,
    the same words boot as usual."""
    number = asleep.disk_number(c)
    words = f'virtio {number}:2'
    spoil(disks)
    c.type('boot\n')
    c.expect(at_prompt.DAMAGED, 120)
    c.expect(asleep.KEPT)
    c.expect(console.PROMPT)
    answered(c, 'refused')
    if not asleep.has_image(disks):
        raise Lost('the image is gone')
    c.must(f'trans discard {words}')
    answered(c, 'none')
    if asleep.has_image(disks):
        raise Lost('the image is still there')
    c.fails(f'trans discard {words}', at_prompt.NO_IMAGE)
    answered(c, 'none')
    c.type('boot\n')
    c.expect(asleep.NO_IMAGE)
    c.expect(asleep.GOING, 120)


def boots_at_any_price(c, machine, disks):
    """What is refused is lost, and the machine comes up. But not what Ctrl-C
    stopped."""
    asleep.set_bootcmd(c, c.guest, example=asleep.ANY_PRICE)
    c.type('boot\n')
    c.expect('Reading', 60)
    c.type('\x03')
    c.expect(at_prompt.STOPPED, 60)
    c.expect(console.PROMPT)
    if not asleep.has_image(disks):
        raise Lost('the image is gone')
    spoil(disks)
    c.type('boot\n')
    c.expect(at_prompt.DAMAGED, 120)
    c.expect(at_prompt.GIVEN_UP)
    c.expect(asleep.GOING, 120)


def refuses_resume(c, machine, disks):
    """An image that is damaged stays where it is, and can be resumed once it
    is whole again. A dry run leaves it alone too."""
    number = asleep.disk_number(c)
    words = f'virtio {number}:2'
    no_disk = 'TRANS_ENOENT: disk or partition'
    for what, why, answer in [
            ('', 'Usage', 'refused'), (f'{words} nonsense', 'Usage', 'refused'),
            ('virtio 7:1', no_disk, 'refused'),
            (f'virtio {number}:1', at_prompt.NO_SWAP, 'none'),
            (f'virtio {number}:9', no_disk, 'refused'),
            (f'{words} 3', at_prompt.NO_IMAGE, 'none'),
            # More words than any command has: the answer before is no answer.
            (f'-f -e {words} 0 1 2', 'Usage', 'refused'),
            (f'{words} 0xffffffff', 'TRANS_ERANGE: the swap header',
             'refused')]:
        for command in ('resume', 'discard'):
            c.fails(f'trans {command} {what}', why, 60)
            answered(c, answer)
    spoil(disks)
    c.fails(f'trans resume {words}', at_prompt.DAMAGED, 120)
    answered(c, 'refused')
    spoil(disks)
    demand(c.must(f'trans plan resume {words}', 120), 'Linux #1',
           r'Entry 0x4[0-9a-f]{7}, MMU off', at_prompt.PROOF)
    answered(c, 'ready')
    c.type(f'trans resume {words}\n')
    c.expect('Reading', 60)
    c.type('\x03')
    c.expect(at_prompt.STOPPED, 60)
    c.expect(console.PROMPT)
    answered(c, 'again')
    if not asleep.has_image(disks):
        raise Lost('the image is gone')
    resumes(c, machine, disks)


def resumes_elsewhere(c, machine, disks):
    """Saved at EL1, and we are at EL2: refused by name, and kept."""
    c.fails(f'trans resume virtio {asleep.disk_number(c)}:2',
            at_prompt.WRONG_LEVEL, 120)
    if not asleep.has_image(disks):
        raise Lost('the image is gone')


def refuses_no_map(c, machine, disks):
    """No Linux maps such memory, so the image is another machine's."""
    c.fails(f'trans resume virtio {asleep.disk_number(c)}:2',
            at_prompt.NO_MAP.format(KERNEL_PAGE), 120)
    if not asleep.has_image(disks):
        raise Lost('the image is gone')


GIC = ('/intc@8000000', '0 8000000 0 10000 0 80a0000 0 {:x}')
ITS = ('/intc@8000000/its@8080000', '0 {:x} 0 20000')
WHOLE_REDIST, ONE_FRAME = 0xf60000, 0x10000
ITS_AT, ZERO_AT = 0x8080000, 0x9010004


def set_reg(c, node, value):
    """In U-Boot's own tree; nothing else of it moves."""
    path, words = node
    words = ' '.join(f'0x{w}' for w in words.format(value).split())
    c.must(f'fdt set {path} reg "<{words}>"')


def ask_refuses(c, machine, disks):
    """The GIC is not as U-Boot's tree has it: without this CPU's
    redistributor; with an ITS that is never quiescent (the match register of
    QEMU's PL031, which is zero). Both are seen before a device goes or a
    sector is written: the image is still there, so is every disk, and with
    the right tree it goes on."""
    number = asleep.disk_number(c)
    c.must('fdt addr $fdtcontroladdr')
    for node, good, bad, why in [
            (GIC, WHOLE_REDIST, ONE_FRAME, at_prompt.SHORT_REDIST),
            (ITS, ITS_AT, ZERO_AT, at_prompt.RESTLESS_ITS)]:
        set_reg(c, node, bad)
        for _ in range(2):
            c.fails(f'trans resume virtio {number}:2', why, 120)
            if not asleep.has_image(disks):
                raise Lost('the image is gone')
        set_reg(c, node, good)
        for disk_ in (0, 1):
            c.must(f'virtio dev {disk_}')
            c.must(f'virtio read {at_prompt.KERNEL_AT:x} 0 1')
    demand(c.must(f'ls virtio {number}:1'), 'Image')
    resumes(c, machine, disks)


def resumes_by_all(c, machine, disks):
    """Another CPU helps, as often as it is asked, and the kernel then starts it
    as ever."""
    number = asleep.disk_number(c)
    c.fails('trans resume -w', 'Usage')
    demand(c.must(f'trans plan resume -w 2 virtio {number}:2', 120),
           at_prompt.HELPED.format(1))
    demand(c.must(f'trans plan resume -w 1 virtio {number}:2', 120),
           at_prompt.HELPED.format(1))
    c.type(f'trans resume -w 2 virtio {number}:2\n')
    awake(c, disks)


def loses_worker(c, disks, why):
    """Within seconds the board resets, since nobody knows what the CPU that was
    lost will write. The image stays."""
    c.type(f'trans resume -w 1 virtio {asleep.disk_number(c)}:2\n')
    c.expect(at_prompt.LOST_CPU.format(why), 30)
    c.ends()
    if not asleep.has_image(disks):
        raise Lost('the image is gone')


def does_not_come(c, machine, disks):
    """A CPU that was started, and neither comes nor is off: its first
    instruction is a branch to itself."""
    at = at_prompt.runs_at(c, 'port_worker_entry')
    c.must(f'mw.l {at:x} {at_prompt.branch(at, at):x}')
    loses_worker(c, disks, 'a CPU did not come')


# For all but CPU 0 an endless loop: MRS X16, MPIDR_EL1; TST X16, #0xff; B.NE to
# itself (Arm ARM C6.2).
LOOP_OF_OTHERS = 0xd53800b0, 0xf2401e1f, 0x54000001


def does_not_end(c, machine, disks):
    """A CPU that came, took its part of the work, and never ends it: what it
    does begins with a loop, in the place of the command go, for it alone."""
    part, go = (at_prompt.runs_at(c, f) for f in ('settle', 'do_go'))
    first = int(re.search(r': ([0-9a-f]{8})',
                          c.must(f'md.l {part:x} 1'))[1], 16)
    back = at_prompt.branch(go + 16, part + 4)
    for i, word in enumerate((*LOOP_OF_OTHERS, first, back)):
        c.must(f'mw.l {go + 4 * i:x} {word:x}')
    c.must(f'mw.l {part:x} {at_prompt.branch(part, go):x}')
    loses_worker(c, disks, 'a worker does not answer')


def does_not_go(c, machine, disks):
    """A CPU that has done all its work, and does not go off."""
    at = at_prompt.runs_at(c, 'port_worker_leave')
    c.must(f'mw.l {at:x} {at_prompt.branch(at, at):x}')
    loses_worker(c, disks, 'a CPU did not go off')


def resumes_without_gic(c, machine, disks):
    """Of a GICv2 nothing is to be set: the kernel saved it."""
    at_prompt.without_gic(c)
    resumes(c, machine, disks)


def resumes_without_mmu(c, machine, disks):
    """Nor is there anything that another CPU could be set up with."""
    at_prompt.switch_mmu_off(c)
    plan = f'trans plan resume -w 1 virtio {asleep.disk_number(c)}:2'
    demand(c.must(plan, 120), at_prompt.HELPED.format(0))
    resumes(c, machine, disks)


# ---- all of them ------------------------------------------------------------

CASES = [
    Resume('resume-el1-gic2', resumes),
    Resume('resume-el1-gic3-raw', resumes, gic='3', words=at_prompt.RAW),
    Resume('resume-el2-gic2-raw', resumes, el=2, words=at_prompt.RAW),
    Resume('resume-el2-gic3', resumes, el=2, gic='3'),
    Resume('resume-el2-gic3-lz4-6.12', resumes, el=2, gic='3',
           words=at_prompt.LZ4, kernel='6.12'),
    Resume('resume-workers', resumes_by_all, smp=2),
    Resume('resume-workers-el2', resumes_by_all, el=2, gic='3', smp=2),
    Resume('resume-worker-lost', does_not_come, smp=2),
    Resume('resume-worker-stuck', does_not_end, smp=2),
    Resume('resume-worker-stays', does_not_go, smp=2),
    Resume('resume-no-gic', resumes_without_gic, words=at_prompt.RAW),
    Resume('resume-mmu-off', resumes_without_mmu, words=at_prompt.RAW, smp=2),
    Resume('resume-refuses', refuses_resume),
    Resume('resume-gives-up', gives_up),
    Resume('resume-any-price', boots_at_any_price),
    Resume('resume-ask-refuses', ask_refuses, gic='3', its=True,
           words=at_prompt.RAW),
    Resume('resume-reserved', resumes, words=at_prompt.RAW,
           tree=(trees.reserving, FAR_PAGE), slept_with=True),
    Resume('resume-no-map', refuses_no_map,
           tree=(trees.no_map, KERNEL_PAGE)),
    Resume('resume-other-el', resumes_elsewhere, el=2, slept_at=1),
    Resume('resume-pci', resumes, pci=True, gic='3', its=True, smp=2,
           words=at_prompt.RAW),
    Resume('resume-pci-sidecar', resumes_by_sidecar, pci=True, gic='3',
           its=True, smp=2, words=at_prompt.RAW, sidecar=True),
]
