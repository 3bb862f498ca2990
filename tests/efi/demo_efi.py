#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Shows EDK2 with the application: a Debian kernel, started by it, goes to
sleep; the machine was off; the application brings it back. Then, from a copy of
the same disk and with the same firmware, Linux brings itself back. Both times
count from where firmware starts one or the other."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import at_firmware  # noqa: E402 (finds the others)
import lab  # noqa: E402
import machines  # noqa: E402
import sleeper  # noqa: E402

APP_STARTS = r'BdsDxe: starting Boot\d+ "UEFI Misc Device'
LINUX_STARTS = machines.LINUX
AWAKE = r'^SLEEPER: awake$'
PASS = r'^SLEEPER: PASS$'


def wake(guest, home, name, starts, more=(), wants=(AWAKE,), bad=()):
    """(seconds from there to user space, why not)"""
    with machines.scratch(name) as disks:
        machines.copy(home, disks)
        result = lab.run_qemu(
            guest.machine.all_args(disks, more), name, timeout=600,
            silence=200, live=True, watch=[starts, AWAKE],
            expect=list(wants), forbid=list(bad))
    times = result.times
    if result.why:
        return 0, result.why
    return times[AWAKE] - times[starts], ''


def main():
    guest = at_firmware.TREE_GUEST
    lab.orderly_exit()
    try:
        print('==== Linux goes to sleep', flush=True)
        home = machines.asleep(guest, 'demo-efi', live=True)
        print('\n==== the machine was off; transtable.efi', flush=True)
        ours, why = wake(guest, home, 'demo-efi-wake', APP_STARTS,
                         wants=[PASS], bad=[machines.BAD_CHECK])
        print('\n==== the same disk again; Linux itself', flush=True)
        # (QEMU's -kernel leaves other boot variables behind.)
        theirs, bad = wake(guest, home, 'demo-efi-linux', LINUX_STARTS, [
            '-kernel', sleeper.kernel_file(guest.kernel), '-initrd',
            sleeper.initramfs(guest.kernel), '-append',
            guest.cmdline('tt.resume')])
    except (KeyboardInterrupt, at_firmware.Lost) as failure:
        sys.exit(f'FAIL: {failure}')
    print(f'\n  awake by transtable.efi {ours:8.2f} s\n'
          f'  awake by Linux itself   {theirs:8.2f} s')
    why = why or bad
    print(f'FAIL: {why}' if why else
          f'PASS: {theirs / ours:.1f} times as fast')
    sys.exit(bool(why))


if __name__ == '__main__':
    main()
