#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Shows one kexec: the port's own lines, Linux's console, and a verdict with
the figures that both of them named. Then one hibernation: Linux goes to sleep,
the machine is off, the library brings it back, and, for comparison, so does
Linux itself from a copy of the same disk. What the kexec did to memory is drawn
by trans, from what the port has said."""
import argparse
import glob
import os
import re
import subprocess
import sys

import runs
import says
import hibernate
import lab
import sleeper

OUT = os.path.join(lab.ROOT, 'build', 'demo')
PICTURE = f'{OUT}/kexec.svg'
# Where QEMU puts an Image whose header wants no other place: 2 MiB into memory.
PORT_AT = 0x40200000


def print_figures(text):
    for name, value, unit in re.findall(says.FIGURE, text, re.M):
        print(f'  {name:28} {value:>14} {unit}')


def print_seconds(name, seconds):
    print(f'  {name:28} {seconds:14.2f} s')


def draw(case, said):
    """The kexec that was seen: the same files at the same addresses."""
    memory = re.search(r'port: memory (\w+) \+ (\w+)', said)
    kernel, initrd = (re.search(rf'port: {what} \d+ bytes at (\w+)', said)[1]
                      for what in ('kernel', 'initrd'))
    port = runs.payload.image_size(runs.payload.read(case.args()[
        case.args().index('-kernel') + 1]))
    os.makedirs(OUT, exist_ok=True)
    if os.path.exists(PICTURE):
        os.remove(PICTURE)
    lab.write_tree(case.machine, f'{OUT}/machine.dtb')
    subprocess.run(
        [f'{lab.ROOT}/build/tools/trans', 'plan', '--relocate', '--svg', PICTURE,
         '--ram', '+'.join(memory.groups()), '--kernel-at', kernel,
         '--initrd-at', initrd, '--host', f'{PORT_AT:#x}+{port:#x}',
         *glob.glob(f'{lab.ROOT}/build/kernel/boot/vmlinuz-*'),
         f'{lab.ROOT}/build/payload/initramfs', f'{OUT}/machine.dtb'],
        check=True, stdout=subprocess.DEVNULL)


def kexec(args, cpu):
    case = runs.boots('demo', int(args.el), [f'map={args.map}'], cpu=cpu,
                       gic=args.gic, ram=args.ram)
    print('$', lab.QEMU, *case.args(), flush=True)
    runs.payload.build([case.variant])
    result = case.run(live=True)
    print(f'\n==== kexec: figures (EL{args.el}, {args.cpu}, {args.map} map)')
    print_figures(result.text)
    print(f'  {"QEMU, start to end":28} {result.seconds:14.1f} s')
    if not result.why:
        draw(case, result.text)
    return result.why


def by_linux(guest, home, live=True):
    """The same wake-up by the kernel's own means: boot it, have it resume."""
    with sleeper.copy_of(home, 'demo-linux') as disks:
        result = lab.run_qemu(
            sleeper.linux_args(guest, disks, ['tt.resume']), 'demo-linux',
            live=live, timeout=120, silence=60, watch=[says.AWAKE],
            expect=[says.AWAKE, says.SLEPT_WELL], forbid=[says.BAD_CHECK])
    return result


def hibernation(args, cpu):
    guest = sleeper.Sleeper(lab.Machine(el=args.el, cpu=cpu, gic=args.gic,
                                        ram=args.ram))
    print('\n==== Linux goes to sleep', flush=True)
    home = sleeper.asleep(guest, 'demo', live=True)
    print('\n==== the machine was off; the library wakes it', flush=True)
    nap = hibernate.wide_awake('demo-wake', guest, f'map={args.map}')
    woken = nap.run(live=True)
    print('\n==== the same disk again; Linux wakes itself', flush=True)
    linux = by_linux(guest, home)
    print('\n==== hibernation: figures')
    print_figures(woken.text)
    for name, times in (('the library', nap.times), ('Linux', linux.times)):
        if says.AWAKE in times:
            print_seconds(f'awake through {name}', times[says.AWAKE])
    return woken.why or linux.why


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--el', default='1', choices=['1', '2'])
    ap.add_argument('--cpu', default='cortex-a57', help='max: with '
                    'pauth-impdef=on, for speed')
    ap.add_argument('--gic', default='2', choices=['2', '3'])
    ap.add_argument('--ram', default='512M')
    ap.add_argument('--map', default='sparse', choices=['sparse', 'linear'])
    args = ap.parse_args()
    cpu = 'max,pauth-impdef=on' if args.cpu == 'max' else args.cpu
    lab.orderly_exit()
    try:
        why = kexec(args, cpu) or hibernation(args, cpu)
    except KeyboardInterrupt:
        sys.exit(130)
    except RuntimeError as failure:
        why = failure
    if not why:
        print(f'picture: {os.path.relpath(PICTURE)}, memory before, during and '
              'after the kexec')
    print(f'FAIL: {why}' if why else 'PASS')
    sys.exit(bool(why))


if __name__ == '__main__':
    main()
