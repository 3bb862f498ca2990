# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""transtable.efi on a whole Debian with GRUB, as a new user has it: the
commands of docs/efi.md are typed at its console, to the letter; systemd puts it
to sleep and the application brings it back, twice; then it is started anew."""
import os
import re
import shutil
import subprocess
import time

import esp  # (finds the others)
import debian
import disk
import fetch
import loaders
import machines
import payload
from at_firmware import BOOTED, Case, RESUMING, location
from machines import Lost

ROOT = (esp.SPARE[0], debian.SIZE)
SWAP = (ROOT[0] + ROOT[1], 1 << 30)
LENGTH = SWAP[0] + SWAP[1] + esp.MIB
LAYOUT = [(esp.SYSTEM, *esp.ESP, 'esp'), (disk.LINUX, *ROOT, 'root'),
          (disk.LINUX_SWAP, *SWAP, 'swap')]
PROMPT = r'root@debian:~# '
COMMANDS = 5
# What a process of the user's says each second, with a number.
BEATS = '{ while sleep 1; do echo "beat"=$((++n)); done & }'
BEAT = r'beat=(\d+)\n'
STARTS = r'BdsDxe: starting Boot\w+ "{}"'
GRUB = 'GNU GRUB'
APPLICATION = '::/EFI/transtable/transtable.efi'


class VM(machines.Machine):
    """With one disk, which is /dev/vda."""

    def all_args(self, home, more=()):
        return [*self.args(), *self.firmware_args(home), '-drive',
                f'file={home}/disk.img,format=raw,if=none,id=disk,cache=unsafe',
                '-device', 'virtio-blk-pci,drive=disk', *more]


MACHINE = VM(acpi=True, gic='3', its=True, smp=2, ram='1G')


# ---- its disk ----------------------------------------------------------------

def place(part, image, at):
    subprocess.run(['dd', f'if={part}', f'of={image}', 'bs=1M', 'status=none',
                    'conv=notrunc,sparse', f'seek={at // esp.MIB}'], check=True)


def make_disk(home, root):
    image, swap = f'{home}/disk.img', f'{home}/swap'
    with open(image, 'wb') as f:
        f.truncate(LENGTH)
        disk.write_gpt(f, LAYOUT, LENGTH)
    esp.make_system_partition(image, {}, disk.SECTOR)
    esp.mtools('mlabel', image, f'::{debian.ESP_LABEL}')
    place(root, image, ROOT[0])
    with open(swap, 'wb') as f:
        f.truncate(SWAP[1])
    subprocess.run(['/usr/sbin/mkswap', '-q', '-U', debian.SWAP_UUID, swap],
                   check=True)
    place(swap, image, SWAP[0])
    os.remove(swap)


def has_image(home):
    with open(f'{home}/disk.img', 'rb') as f:
        f.seek(SWAP[0] + esp.PAGE - 10)
        return f.read(10) == b'S1SUSPEND\0'


def root_of(home):
    """As e2fsprogs name a file system within a file."""
    return f'{home}/disk.img?offset={ROOT[0]}'


def bring(home, path, name):
    """A file into root's home, as scp would."""
    subprocess.run(['/usr/sbin/debugfs', '-w', '-f', '-', root_of(home)],
                   check=True, text=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL,
                   input=f'cd /root\nwrite {path} {name}\n')


# ---- at its console ----------------------------------------------------------

def log_in(c):
    c.expect('debian login: ', 1200)
    c.type('root\n')
    c.expect(PROMPT, 300)


def ask(c, command, seconds=300):
    """What a command says that succeeds."""
    c.type(f'{command}; echo "status"=$?\n')
    said = c.expect(r'status=\d+\n', seconds)
    if not said.endswith('status=0\n'):
        raise Lost(f'{command}: {said}')
    return said


