#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""A second, newer QEMU beside the installed one: that of Debian's backports,
unpacked into build/qemu10 with all that it needs and this machine lacks.
Nothing is installed."""
import glob
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fetch  # noqa: E402

HOME = os.path.join(fetch.BUILD, 'apt-qemu10')
OUT = os.path.join(fetch.BUILD, 'qemu10')
PACKAGE = 'qemu-system-arm'


def native():
    return fetch.run(['dpkg', '--print-architecture']).strip()


def apt(*args):
    """For this machine's architecture, and knowing what is installed here."""
    words = [w.replace('=arm64', f'={native()}') if 'Architecture' in w else w
             for w in fetch.apt_options(HOME)]
    return fetch.run(['apt-get', *words, '-q', *args])


def prepare():
    for d in ('state/lists/partial', 'cache/archives/partial', 'empty'):
        os.makedirs(f'{HOME}/{d}', exist_ok=True)
    shutil.copyfile('/var/lib/dpkg/status', f'{HOME}/status')
    targets = fetch.debian_targets()
    newer = fetch.backports(targets)
    if not newer:
        raise fetch.Failed("this machine's apt names no suite with backports")
    fetch.write_file(f'{HOME}/sources.list', ''.join(
        f'deb [signed-by={fetch.KEYRING}] {uri} {suite} main\n'
        for uri, suite in targets + newer))
    fetch.say('package lists for a second QEMU ...')
    apt('--error-on=any', 'update')
    return sorted({suite for _, suite in newer})


def unpack():
    suites = prepare()
    fetch.say(f'{PACKAGE} of {", ".join(suites)} ...')
    apt('-y', '--no-install-recommends', '--download-only', '-t', suites[0],
        'install', PACKAGE)
    with fetch.Workdir(OUT) as d:
        for deb in glob.glob(f'{HOME}/cache/archives/*.deb'):
            fetch.run(['dpkg-deb', '-x', deb, d])
    shutil.rmtree(f'{HOME}/cache/archives')
    command, env, _ = how()
    said = subprocess.run([command, '--version'], env=env, text=True,
                          check=True, stdout=subprocess.PIPE).stdout
    fetch.write_file(f'{OUT}/VERSION', said.splitlines()[0] + '\n')
    fetch.say(said.splitlines()[0])


def how():
    """(program, environment, words for the command line)"""
    libs = glob.glob(f'{OUT}/usr/lib/*-linux-gnu')
    paths = libs + [os.path.dirname(p) for p in glob.glob(
        f'{OUT}/usr/lib/*-linux-gnu/*/*.so*') if '/qemu/' not in p]
    env = {**os.environ, 'LD_LIBRARY_PATH': ':'.join(dict.fromkeys(paths)),
           'QEMU_MODULE_DIR': ':'.join(f'{p}/qemu' for p in libs)}
    return (f'{OUT}/usr/bin/qemu-system-aarch64', env,
            ['-L', f'{OUT}/usr/share/qemu'])


def provide():
    """See to it that it is there, also when several cases ask at once."""
    with fetch.locked(f'{OUT}.lock'):
        if not os.path.exists(f'{OUT}/VERSION'):
            unpack()


if __name__ == '__main__':
    try:
        provide()
    except (fetch.Failed, subprocess.CalledProcessError) as why:
        sys.exit(f'qemu10: {why}')
