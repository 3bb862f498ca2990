#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Brings the real parts: Debian's arm64 kernels, busybox, the sources of
libfdt, zlib, LZO and LZ4, and one file of Linux's source for the benchmark.

They come from the mirror that this machine's own apt uses, through a private
apt state under build/apt that knows arm64. The host's architectures, package
lists and installed packages stay as they are. Everything is downloaded and
unpacked beside its place and then renamed, so an interruption leaves nothing
half done; a part that is there is not touched again.
"""
import argparse
import contextlib
import fcntl
import functools
import glob
import gzip
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, 'build')
# One state each, as the newest kernel of one must not become the other's.
APT = os.path.join(BUILD, 'apt')
BACKPORTS = os.path.join(BUILD, 'apt-backports')
UNSTABLE = os.path.join(BUILD, 'apt-unstable')
KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

# Their own kexec and hibernate are broken, see docs of the lab; a test kernel
# must not fail by itself. First and last bad version of each series.
BAD_KERNELS = [((6, 1, 158), (6, 1, 166)), ((6, 12, 56), (6, 12, 77))]

# Where libfdt's source is found, in order of preference: source package, and
# the directories with its files. Some mirrors lack the tarballs of
# device-tree-compiler; bookworm's xen carries the same libfdt 1.6.1 (compared
# file by file with upstream's v1.6.1: equal but for two #include lines).
LIBFDT_SOURCES = [
    ('device-tree-compiler', ['libfdt']),
    ('xen', ['xen/common/libfdt', 'xen/include/xen/libfdt']),
]
LIBFDT_FILES = ['fdt.c', 'fdt.h', 'fdt_addresses.c', 'fdt_check.c',
                'fdt_empty_tree.c', 'fdt_ro.c', 'fdt_rw.c', 'fdt_strerror.c',
                'fdt_sw.c', 'fdt_wip.c', 'libfdt.h', 'libfdt_internal.h']

# zlib's inflate, likewise: bookworm's tcl8.6 carries zlib 1.2.13, the version
# of bookworm's own zlib; libcompress-raw-zlib-perl is the smallest.
ZLIB_SOURCES = [
    ('zlib', ['.']),
    ('libcompress-raw-zlib-perl', ['zlib-src']),
    ('tcl8.6', ['compat/zlib']),
]
ZLIB_FILES = ['adler32.c', 'crc32.c', 'crc32.h', 'inffast.c', 'inffast.h',
              'inffixed.h', 'inflate.c', 'inflate.h', 'inftrees.c',
              'inftrees.h', 'zconf.h', 'zlib.h', 'zutil.c', 'zutil.h']


# miniLZO; grub's is version 2.08.
LZO_SOURCES = [
    ('lzo2', ['minilzo', 'include/lzo']),
    ('grub2', ['grub-core/lib/minilzo']),
]
LZO_FILES = ['lzoconf.h', 'lzodefs.h', 'minilzo.c', 'minilzo.h']

# librdkafka's is version 1.9.3.
LZ4_SOURCES = [
    ('lz4', ['lib']),
    ('librdkafka', ['src']),
]
LZ4_FILES = ['lz4.c', 'lz4.h']

CRYPTSETUP = ['cryptsetup-bin', 'e2fsprogs', 'libargon2-1', 'libblkid1',
              'libc6', 'libcom-err2', 'libcryptsetup12',
              'libdevmapper1.02.1', 'libext2fs2', 'libjson-c5', 'libpcre2-8-0',
              'libpopt0', 'libselinux1', 'libssl3', 'libudev1', 'libuuid1']


class Failed(Exception):
    """Something that the user must hear of, in words."""


def say(text):
    print(f'fetch: {text}', flush=True)


# ---- the private apt ---------------------------------------------------------

def apt_options(home):
    opts = {
        'Dir::State': f'{home}/state',
        'Dir::State::status': f'{home}/status',
        'Dir::Cache': f'{home}/cache',
        'Dir::Etc::sourcelist': f'{home}/sources.list',
        'Dir::Etc::sourceparts': f'{home}/empty',
        'Dir::Etc::preferences': f'{home}/empty/none',
        'Dir::Etc::preferencesparts': f'{home}/empty',
        'APT::Architecture': 'arm64',
        'APT::Architectures': 'arm64',
        # The project's tree may be closed to the user _apt.
        'APT::Sandbox::User': 'root',
        'Acquire::Retries': '3',
    }
    return [w for k, v in opts.items() for w in ('-o', f'{k}={v}')]


def run(cmd, cwd=None):
    """The output of a command; its last words when it fails."""
    done = subprocess.run(cmd, cwd=cwd, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    if done.returncode:
        out = (done.stdout + done.stderr).splitlines()
        errors = [w for w in out if w.startswith('E:')] or out[-6:]
        raise Failed(f'{cmd[0]} {cmd[-1]} failed:\n  ' + '\n  '.join(errors))
    return done.stdout


def apt(tool, *args, cwd=None, home=APT):
    return run([tool, *apt_options(home), '-q', *args], cwd=cwd)


def debian_targets():
    """(address, suite) of Debian's own repositories on this machine."""
    fmt = '$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)'
    rows = run(['apt-get', 'indextargets', '--format', fmt,
                'Created-By: Packages'])
    rows = [r.split('|') for r in rows.splitlines()]
    return sorted({(uri, suite) for origin, uri, suite, component in rows
                   if origin.startswith('Debian') and component == 'main'})