def boot_id(c):
    """Another one each time that a kernel is booted."""
    said = ask(c, 'cat /proc/sys/kernel/random/boot_id')
    return re.search(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', said)[0]


def install_loader(home, live):
    """As Debian's installer does at last; started without one."""
    with machines.start(MACHINE, home, 'debian-grub', live, 3600, [
            '-kernel', f'{debian.OUT}/vmlinuz', '-initrd',
            f'{debian.OUT}/initrd', '-append',
            f'root=UUID={debian.ROOT_UUID} console=ttyAMA0']) as c:
        log_in(c)
        ask(c, 'grub-install', 900)
        ask(c, 'update-grub', 900)
        c.type('poweroff\n')
        c.ends(600)


def installed(live):
    """The directory with its disk and variables. Not to be written to."""
    made_of = [f'{debian.provide()}/root.img', os.path.abspath(__file__)]
    home = f'{debian.OUT}/installed'
    with fetch.locked(f'{home}.lock'):
        if not payload.newer(f'{home}/disk.img', made_of):
            with fetch.Workdir(home) as new:
                make_disk(new, made_of[0])
                shutil.copyfile(machines.VARS, f'{new}/vars.fd')
                install_loader(new, live)
    return home


# ---- the case ----------------------------------------------------------------

def documented(text):
    """The commands of docs/efi.md: how many they are, and with which they end,
    is a promise."""
    block = re.search(r'^## Install\n[^#]*?^```sh\n(.*?)^```', text,
                      re.M | re.S)
    found = block[1].splitlines() if block else []
    if len(found) != COMMANDS or found[-1] != 'systemctl hibernate':
        raise Lost(f'docs/efi.md has other commands: {found}')
    return found[:-1]


class Walk(Case):
    """Whose guest's last words are known, from start to start."""
    patience = 3600

    def __init__(self, name, *steps):
        super().__init__(name, *steps, machine=MACHINE)
        self.beat, self.boot, self.own = 0, '', 0

    def bases(self):
        return []

    def prepare(self, home):
        machines.copy_disks(installed(self.live), home)
        bring(home, esp.APP, 'transtable.efi')

    def falls_asleep(self, c, home):
        c.type('systemctl hibernate\n')
        c.ends(900)
        self.beat = max(map(int, re.findall(BEAT, c.text)))
        if not has_image(home):
            raise Lost('there is no image')
        if not location(home):
            raise Lost('systemd has not written HibernateLocation')

    def wakes(self, c, entry):
        """Seconds from where the firmware starts an entry to the next word of
        the process that was asleep."""
        c.expect(STARTS.format(entry), 300)
        begun = time.monotonic()
        number = int(re.search(BEAT, c.expect(BEAT, 900))[1])
        if number != self.beat + 1:
            raise Lost(f'beat {number} behind beat {self.beat}')
        return time.monotonic() - begun

    def is_well(self, c):
        """The same kernel, and nothing has failed since it slept."""
        if boot_id(c) != self.boot:
            raise Lost('another kernel has been booted')
        ask(c, 'systemctl --failed --no-legend | diff failed -')

    def wakes_by_us(self, c):
        seconds = self.wakes(c, 'Wake up')
        for words in (GRUB, BOOTED):
            if re.search(words, c.text):
                raise Lost(f'{words}, though there was an image')
        self.is_well(c)
        # By its contents: the saved kernel has not heard that it is gone, and
        # lists it. (Linux by itself leaves it: Debian's initrd does not know
        # of it.)
        ask(c, '! cat /sys/firmware/efi/efivars/HibernateLocation-* | grep -aq .')
        return seconds


def installs(case, home):
    """All of the commands, of which the last one is to hibernate."""
    before = documented(payload.read(loaders.DOCUMENT).decode())

    def script(c):
        log_in(c)
        case.boot = boot_id(c)
        for command in before:
            c.type(f'{command}\n')
            ask(c, '[ $? = 0 ]')
        ask(c, 'systemctl --failed --no-legend >failed')
        ask(c, BEATS)
        c.expect(BEAT, 60)
        case.falls_asleep(c, home)
    case.at_console(home, script)


def wakes_by_itself(case, home):
    """A copy of it, for comparison: without the application the firmware goes
    on to what was there before, and Debian's initrd resumes."""
    def script(c):
        case.own = case.wakes(c, 'debian')
        if GRUB not in c.text:
            raise Lost('GRUB has not started it')
        case.is_well(c)
    with machines.scratch(f'{case.name}-itself') as other:
        machines.copy_disks(home, other)
        esp.mtools('mdel', f'{other}/disk.img', APPLICATION)
        case.at_console(other, script)


def wakes(case, home):
    """And goes to sleep again."""
    def script(c):
        seconds = case.wakes_by_us(c)
        print(f'         {case.name}: awake {seconds:.1f} s behind the '
              f"firmware's start of it; Linux by itself {case.own:.1f} s",
              flush=True)
        case.falls_asleep(c, home)
    case.at_console(home, script)


def wakes_to_reboot(case, home):
    def script(c):
        case.wakes_by_us(c)
        c.type('reboot\n')
        c.ends(900)
    case.at_console(home, script)


def starts_anew(case, home):
    """By GRUB, without a word of the application's; and the file system was
    left in order by all of that."""
    def script(c):
        c.expect(STARTS.format('Wake up'), 300)
        log_in(c)
        if 'transtable:' in c.text:
            raise Lost('it said something')
        if boot_id(c) == case.boot:
            raise Lost('the kernel is the old one')
        c.type('poweroff\n')
        c.ends(900)
    case.at_console(home, script)
    subprocess.run(['/usr/sbin/e2fsck', '-f', '-n', root_of(home)], check=True,
                   stdout=subprocess.DEVNULL)


CASES = [Walk('debian', installs, wakes_by_itself, wakes, wakes_to_reboot,
              starts_anew)]
