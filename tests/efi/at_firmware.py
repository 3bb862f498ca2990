# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi in EDK2: a Linux that this firmware booted, and that went to
sleep, comes back; a kernel is started over what the firmware used; and what
must be refused is, with the image as it was."""
import re
import time

import esp
import lab
import machines
import payload
import varstore
from console import Lost
from machines import Guest, Machine

RESUMING = r'Resuming \.\.\.'
STARTING = r'Starting the kernel \.\.\.'
PASS = r'TRANS-TABLE-LINUX: (?:PASS|FAIL).*'
BOOTED = 'EFI stub: Booting Linux Kernel'
UP = r'linux: CPU: All CPU' # of the sleeper, with its swap space in use
STAYS = r'the image stays, and nothing is started'
# What the firmware goes on to when the application has returned: the next entry
# behind an error, its menu behind success.
SHELL = r'UEFI Interactive Shell'
MENU = r'BdsDxe: loading \S+ "UiApp"'


class Case:
    """On a machine, some steps: functions of the case and its directory, where
    disks are. With a guest: one that is asleep on them."""
    patience = 900 # seconds of one start

    def __init__(self, name, *steps, guest=None, machine=None, conf='',
                 kernel='6.1', sample=False):
        self.name, self.steps, self.guest = name, steps, guest
        self.machine = machine or guest.machine
        self.conf, self.kernel, self.sample = conf, kernel, sample
        self.text, self.raw, self.live = '', b'', False

    def bases(self):
        """What its disk is made by (esp.base)."""
        made = self.guest or self
        return [(made.kernel, made.machine.sector, bool(
            self.guest and self.guest.swap_file))]

    def prepare(self, home):
        if self.guest:
            machines.copy(machines.asleep(self.guest, f'efi-{self.name}',
                                          self.live), home)
        else:
            machines.fresh(home, self.machine, self.kernel, self.conf)

    def run(self, live=False):
        start, why, self.text, self.live = time.monotonic(), '', '', live
        try:
            with machines.scratch(self.name) as home:
                self.prepare(home)
                start = time.monotonic()
                for step in self.steps:
                    step(self, home)
            wide = machines.too_wide(self.raw)
            why = wide and f'wider than 79 columns: {wide}'
        except Lost as lost:
            why = str(lost)
            self.text = getattr(lost, 'text', self.text)
        return lab.Result(self.text, why, time.monotonic() - start)

    def at_console(self, home, script, more=()):
        """One start of the machine."""
        with machines.start(self.machine, home, f'efi-{self.name}', self.live,
                            self.patience, more) as c:
            try:
                self.machine.begin(c)
                script(c)
            except Lost as lost:
                lost.text = c.text
                raise
            self.text, self.raw = c.text, c.raw


# ---- resume ------------------------------------------------------------------

def wakes(case, home):
    """Without a kernel being booted; and the image is gone."""
    def script(c):
        c.expect(RESUMING, 240)
        machines.slept_well(c)
        if BOOTED in c.text:
            raise Lost('a kernel was booted')
    case.at_console(home, script)
    if esp.has_image(home):
        raise Lost('the image is still there')


def plans(case, home, words=''):
    """Says what it would do; nothing changes."""
    before = esp.swap_bytes(home)
    esp.configure(home, f'--plan {words}')

    def script(c):
        c.expect(r'transtable: Linux #', 240)
        c.expect(r'proof holds: ', 60)
        c.expect(MENU, 60)
    case.at_console(home, script)
    esp.configure(home, case.conf)
    if esp.swap_bytes(home) != before:
        raise Lost('the disk has changed')


def location(home):
    """What systemd's variable says, if it is there."""
    return varstore.variables(f'{home}/vars.fd').get('HibernateLocation')


def sleeps_again(case, home):
    """Where there is no image nothing is said, and the system is started, which
    goes to sleep."""
    def script(c):
        c.expect(BOOTED, 240)
        c.expect(machines.GOING, 300)
        c.ends(300)
        if 'transtable:' in c.text:
            raise Lost('it said something')
    case.at_console(home, script)


def refused(case, home, script, more=()):
    """Whatever is said then, with the image and the variable as they were."""
    before, said = esp.swap_bytes(home), location(home)
    case.at_console(home, script, more)
    if esp.swap_bytes(home) != before:
        raise Lost('the disk has changed')
    if location(home) != said:
        raise Lost('the variable has changed')