def backports(targets):
    """Where the backports of these would be: not all machines list them."""
    return [(uri, f'{suite}-backports') for uri, suite in targets
            if re.fullmatch('[a-z]+', suite)]


def unstable(targets):
    """The archive of the release that this machine runs has it, too."""
    return [(uri, 'sid') for uri, suite in targets
            if re.fullmatch('[a-z]+', suite)][:1]


def sources_list(home):
    targets = debian_targets()
    if home == BACKPORTS:
        targets = backports(targets)
    if home == UNSTABLE:
        targets = unstable(targets)
    if not targets:
        raise Failed("this machine's apt names no Debian mirror; "
                     'run apt-get update, see apt-get indextargets')
    sign = f'[signed-by={KEYRING}] ' if os.path.exists(KEYRING) else ''
    return ''.join(f'{kind} {sign}{uri} {suite} main\n'
                   for uri, suite in targets for kind in ('deb', 'deb-src'))


def write_file(path, text):
    with open(path + '.new', 'w', encoding='utf-8') as f:
        f.write(text)
    os.rename(path + '.new', path)


def prepare_apt(home=APT):
    """Once per build directory: lists do not grow stale within a build."""
    with locked(f'{home}.lock'):
        if not os.path.exists(f'{home}/ready'):
            set_up_apt(home)


def set_up_apt(home):
    for d in ('state/lists/partial', 'cache/archives/partial', 'empty'):
        os.makedirs(f'{home}/{d}', exist_ok=True)
    write_file(f'{home}/status', '')
    write_file(f'{home}/sources.list', sources_list(home))
    say('package lists for arm64 ...')
    # Without the option being offline is a success, and nothing is there later.
    apt('apt-get', '--error-on=any', 'update', home=home)
    write_file(f'{home}/ready', '')


