#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""CBMC, which proves what C does within bounds: of Debian's next release,
unpacked into build/cbmc with its libraries, and started with their own ld.so.
Nothing is installed."""
import glob
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fetch  # noqa: E402
import qemu10  # noqa: E402
import uboot  # noqa: E402

HOME = os.path.join(fetch.BUILD, 'apt-cbmc')
OUT = os.path.join(fetch.BUILD, 'cbmc')
SUITE = 'trixie'
# What it runs with. It preprocesses with this machine's gcc.
PACKAGES = ('cbmc', 'libc6', 'libgcc-s1', 'libstdc++6', 'minisat', 'zlib1g')


def apt(*args, cwd=None):
    words = [w.replace('=arm64', f'={qemu10.native()}')
             if 'Architecture' in w else w for w in fetch.apt_options(HOME)]
    return fetch.run(['apt-get', *words, '-q', *args], cwd=cwd)


def prepare():
    for d in ('state/lists/partial', 'cache/archives/partial', 'empty'):
        os.makedirs(f'{HOME}/{d}', exist_ok=True)
    uri, _ = uboot.main_archive()
    fetch.write_file(f'{HOME}/status', '')
    fetch.write_file(f'{HOME}/sources.list',
                     f'deb [signed-by={fetch.KEYRING}] {uri} {SUITE} main\n')
    fetch.say(f'package lists of {SUITE} ...')
    apt('--error-on=any', 'update')


def unpack():
    prepare()
    fetch.say(f'cbmc of {SUITE} ...')
    with fetch.Workdir(OUT) as d:
        apt('download', *PACKAGES, cwd=d)
        for deb in glob.glob(f'{d}/*.deb'):
            fetch.run(['dpkg-deb', '-x', deb, d])
            os.remove(deb)
    shutil.rmtree(f'{HOME}/state/lists')
    said = fetch.run([*command(), '--version']).strip()
    fetch.write_file(f'{OUT}/VERSION', said + '\n')
    fetch.say(f'cbmc {said}')


def command():
    """The words that a command line begins with."""
    [linker] = {os.path.realpath(p) for p in
                glob.glob(f'{OUT}/usr/lib/*-linux-gnu/ld-linux-*.so.*')}
    libs = f'{os.path.dirname(linker)}:{OUT}/usr/lib'
    return [linker, '--library-path', libs, f'{OUT}/usr/bin/cbmc']


def provide():
    with fetch.locked(f'{OUT}.lock'):
        if not os.path.exists(f'{OUT}/VERSION'):
            unpack()


if __name__ == '__main__':
    try:
        provide()
    except (fetch.Failed, subprocess.CalledProcessError) as why:
        sys.exit(f'cbmc: {why}')
