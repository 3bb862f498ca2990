# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Other CPUs, interrupts and devices, which must be quiet before the jump."""
import leaving
import runs
import says


def with_cpus(smp, gic, el=1, mapping='sparse', cpu='cortex-a57'):
    """The port has all CPUs running, asleep while they wait; Linux must get all
    of them back."""
    name = f'cpus-{smp}-gic{gic}-el{el}-{cpu[:3].strip("-")}-{mapping}'
    case = runs.boots(name, el, ['cpus=on', f'map={mapping}'], smp=smp, gic=gic,
                      cpu=cpu)
    case.expect += [says.CPUS_SLEEP.format(smp if smp > 1 else 0),
                    says.CPUS_OFF.format(smp - 1), says.LINUX_CPUS.format(smp)]
    return case


def stuck_cpu():
    """One that does not answer is named, and nobody went anywhere."""
    case = runs.refuses('cpus-stuck',
                        r'TRANS_ETIME: a CPU does not answer.*desc=0x3',
                        ['cpus=stuck'])
    case.machine.smp = 4
    case.forbid.remove(says.ABOUT_TO_JUMP)
    case.forbid.append(says.ANY_NOT_QUIET)
    return case


def cpu_stays():
    """One that answers and does not go: too late to go on, so the machine is
    reset, and the next boot is told which it was."""
    why = 'a CPU did not switch off'
    case = leaving.cannot_leave('cpus-stays', 1, ['cpus=stays'], smp=4,
                                why=(why, 0x14, 'TRANS_ETIME'))
    case.expect[1] += '.*desc=0x3'
    return case


def with_lpis(el, options=(), **machine):
    """ITS and redistributors have tables where the next kernel goes."""
    name = '-'.join(['lpi-on', f'el{el}', *(o.replace('=', '-')
                                            for o in options)])
    machine = {'smp': 2, **machine}
    case = runs.boots(name, el, ['lpi=on', *options],
                      gic='3', its=True, **machine)
    case.expect += [says.LPI_PENDING, says.LINUX_CPUS.format(machine['smp'])]
    return case


def lpis_left(el):
    """Left on, they destroy it: Linux finds EnableLPIs set, takes the old
    property table for its own, and fills it with 0xa2, over its own text."""
    case = runs.breaks(
        f'lpi-left-destroys-el{el}', ['lpi=left'], el, [says.LPI_PENDING])
    case.machine.gic, case.machine.its = '3', True
    return case


LPIS = [with_lpis(1), with_lpis(2), lpis_left(1)]

MORE_LPIS = [with_lpis(1, ['map=linear']),
             with_lpis(2, ['cpus=on'], smp=4, cpu='max,pauth-impdef=on'),
             lpis_left(2)]

# Every 0.4 s 64 KiB of noise, eight times: beyond the jump.
NOISE = ['-device', 'virtio-rng-device,max-bytes=65536,period=400']


def with_device(el, options=('virtio=on',)):
    """A device has buffers where the next kernel goes."""
    name = '-'.join(['virtio-on', f'el{el}', *(o.replace('=', '-')
                                               for o in options[1:])])
    case = runs.boots(name, el, list(options), more=NOISE)
    case.expect.append(says.MAY_WRITE)
    return case


def device_left():
    case = runs.breaks('virtio-left-destroys',
                       ['virtio=left'], 1, [says.MAY_WRITE])
    case.machine.more = NOISE
    return case


def with_timers(el, **machine):
    return runs.boots(f'timers-on-el{el}', el, ['timers=on'], **machine)


DEVICES = [with_device(1), device_left(), with_timers(2, gic='3')]
MORE_DEVICES = [with_device(2, ('virtio=on', 'map=linear')), with_timers(1)]

CPUS = [
    *[with_cpus(smp, gic) for smp in (1, 2, 4, 8) for gic in ('2', '3')],
    with_cpus(4, '2', el=2), with_cpus(4, '3', el=2, mapping='linear'),
    with_cpus(2, '3', el=1, cpu=runs.MAX), with_cpus(
        8, '3', el=2, cpu=runs.MAX),
]