@contextlib.contextmanager
def locked(path):
    """One at a time, of several cases or several `make`s."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# ---- unpacking ---------------------------------------------------------------

class Workdir:
    """A directory that becomes `final` as a whole, or nothing at all."""

    def __init__(self, final):
        self.final = final

    def __enter__(self):
        os.makedirs(BUILD, exist_ok=True)
        self.path = tempfile.mkdtemp(prefix='.fetch-', dir=BUILD)
        return self.path

    def __exit__(self, kind, value, trace):
        if kind is None:
            shutil.rmtree(self.final, ignore_errors=True)
            os.chmod(self.path, 0o755)
            os.rename(self.path, self.final)
        else:
            shutil.rmtree(self.path, ignore_errors=True)


def download_deb(package, into, home=APT):
    """Fetch a package, unpack it into the directory, drop the archive."""
    apt('apt-get', 'download', package, cwd=into, home=home)
    debs = [f for f in os.listdir(into) if f.endswith('.deb')]
    if len(debs) != 1:
        raise Failed(f'apt-get download {package} left {debs}')
    run(['dpkg-deb', '-x', os.path.join(into, debs[0]), into])
    os.remove(os.path.join(into, debs[0]))


def extract(tarball, into, only=()):
    """Unpack like `tar --strip-components=1`: the top directory goes. @only:
    patterns, of which `*` stands for more than one directory, too."""
    by = ['-I', 'xz -T0'] if tarball.endswith('.xz') else []
    run(['tar', *by, '-x', '-f', tarball, '-C', into, '--strip-components=1',
         '--wildcards', *only])


# ---- the parts ---------------------------------------------------------------

def upstream(version):
    return tuple(int(n) for n in re.match(r'(\d+)\.(\d+)\.(\d+)',
                                          version).groups())


def is_bad_kernel(version):
    return any(lo <= upstream(version) <= hi for lo, hi in BAD_KERNELS)


def newest_good_kernel(home, meta):
    """(package, version) that this metapackage stands for."""
    shown = apt('apt-cache', 'show', meta, home=home)
    found = re.findall(r'^Depends:.*?(linux-image-\S+) \(= ([^)]+)\)', shown,
                       re.M)
    for package, version in found:
        if not is_bad_kernel(version):
            return package, version
        say(f'not {package} {version}: its own kexec is broken')
    raise Failed(f'no usable {meta} among {found}')


def kernel_packages(home, package, version):
    """From 7.x on the package itself is empty, and depends on its parts."""
    shown = apt('apt-cache', 'show', f'{package}={version}', home=home)
    depends = re.search(r'^Depends: (.*)$', shown, re.M)
    return re.findall(r'(linux-(?:binary|modules)-\S+) \(=',
                      depends[1] if depends else '') or [package]


def as_before(tree):
    """Until 7.x a kernel was in /boot, and its modules in /lib."""
    images = glob.glob(f'{tree}/usr/lib/modules/*/vmlinuz')
    for image in images:
        os.makedirs(f'{tree}/boot', exist_ok=True)
        version = os.path.basename(os.path.dirname(image))
        os.rename(image, f'{tree}/boot/vmlinuz-{version}')
    if images:
        os.symlink('usr/lib', f'{tree}/lib')


def kernel_from(home, final, meta='linux-image-cloud-arm64'):
    package, version = newest_good_kernel(home, meta)
    say(f'{package} {version} ...')
    with Workdir(final) as d:
        for part in kernel_packages(home, package, version):
            download_deb(f'{part}={version}', d, home)
        as_before(d)
        images = glob.glob(f'{d}/boot/vmlinuz-*')
        if len(images) != 1:
            raise Failed(f'{package}: no single boot/vmlinuz-*: {images}')
        write_file(f'{d}/VERSION', f'{package} {version}\n')


def fetch_kernel():
    kernel_from(APT, f'{BUILD}/kernel')


def fetch_backports():
    prepare_apt(BACKPORTS)
    kernel_from(BACKPORTS, f'{BUILD}/kernel-backports')


def fetch_unstable():
    prepare_apt(UNSTABLE)
    kernel_from(UNSTABLE, f'{BUILD}/kernel-unstable')


def fetch_full_kernel():
    """With drivers for what no cloud has, such as USB."""
    kernel_from(APT, f'{BUILD}/kernel-full', 'linux-image-arm64')


def fetch_busybox():
    say('busybox-static (arm64) ...')
    with Workdir(f'{BUILD}/busybox') as d:
        download_deb('busybox-static', d)
        if not os.path.exists(f'{d}/bin/busybox'):
            raise Failed('busybox-static has no bin/busybox')


def fetch_kexec_tools():
    """The rival, for the benchmark, and what it is linked against."""
    say('kexec-tools (arm64) ...')
    with Workdir(f'{BUILD}/kexec-tools') as d:
        for package in ('kexec-tools', 'libc6', 'zlib1g'):
            download_deb(package, d)


def fetch_cryptsetup():
    """Who opens LUKS, what it is linked against, and chattr."""
    say('cryptsetup (arm64) ...')
    with Workdir(f'{BUILD}/cryptsetup') as d:
        for package in CRYPTSETUP:
            download_deb(package, d)


def fetch_loaders():
    """What EFI firmware starts elsewhere: systemd-boot, and GRUB as Debian
    signs it."""
    say('systemd-boot and GRUB (arm64) ...')
    with Workdir(f'{BUILD}/loaders') as d:
        for package in ('systemd-boot-efi', 'grub-efi-arm64-signed'):
            download_deb(package, d)


def source_versions(package, home=APT):
    """All that the mirror lists, as package=version, newest first."""
    shown = apt('apt-cache', 'showsrc', '--only-source', package, home=home)
    versions = re.findall(r'^Version: (\S+)$', shown, re.M)
    order = functools.cmp_to_key(
        lambda a, b: -1 if subprocess.call(
            ['dpkg', '--compare-versions', a, 'gt', b]) == 0 else 1)
    return [f'{package}={v}' for v in sorted(set(versions), key=order)]


def source_tarballs(source, into):
    """Download a source package's files; (orig, debian) tarballs."""
    apt('apt-get', '--download-only', 'source', source, cwd=into)
    names = [os.path.join(into, f) for f in sorted(os.listdir(into))]
    orig = [f for f in names if re.search(r'\.orig\.tar\.\w+$', f)]
    debian = [f for f in names if re.search(r'\.debian\.tar\.\w+$', f)]
    if not orig:
        raise Failed(f'{source}: no .orig tarball')
    return orig[0], debian[0] if debian else None


