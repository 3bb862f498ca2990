#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Builds small arm64 kernels with the page sizes that Debian's own kernel does
not have, from Debian's linux-source packages and kernel.config.

Each takes some minutes; what is there is not built again unless kernel.config
or this list changes. They lie in build/kernels/NAME/: Image, vmlinux,
System.map, config, VERSION.
"""
import argparse
import hashlib
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import fetch  # noqa: E402

OUT = os.path.join(fetch.BUILD, 'kernels')
TOOLS = ['flex', 'bison', 'bc']
# Which package, from which of fetch.py's apt states, and the page size.
KERNELS = {
    '6.1-4k': ('linux-source-6.1', fetch.APT, ['ARM64_4K_PAGES']),
    '6.1-64k': ('linux-source-6.1', fetch.APT, ['ARM64_64K_PAGES']),
    '6.12-16k': ('linux-source-6.12', fetch.BACKPORTS,
                 ['ARM64_16K_PAGES', 'ARM64_VA_BITS_52', 'EXPERT']),
}
RESULTS = {'Image': 'arch/arm64/boot/Image', 'vmlinux': 'vmlinux',
           'System.map': 'System.map', 'config': '.config'}


def config_of(name):
    with open(f'{HERE}/kernel.config', encoding='utf-8') as f:
        text = f.read()
    return text + ''.join(f'CONFIG_{o}=y\n' for o in KERNELS[name][2])


def identity(name):
    """What a finished kernel was made from."""
    made_of = repr(KERNELS[name][0]) + config_of(name)
    return hashlib.sha256(made_of.encode()).hexdigest()


def is_there(name):
    path = f'{OUT}/{name}/MADE-FROM'
    if not os.path.exists(path):
        return False
    with open(path, encoding='utf-8') as f:
        return f.read() == identity(name)


def good_source(package, home):
    """The newest version whose own kexec and hibernate work."""
    shown = fetch.apt('apt-cache', 'madison', package, home=home)
    versions = [row.split('|')[1].strip() for row in shown.splitlines()
                if '|' in row]
    for version in versions:
        if not fetch.is_bad_kernel(version):
            return version
    raise fetch.Failed(f'no usable {package} among {versions}')


def unpack_source(package, home, into):
    version = good_source(package, home)
    fetch.say(f'{package} {version} ...')
    fetch.download_deb(f'{package}={version}', into, home)
    os.makedirs(f'{into}/tree')
    fetch.extract(f'{into}/usr/src/{package}.tar.xz', f'{into}/tree')
    shutil.rmtree(f'{into}/usr')
    return version


def make(tree, out, jobs, *targets):
    with open(f'{out}.log', 'a', encoding='utf-8') as log:
        done = subprocess.run(
            ['make', '-C', tree, f'O={out}', f'-j{jobs}', 'ARCH=arm64',
             f'CROSS_COMPILE={os.environ.get("CROSS_COMPILE") or "aarch64-linux-gnu-"}',
             'KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970',
             'KBUILD_BUILD_USER=lab', 'KBUILD_BUILD_HOST=lab', *targets],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={k: v for k, v in os.environ.items()
                 if k not in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')})
    if done.returncode:
        with open(f'{out}.log', encoding='utf-8') as log:
            said = log.read().splitlines()
        last = [w for w in said if 'rror' in w][:12] or said[-12:]
        raise fetch.Failed('the kernel build failed:\n  ' + '\n  '.join(last))


def check_config(name, path):
    """Kconfig drops in silence what it does not know or may not have."""
    with open(path, encoding='utf-8') as f:
        have = set(f.read().splitlines())
    lost = [w for w in config_of(name).splitlines()
            if w.startswith('CONFIG_') and w not in have]
    if lost:
        raise fetch.Failed(f'{name}: not in the configuration: {lost}')


def build(name, tree, version, jobs):
    fetch.say(f'kernel {name} ...')
    with fetch.Workdir(f'{OUT}/{name}') as d:
        out = f'{d}/out'
        os.makedirs(out)
        make(tree, out, jobs, 'tinyconfig')
        with open(f'{out}/.config', 'a', encoding='utf-8') as f:
            f.write(config_of(name))
        make(tree, out, jobs, 'olddefconfig')
        check_config(name, f'{out}/.config')
        make(tree, out, jobs, 'Image', 'vmlinux')
        for result, where in RESULTS.items():
            shutil.copyfile(f'{out}/{where}', f'{d}/{result}')
        shutil.rmtree(out)
        os.remove(f'{out}.log')
        fetch.write_file(f'{d}/VERSION', f'{KERNELS[name][0]} {version}\n')
        fetch.write_file(f'{d}/MADE-FROM', identity(name))


def build_all(names, jobs):
    """One source tree at a time, for all that come from it."""
    for package in dict.fromkeys(KERNELS[n][0] for n in names):
        mine = [n for n in names if KERNELS[n][0] == package]
        home = KERNELS[mine[0]][1]
        fetch.prepare_apt(home)
        work = f'{fetch.BUILD}/.source-{package}'
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        try:
            version = unpack_source(package, home, work)
            for name in mine:
                build(name, f'{work}/tree', version, jobs)
        finally:
            shutil.rmtree(work)


def provide(names, jobs=None):
    """See to it that these kernels are there."""
    with fetch.locked(f'{OUT}/.lock'):
        lost = [n for n in names if not is_there(n)]
        if not lost:
            return
        subprocess.run([f'{HERE}/setup', '--with', *TOOLS, 'libssl-dev'],
                       check=True)
        build_all(lost, jobs or os.cpu_count())


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    ap.add_argument('name', nargs='*', metavar='NAME',
                    help=f'of {", ".join(KERNELS)}; default: all of them')
    ap.add_argument('--jobs', type=int)
    args = ap.parse_args()
    names = args.name or list(KERNELS)
    if not set(names) <= set(KERNELS):
        ap.error(f'unknown kernel among {names}')
    try:
        provide(names, args.jobs)
    except (fetch.Failed, subprocess.CalledProcessError) as why:
        sys.exit(f'kernels: {why}')
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == '__main__':
    main()