def refuses(why, after=STAYS):
    def step(case, home):
        def script(c):
            c.expect(r'transtable: resume: ' + why, 240)
            c.expect(after, 60)
        refused(case, home, script)
    return step


def refused_comes_up(why):
    """Nobody presses a key, and the usual system is there in the end."""
    def step(case, home):
        def script(c):
            c.expect(r'transtable: resume: ' + why, 240)
            c.expect(BOOTED, 60)
            c.expect(UP, 300)
        case.at_console(home, script)
    return step


def other_machine(**shape):
    """The next steps are on another machine, or again on the guest's own."""
    def step(case, _):
        case.machine = Machine(**shape) if shape else case.guest.machine
    return step


def discards(case, home):
    """D gives the image up; then what is configured is started."""
    def script(c):
        c.expect(STAYS, 240)
        c.type('d')
        c.expect(r'the hibernated system is given up', 30)
        c.expect(BOOTED, 60)
    case.at_console(home, script)
    if esp.has_image(home):
        raise Lost('the image is still there')


def escapes(case, home):
    """Esc while the image is read. At a serial line it may be the beginning of
    another key; EDK2 waits two seconds for that (TerminalDxe), which is longer
    than the image takes, or until what comes next is none."""
    def script(c):
        c.expect(r'reading the image', 240)
        c.type('\x1b\x1b')
        c.expect(r'TRANS_ESTOPPED', 60)
        c.expect(STAYS, 60)
    refused(case, home, script)


def two_images(case, home):
    """Whose is to be given up nobody knows: D gives up neither, and nothing is
    started."""
    with open(f'{home}/data.img', 'wb') as f:
        f.write(esp.swap_bytes(home))

    def script(c):
        c.expect(r'more than one device has an image', 240)
        c.expect(STAYS, 60)
        c.type('d')
        c.expect(r'discard: TRANS_EINVAL', 30)
        c.type('d')
        c.expect(r'discard: TRANS_EINVAL', 30)
        if BOOTED in c.text:
            raise Lost('a kernel was booted')
    refused(case, home, script)


def configured(conf):
    def step(_, home):
        esp.configure(home, conf)
    return step


# ---- kexec -------------------------------------------------------------------

def kexecs(*said):
    """Debian's kernel looks from inside, and EFI's clock answers."""
    def step(case, home):
        def script(c):
            c.expect(STARTING, 300)
            c.expect(PASS, 300)
            bad = re.search(machines.BAD_CHECK, c.text)
            if bad or 'LINUX: PASS' not in c.text:
                raise Lost(bad and bad[0] or 'no verdict')
            for words in ('CHECK data ok', 'CHECK efi ok', *said):
                if words not in c.text:
                    raise Lost(f'missing: {words}')
            if BOOTED in c.text:
                raise Lost('it was booted by its EFI stub')
            c.ends()
        case.at_console(home, script)
    return step


def says(*patterns):
    """And goes on with the firmware's own order."""
    def step(case, home):
        def script(c):
            for pattern in patterns:
                c.expect(pattern, 240)
        case.at_console(home, script)
    return step


def version(case, home):
    """And no word of help."""
    says(r'transtable \d+\.\d+\.\d+\n', MENU)(case, home)
    if 'WORDS' in case.text:
        raise Lost('it said more')


def unreadable(case, home):
    """Of the second disk the sector with a swap header is an error: what is
    there nobody knows, and that is said before the firmware goes on."""
    with open(f'{home}/errors', 'w', encoding='utf-8') as f:
        f.write('[inject-error]\nevent = "read_aio"\nerrno = "5"\n'
                'sector = "7"\n')

    def script(c):
        c.expect(r'looking for an image: TRANS_EHOST: ', 240)
        c.expect(SHELL, 60)
    case.at_console(home, script, more=[
        '-set', f'drive.disk1.file=blkdebug:{home}/errors:{home}/data.img'])


# ---- all of them -------------------------------------------------------------