def apply_patches(debian, tree, dirs):
    """Debian's patches, those of them that touch our directories."""
    with tarfile.open(debian) as tar:
        names = {m.name: m for m in tar.getmembers()}
        series = names.get('debian/patches/series')
        listed = tar.extractfile(series).read().decode() if series else ''
        for line in listed.splitlines():
            name = line.split('#')[0].strip()
            member = names.get(f'debian/patches/{name}') if name else None
            text = tar.extractfile(member).read() if member else b''
            if any(f'/{d}/'.encode() in text for d in dirs):
                say(f'patch {name}')
                subprocess.run(['patch', '-s', '-p1', '-d', tree], input=text,
                               check=True)


def install(files, tree, dirs, into):
    """Copy a library's files. libfdt's porting header stays out: it is
    ports/libfdt/libfdt_env.h here, and a quoted include would find the one
    beside libfdt.h first."""
    for name in files:
        paths = [os.path.join(tree, d, name) for d in dirs]
        found = [p for p in paths if os.path.exists(p)]
        if not found:
            raise Failed(f'{name} is not in {dirs}')
        with open(found[0], encoding='utf-8', errors='surrogateescape') as f:
            text = re.sub(r'#include <xen/libfdt/(\w+\.h)>', r'#include <\1>',
                          f.read())
        with open(os.path.join(into, name), 'w', encoding='utf-8',
                  errors='surrogateescape') as f:
            f.write(text)


def library_from(source, dirs, files, into):
    say(f'source of {source} ...')
    work = os.path.join(into, 'work')
    tree = os.path.join(work, 'tree')
    os.makedirs(tree)
    try:
        orig, debian = source_tarballs(source, work)
        extract(orig, tree)
        if debian:
            apply_patches(debian, tree, dirs)
        install(files, tree, dirs, into)
        write_file(os.path.join(into, 'ORIGIN'),
                   f'{os.path.basename(orig)}\n')
    finally:
        shutil.rmtree(work)


def fetch_library(name, sources, files):
    """Out of the first source package that the mirror really has."""
    reasons = []
    with Workdir(f'{BUILD}/{name}') as d:
        for source, dirs in ((s, dirs) for package, dirs in sources
                             for s in source_versions(package)):
            try:
                return library_from(source, dirs, files, d)
            except Failed as why:
                say(f'not from {source}, trying the next')
                reasons.append(str(why))
        raise Failed("\n  ".join([f"no source package gave {name}'s files",
                                  *reasons]))


def fetch_libfdt():
    fetch_library('libfdt', LIBFDT_SOURCES, LIBFDT_FILES)


def fetch_zlib():
    fetch_library('zlib', ZLIB_SOURCES, ZLIB_FILES)


def fetch_lzo():
    fetch_library('lzo', LZO_SOURCES, LZO_FILES)


def fetch_lz4():
    fetch_library('lz4', LZ4_SOURCES, LZ4_FILES)


def fetch_trans_pgd():
    """Linux's own copy of its linear map, for the benchmark: one file out of a
    tarball of a gigabyte, read only as far as that file."""
    name = 'linux-source-6.1'
    say(f'{name} ...')
    with Workdir(f'{BUILD}/linux-source') as d:
        download_deb(name, d)
        tarball = f'{d}/usr/src/{name}.tar.xz'
        run(['tar', '-x', '-f', tarball, '-C', d, '--occurrence=1',
             '--strip-components=4', f'{name}/arch/arm64/mm/trans_pgd.c'])
        with gzip.open(f'{d}/usr/share/doc/{name}/changelog.Debian.gz',
                       'rt') as f:
            write_file(f'{d}/VERSION', f.readline())
        shutil.rmtree(f'{d}/usr')


PARTS = {'kernel': fetch_kernel, 'backports': fetch_backports,
         'unstable': fetch_unstable, 'kernel-full': fetch_full_kernel,
         'busybox': fetch_busybox, 'kexec-tools': fetch_kexec_tools,
         'cryptsetup': fetch_cryptsetup,
         'loaders': fetch_loaders,
         'libfdt': fetch_libfdt,
         'zlib': fetch_zlib, 'lzo': fetch_lzo, 'lz4': fetch_lz4,
         'trans_pgd': fetch_trans_pgd}


# ---- main --------------------------------------------------------------------

def fetch(part):
    """One part, once, even when make runs several of us."""
    stamp = f'{BUILD}/stamp/{part}'
    with locked(f'{BUILD}/stamp/.lock'):
        if os.path.exists(stamp):
            return
        prepare_apt()
        PARTS[part]()
        write_file(stamp, '')


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    ap.add_argument('part', nargs='*', metavar='PART',
                    help=f'of {", ".join(PARTS)}; default: all of them')
    parts = ap.parse_args().part or list(PARTS)
    if not set(parts) <= set(PARTS):
        ap.error(f'unknown part among {parts}')
    try:
        for part in parts:
            fetch(part)
    except Failed as why:
        sys.exit(f'fetch: {why}')
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == '__main__':
    main()
