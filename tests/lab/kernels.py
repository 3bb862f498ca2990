#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Builds small arm64 kernels from Debian's linux-source packages and
kernel.config: with the page sizes that Debian's own kernel does not have, and
with PCI, but without something that a loader asks a saved kernel by.

Each takes some minutes; what is there is not built again unless kernel.config
or this list changes. All of one source are built in one place, one after
another, so that make compiles again only what sees the option that differs.
They lie in build/kernels/NAME/: Image, vmlinux, System.map, config, VERSION.
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
TOOLS = ['flex', 'bison', 'bc', 'libssl-dev']
BTF_TOOLS = ['pahole', 'libelf-dev']

# It lists its own page tables, in /sys/kernel/debug/kernel_page_tables.
LISTS_TABLES = ['DEBUG_KERNEL', 'DEBUG_FS', 'PTDUMP_DEBUGFS']
# Which package, from which of fetch.py's apt states, and what kernel.config
# lacks: a page size.
PAGES = {
    '6.1-4k': ('linux-source-6.1', fetch.APT,
               ['ARM64_4K_PAGES', *LISTS_TABLES]),
    '6.1-64k': ('linux-source-6.1', fetch.APT,
                ['ARM64_64K_PAGES', *LISTS_TABLES]),
    '6.12-16k': ('linux-source-6.12', fetch.BACKPORTS,
                 ['ARM64_16K_PAGES', 'ARM64_VA_BITS_52', 'EXPERT', *LISTS_TABLES]),
}

# What sleeper.py's guest has on PCI; and what all have, so that they differ in
# nothing else: what debuggers are told makes every object another.
PCI = ['PCI', 'PCI_MSI', 'PCI_HOST_GENERIC', 'VIRTIO_PCI', 'NET', 'INET',
       'NETDEVICES', 'VIRTIO_NET', 'HW_RANDOM', 'HW_RANDOM_VIRTIO',
       'BLK_DEV_NVME', 'ARM64_4K_PAGES',
       'DEBUG_KERNEL', 'DEBUG_INFO_DWARF4', 'BPF_SYSCALL']
# What a kernel can be asked by: types, symbols of data, and VMCOREINFO, which
# comes with kexec.
ASKED_BY = {'btf': ['DEBUG_INFO_BTF'], 'data': ['KALLSYMS_ALL'],
            'info': ['KEXEC', 'KEXEC_FILE']}


def with_pci(series, package, home):
    """One that can be asked by all of it, and by all but one thing each."""
    found = {}
    for lost in (None, *ASKED_BY):
        options = sum((o for name, o in ASKED_BY.items() if name != lost), PCI)
        found[f'{series}-pci' + (f'-no-{lost}' if lost else '')] = (
            package, home, options)
    return found


KERNELS = {
    **PAGES,
    **with_pci('6.1', 'linux-source-6.1', fetch.APT),
    **with_pci('6.12', 'linux-source-6.12', fetch.BACKPORTS),
}
RESULTS = {'Image': 'arch/arm64/boot/Image', 'vmlinux': 'vmlinux',
           'System.map': 'System.map', 'config': '.config'}


def config_of(name):
    with open(f'{HERE}/kernel.config', encoding='utf-8') as f:
        text = f.read()
    if name not in PAGES:
        for option in sum(ASKED_BY.values(), ['DEBUG_INFO_NONE']):
            text = text.replace(f'CONFIG_{option}=y\n', '')
    return text + ''.join(f'CONFIG_{o}=y\n' for o in KERNELS[name][2])


def built_with(name):
    """Those that are best built at once: of one source, which is large."""
    return [name] if name in PAGES else [
        k for k in KERNELS if k.startswith(name.split('-')[0] + '-pci')]


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


def unpack_source(package, home, into, only=()):
    """The tree, in INTO/tree; @only: patterns of what of it is wanted."""
    version = good_source(package, home)
    fetch.say(f'{package} {version} ...')
    fetch.download_deb(f'{package}={version}', into, home)
    os.makedirs(f'{into}/tree')
    fetch.extract(f'{into}/usr/src/{package}.tar.xz', f'{into}/tree', only)
    shutil.rmtree(f'{into}/usr')
    return version


