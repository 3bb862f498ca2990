# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""U-Boot's own ways to be tested, with the series: its sandbox's unit tests
(`ut trans`), and test/py on QEMU with real kernels, one of them asleep."""
import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess

import asleep
import at_prompt
import at_wake
import disk
import patches
import uboot

SANDBOX = f'{patches.HOME}/sandbox'
# What needs more packages, or minutes to link, and has nothing to do with this.
LESS = ['SANDBOX_SDL', 'VIDEO_SANDBOX_SDL', 'EFI_CAPSULE_AUTHENTICATE', 'LTO']
HOME = f'{patches.HOME}/test-py'


def build_sandbox(tree):
    """For this host, with the defconfig that U-Boot's own tests take."""
    uboot.make(tree, SANDBOX, 'sandbox_defconfig', tools='')
    uboot.without(SANDBOX, LESS)
    uboot.make(tree, SANDBOX, 'olddefconfig', tools='')
    uboot.say('building the sandbox ...')
    uboot.make(tree, SANDBOX, 'u-boot', 'u-boot.dtb', tools='')


def run(words, seconds, **more):
    """What is said; ended in time, with all that was started for it."""
    with subprocess.Popen(words, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True, **more) as process:
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            return f'no end within {seconds} s'
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def tell(name, passed, failed, said):
    """A line for it; of a failed one what it said last."""
    bad = failed or not passed
    print(f'  {"FAILED" if bad else "ok":6} {name}: {passed} passed, '
          f'{failed} failed', flush=True)
    if bad:
        print('\n'.join(f'    | {w}' for w in said.splitlines()[-30:]))
    return passed, max(failed, int(bad))


# ---- the sandbox ------------------------------------------------------------

def unit_tests():
    """(passed, failed)."""
    said = run([f'{SANDBOX}/u-boot', '-D', '-c', 'ut trans; exit'], 120,
               cwd=SANDBOX)
    tests = len(re.findall(r'^Test: ', said, re.M))
    found = re.search(r'^(?:Failures|.*failures): (\d+)', said, re.M)
    failed = int(found[1]) if found else 1
    return tell('ut trans', tests - failed, failed, said)


# ---- test/py ----------------------------------------------------------------

def hook(name, text):
    path = f'{HOME}/bin/{name}'
    with open(path, 'w', encoding='utf-8') as f:
        f.write(f'#!/bin/sh\n{text}\n')
    os.chmod(path, 0o755)


def leaves(command, pattern, prepare=()):
    return {'prepare': list(prepare), 'command': command, 'pattern': pattern,
            'timeout': 240000}


def board(number):
    """The board's environment, as test/py/tests/test_trans.py wants it."""
    kernel, initrd = at_prompt.KERNEL_AT, at_prompt.INITRD_AT
    files = [f'setenv bootargs {at_prompt.payload.CMDLINE}',
             f'load virtio {number}:1 {kernel:x} Image',
             f'load virtio {number}:1 {initrd:x} initrd']
    linux = 'TRANS-TABLE-LINUX: PASS'
    words = f'{kernel:x} {initrd:x}:$filesize'
    return {
        'env__trans_kexec': leaves(f'trans kexec {words}', linux, files),
        'env__trans_booti': leaves(f'booti -t {words} $fdtcontroladdr', linux,
                                   files),
        'env__trans_resume': leaves(f'trans resume virtio {number}:2',
                                    'SLEEPER: PASS'),
    }


def write_hooks(args, number):
    """The board is a QEMU that is started anew for each reset."""
    shutil.rmtree(HOME, ignore_errors=True)
    os.makedirs(f'{HOME}/bin')
    hook('u-boot-test-console', f'exec {shlex.join([at_prompt.lab.QEMU, *args])}')
    for name in ('flash', 'reset', 'release'):
        hook(f'u-boot-test-{name}', ':')
    with open(f'{HOME}/u_boot_boardenv_qemu_arm64.py', 'w',
              encoding='utf-8') as f:
        f.write(''.join(f'{k} = {v!r}\n' for k, v in board(number).items()))


def pytest(tree, build):
    env = {**os.environ, 'PATH': f'{HOME}/bin:{os.environ["PATH"]}',
           'PYTHONPATH': HOME}
    return run(['/usr/bin/python3', '-m', 'pytest', '--tb=short',
                f'{tree}/test/py/tests/test_trans.py', '-B', 'qemu_arm64',
                '--build-dir', build, '--result-dir', f'{HOME}/result',
                '--persistent-data-dir', HOME, '-rs', '-p',
                'no:cacheprovider'], 900, cwd=tree, env=env)


def count(said, what):
    found = re.search(rf'(\d+) {what}', said)
    return int(found[1]) if found else 0


def test_py(tree, build):
    """(passed, failed). What is skipped has failed: nothing is to be."""
    case = at_wake.Resume('test-py', None)
    case.u_boot = f'{build}/u-boot.bin'
    disk.build()
    home = asleep.asleep(case.guest, case.u_boot, 'test-py')
    with asleep.copy_of(home, 'test-py') as disks:
        args = asleep.args(case.machine, case.u_boot, disks, case.guest)
        write_hooks(args, 1)
        said = pytest(tree, build)
    failed = sum(count(said, w) for w in ('failed', 'error', 'skipped'))
    return tell('test/py', count(said, 'passed'), failed, said)


def run_all(tree):
    """(passed, failed) of each."""
    build_sandbox(tree)
    return [unit_tests(), test_py(tree, f'{patches.HOME}/with')]
