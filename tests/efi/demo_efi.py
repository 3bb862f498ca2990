#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Shows EDK2 with the application: a Debian kernel, started by it, goes to
sleep; the machine was off; the application brings it back. Then, from a copy of
the same disk and with the same firmware, systemd-boot starts Linux, which
brings itself back. Both times count from where the firmware starts one or the
other."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import at_firmware  # noqa: E402 (finds the others)
import lab  # noqa: E402
import loaders  # noqa: E402
import machines  # noqa: E402

STARTS = r'BdsDxe: starting Boot\d+ "UEFI Misc Device'
AWAKE = r'^SLEEPER: awake$'
PASS = r'^SLEEPER: PASS$'


def as_it_is(_):
    """The application is what the firmware finds."""


def linux_itself(guest):
    return lambda disks: loaders.linux_by_systemd_boot(
        disks, guest.cmdline('tt.resume'))


def wake(guest, home, name, change, more=(), live=False):
    """What it said, and when; the disks are changed before."""
    with machines.scratch(name) as disks:
        machines.copy(home, disks)
        change(disks)
        return lab.run_qemu(
            guest.machine.all_args(disks, more), name, timeout=900,
            silence=400, live=live, watch=[STARTS, AWAKE],
            expect=[STARTS, AWAKE, PASS],
            forbid=[machines.BAD_CHECK])


def seconds(result):
    return result.times[AWAKE] - result.times[STARTS]


def main():
    guest = at_firmware.TREE_GUEST
    lab.orderly_exit()
    try:
        print('==== Linux goes to sleep', flush=True)
        home = machines.asleep(guest, 'demo-efi', live=True)
        print('\n==== the machine was off; transtable.efi', flush=True)
        ours = wake(guest, home, 'demo-efi-wake', as_it_is, live=True)
        print('\n==== the same disk again; systemd-boot, and Linux itself',
              flush=True)
        theirs = wake(guest, home, 'demo-efi-linux', linux_itself(guest),
                      live=True)
    except (KeyboardInterrupt, at_firmware.Lost) as failure:
        sys.exit(f'FAIL: {failure}')
    why = ours.why or theirs.why
    if why:
        sys.exit(f'FAIL: {why}')
    print(f'\n  awake by transtable.efi {seconds(ours):8.2f} s\n'
          f'  awake by Linux itself   {seconds(theirs):8.2f} s\n'
          f'PASS: {seconds(theirs) / seconds(ours):.1f} times as fast')


if __name__ == '__main__':
    main()