KERNEL = rf'-k \Image -i \initrd -c "{payload.CMDLINE}"'
# EDK2's first heap ends at 0x48000000: 9 MiB of data and code of boot services
# (as a kernel's efi=debug has it), which 26 MiB of a kernel cannot stay clear
# of. In it is a table that kernels find, before or behind which it goes.
OVER = KERNEL + ' avoid=40000000:6600000'
IS_OVER = 'over memory of the firmware'
TREE = Machine(gic='2')
ACPI = Machine(acpi=True, gic='3')
VHE = 'max,pauth-impdef=on'
TREE_GUEST = Guest(TREE)
OTHER_EFI = r'TRANS_ESTATE: '

CASES = [
    Case('resume', wakes, guest=TREE_GUEST, sample=True),
    Case('kexec-acpi', kexecs(IS_OVER), machine=ACPI, conf=OVER, sample=True),
    Case('resume-acpi', wakes, guest=Guest(ACPI)),
    Case('resume-raw', wakes, guest=Guest(TREE, words=[
        'hibernate=nocompress'])),
    Case('resume-nvhe', wakes, guest=Guest(Machine(el=2, gic='3', smp=2))),
    Case('resume-vhe', wakes, guest=Guest(Machine(el=2, gic='3', cpu=VHE,
                                                  smp=2))),
    Case('resume-6.12', wakes, guest=Guest(TREE, kernel='6.12')),
    Case('resume-lz4', wakes, guest=Guest(TREE, kernel='6.12', words=[
        'hibernate.compressor=lz4'])),
    Case('resume-location', wakes, guest=Guest(TREE, words=[
        f'tt.location={esp.partition_uuid(2)}'])),
    Case('resume-location-swap', wakes, guest=Guest(ACPI, words=[
        'tt.location=swap'])),
    Case('resume-plan', plans, wakes, guest=TREE_GUEST),
    Case('resume-esc', escapes, wakes, guest=TREE_GUEST),
    Case('resume-esc-discard', configured('on-refusal=discard'), escapes,
         configured(''), wakes, guest=TREE_GUEST),
    Case('resume-two', two_images, guest=TREE_GUEST),
    Case('resume-other-ram', other_machine(gic='2', ram='768M'),
         refuses(OTHER_EFI), discards, guest=TREE_GUEST),
    Case('resume-other-ram-kept', other_machine(gic='2', ram='768M'),
         refuses(OTHER_EFI), other_machine(), wakes, guest=TREE_GUEST),
    Case('resume-location-refused', other_machine(gic='2', ram='768M'),
         refuses(OTHER_EFI, after=BOOTED), refused_comes_up(OTHER_EFI),
         guest=Guest(TREE, words=[f'tt.location={esp.partition_uuid(2)}'])),
    Case('resume-location-unseen', refuses(
        r'TRANS_ENOENT: no device has that UUID', after=BOOTED), guest=Guest(
            TREE, words=['tt.location=00112233-4455-6677-8899-aabbccddeeff'])),
    Case('kexec', kexecs('CHECK bootargs ok'), machine=TREE,
         conf=OVER),
    Case('kexec-low', kexecs('kernel goes to 0x40000000'), machine=TREE,
         conf=KERNEL),
    Case('kexec-nvhe', kexecs(), machine=Machine(el=2, gic='3'), conf=KERNEL),
    Case('kexec-vhe-acpi', kexecs(), machine=Machine(
        acpi=True, el=2, gic='3', cpu=VHE), conf=KERNEL),
    Case('kexec-plan', says(r'kernel goes to', r'proof holds: ', MENU),
         machine=TREE, conf=f'--plan {KERNEL}'),
    Case('kexec-no-file', says(r'kexec: TRANS_ENOENT: ', SHELL), machine=TREE,
         conf=r'-k \nothing'),
    Case('kexec-no-kernel', says(r'kexec: TRANS_EIMAGE: ', SHELL),
         machine=TREE, conf=r'-k \initrd'),
    Case('words', says(r'not understood: on-refusal=maybe', SHELL),
         machine=TREE, conf='on-refusal=maybe'),
    Case('help', says(r'-c "WORDS"', r'transtable \d+\.\d+\.\d+', MENU),
         machine=TREE, conf='--help'),
    Case('version', version, machine=TREE, conf='--version'),
    Case('none', says(SHELL), machine=TREE),
    Case('unreadable', unreadable, machine=TREE),
]