def forget_types(header):
    """Every file includes it, and so would be compiled again for a kernel
    without BTF, though only clang is told something else."""
    with open(header, encoding='utf-8') as f:
        text = f.read()
    told = 'defined(CONFIG_PAHOLE_HAS_BTF_TAG)'
    fetch.write_file(header, text.replace(
        f'defined(CONFIG_DEBUG_INFO_BTF) && {told}', told))


def make(tree, out, jobs, *targets):
    with open(f'{out}.log', 'a', encoding='utf-8') as log:
        done = subprocess.run(
            ['make', '-C', tree, f'O={out}', f'-j{jobs}', 'ARCH=arm64',
             f'CROSS_COMPILE={os.environ.get("CROSS_COMPILE") or "aarch64-linux-gnu-"}',
             'KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970',
             'KBUILD_BUILD_USER=lab', 'KBUILD_BUILD_HOST=lab',
             'KBUILD_BUILD_VERSION=1', *targets],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={k: v for k, v in os.environ.items()
                 if k not in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')})
    if done.returncode:
        with open(f'{out}.log', encoding='utf-8') as log:
            said = log.read().splitlines()
        last = [w for w in said if 'rror' in w][:12] or said[-12:]
        raise fetch.Failed('the kernel build failed:\n  ' + '\n  '.join(last))


# What must not come in by itself; VMCOREINFO was CRASH_CORE's until 6.9.
NOT_WITHOUT = {'-no-btf': ['DEBUG_INFO_BTF'], '-no-data': ['KALLSYMS_ALL'],
               '-no-info': ['CRASH_CORE', 'VMCORE_INFO']}


def check_config(name, path):
    """Kconfig drops in silence what it does not know or may not have."""
    with open(path, encoding='utf-8') as f:
        have = set(f.read().splitlines())
    lost = [w for w in config_of(name).splitlines()
            if w.startswith('CONFIG_') and w not in have]
    if lost:
        raise fetch.Failed(f'{name}: not in the configuration: {lost}')
    more = [o for end, options in NOT_WITHOUT.items() if name.endswith(end)
            for o in options if f'CONFIG_{o}=y' in have]
    if more:
        raise fetch.Failed(f'{name}: in the configuration: {more}')


def build(name, work, version, jobs):
    fetch.say(f'kernel {name} ...')
    tree, out = f'{work}/tree', f'{work}/out'
    with fetch.Workdir(f'{OUT}/{name}') as d:
        os.makedirs(out, exist_ok=True)
        make(tree, out, jobs, 'tinyconfig')
        with open(f'{out}/.config', 'a', encoding='utf-8') as f:
            f.write(config_of(name))
        make(tree, out, jobs, 'olddefconfig')
        check_config(name, f'{out}/.config')
        make(tree, out, jobs, 'Image', 'vmlinux')
        for result, where in RESULTS.items():
            shutil.copyfile(f'{out}/{where}', f'{d}/{result}')
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
            forget_types(f'{work}/tree/include/linux/compiler_types.h')
            for name in mine:
                build(name, work, version, jobs)
        finally:
            shutil.rmtree(work)


def provide(names, jobs=None):
    """See to it that these kernels are there."""
    with fetch.locked(f'{OUT}/.lock'):
        lost = [n for n in names if not is_there(n)]
        if not lost:
            return
        btf = any('DEBUG_INFO_BTF' in KERNELS[n][2] for n in lost)
        subprocess.run([f'{HERE}/setup', '--with', *TOOLS,
                        *(BTF_TOOLS if btf else [])], check=True)
        build_all(lost, jobs or os.cpu_count())


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    ap.add_argument('name', nargs='*', metavar='NAME',
                    help=f'of {", ".join(KERNELS)}; default: by page size')
    ap.add_argument('--jobs', type=int)
    args = ap.parse_args()
    names = args.name or list(PAGES)
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
