#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""The hook of systemd-sleep (tools/systemd/trans_table-sidecar), called as
systemd calls it, in a system of its own: a journal, a kernel's name, /boot."""
import os
import subprocess
import sys
import tempfile
import unittest

HOOK = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(
    __file__))), 'tools/systemd/trans_table-sidecar')
VERSION = '#1 SMP Debian 6.1.192-2 (2026-11-16)'
BOOT = '8cf2644b-4b0b-428f-9387-6d876050dc67'
WANTED = '''\
Booting Linux on physical CPU 0x0000000000 [0x411fd070]
GICv3: CPU0: found redistributor 0 region 0:0x00000000080a0000
GICv3: using LPI property table @0x00000000421a0000
GICv3: CPU0: using allocated LPI pending table @0x00000000421b0000
GICv3: CPU1: found redistributor 1 region 0:0x00000000080c0000
GICv3: CPU1: using reserved LPI pending table @0x00000000421c0000
CPU1: Booted secondary processor 0x0000000001 [0x411fd070]
smp: Brought up 1 node, 2 CPUs
'''
OTHERS = '''\
Linux version 6.1.0 (gcc)
GICv3: 256 SPIs implemented
audit: GICv3: using LPI property table @0x0000000066660000
end
PM: hibernation entry
'''


class Hook(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.addCleanup(self.home.cleanup)
        self.boot = self.path('boot/side car')
        for folder in ('bin', 'boot', 'etc/default',
                       'proc/sys/kernel/random'):
            os.makedirs(self.path(folder))
        self.write('etc/default/trans_table', f"SIDECAR='{self.boot}'\n")
        self.write('proc/sys/kernel/random/boot_id', f'{BOOT}\n')
        self.write('journal', OTHERS[:60] + '\n' + WANTED + OTHERS)
        self.command('uname', f"[ \"$*\" = -v ] && echo '{VERSION}'")
        self.command('journalctl', f"""
            case "$*" in
            *--dmesg*--boot*--output=cat*) cat '{self.path("journal")}' ;;
            *) exit 1 ;;
            esac""")

    def path(self, name):
        return os.path.join(self.home.name, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as f:
            f.write(text)

    def command(self, name, text):
        self.write(f'bin/{name}', f'#!/bin/sh\n{text}\n')
        os.chmod(self.path(f'bin/{name}'), 0o755)

    def call(self, when, what, **more):
        done = subprocess.run(
            ['sh', HOOK, when, what], text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=True, env={
                'PATH': f'{self.path("bin")}:{os.environ["PATH"]}',
                'ROOT': self.home.name, **more})
        self.assertEqual(done.stdout, '')
        try:
            with open(self.boot, encoding='utf-8') as f:
                return f.read()
        except FileNotFoundError:
            return None
        finally:
            left = [n for n in os.listdir(self.path('boot'))
                    if n != 'side car']
            self.assertEqual(left, [])

    def test_all_lines_and_no_others(self):
        self.assertEqual(
            self.call('pre', 'hibernate'),
            f'trans_table saved kernel 1\nversion {VERSION}\nboot {BOOT}\n'
            f'{WANTED}end\n')
        self.assertIsNone(self.call('post', 'hibernate'))

    def test_each_way_to_hibernate(self):
        for what in 'hibernate', 'hybrid-sleep', 'suspend-then-hibernate':
            self.assertIsNotNone(self.call('pre', what))
            self.assertIsNone(self.call('post', what))
        self.assertIsNone(self.call('pre', 'suspend'))
        # The first half of suspend-then-hibernate, and the second one.
        for action, there in (('suspend', False), ('hibernate', True)):
            found = self.call('pre', 'suspend-then-hibernate',
                              SYSTEMD_SLEEP_ACTION=action)
            self.assertEqual(found is not None, there)

    def test_one_of_an_earlier_boot_goes(self):
        """Its kernel may be the same, and its tables elsewhere."""
        for broken in "exit 1", "echo 'nothing of interest'":
            self.write('boot/side car', 'old')
            self.command('journalctl', broken)
            self.assertIsNone(self.call('pre', 'hibernate'))

    def test_it_is_settled(self):
        """Out of the journal of its file system, which is frozen for that, but
        never the root file system."""
        self.command('fsfreeze', f'echo "$@" >>{self.path("froze")}; '
                     f'ls "$2" >>{self.path("froze")}')
        for boot, froze in (2, True), (1, False):
            self.command('stat', f'case "$3" in */boot) echo {boot} ;; '
                         '*/) echo 1 ;; esac')
            self.write('froze', '')
            self.call('pre', 'hibernate')
            with open(self.path('froze'), encoding='utf-8') as f:
                said = f.read()
            folder = self.path('boot')
            self.assertEqual(said, f'--freeze {folder}\nside car\n'
                             f'--unfreeze {folder}\nside car\n'
                             if froze else '')

    def test_a_place_that_is_not_there(self):
        self.write('etc/default/trans_table',
                   f"SIDECAR='{self.path('nowhere/at/all')}'\n")
        done = subprocess.run(['sh', HOOK, 'pre', 'hibernate'],
                              stderr=subprocess.DEVNULL, check=False, env={
            'PATH': f'{self.path("bin")}:{os.environ["PATH"]}',
            'ROOT': self.home.name})
        self.assertEqual(done.returncode, 0)


if __name__ == '__main__':
    sys.exit(unittest.main())
