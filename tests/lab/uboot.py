#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Builds U-Boot for QEMU with and without trans_table, and says what it adds.

The source is Debian's package, by an apt state of its own that knows only the
main archive (the mirrors of the security archive lack the tarballs), or a tree
of the user's. Into its lib/ go a symbolic link to ports/u-boot and two lines;
nothing is written anywhere else in the tree, as all objects are built outside.
"""
import argparse
import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import fetch  # noqa: E402

ROOT, BUILD = fetch.ROOT, fetch.BUILD
APT = os.path.join(BUILD, 'apt-u-boot')
PORT = os.path.join(ROOT, 'ports', 'u-boot')
DEFCONFIG = 'qemu_arm64_defconfig'
TOOLS = 'aarch64-linux-gnu-'
PACKAGES = ['bison', 'flex', 'swig', 'libssl-dev', 'libgnutls28-dev',
            'python3-dev', 'python3-setuptools', 'dpkg-dev', 'bc',
            'uuid-dev']

# Where the two lines go, each behind a line that all versions have.
LINES = [
    ('lib/Makefile', r'^obj-\$\(CONFIG_OPTEE(_LIB)?\) \+= optee/\n',
     'obj-$(CONFIG_TRANS_TABLE) += trans_table/\n'),
    ('lib/Kconfig', r'^source "?lib/optee/Kconfig"?\n',
     'source "lib/trans_table/Kconfig"\n'),
]


def say(text):
    print(f'u-boot: {text}', flush=True)


# ---- the source -------------------------------------------------------------

# Where it may be, by release: that of this machine, or what Debian develops.
SUITES = {'stable': [], 'newest': ['sid', 'experimental']}


def main_archive():
    """(address, suite) of the release that this machine runs."""
    found = [(uri, suite) for uri, suite in fetch.debian_targets()
             if re.fullmatch('[a-z]+', suite)]
    if not found:
        raise fetch.Failed("this machine's apt names no Debian release")
    return found[0]


def is_made_of(path, suites):
    """Does the file that was written last name these suites?"""
    with contextlib.suppress(FileNotFoundError), \
            open(path, encoding='utf-8') as f:
        return f.read().split() == suites
    return False


def prepare_apt(home, suites):
    if is_made_of(f'{home}/ready', suites):
        return
    shutil.rmtree(home, ignore_errors=True)
    for d in ('state/lists/partial', 'cache/archives/partial', 'empty'):
        os.makedirs(f'{home}/{d}', exist_ok=True)
    uri, own = main_archive()
    sign = (f'[signed-by={fetch.KEYRING}] '
            if os.path.exists(fetch.KEYRING) else '')
    fetch.write_file(f'{home}/status', '')
    fetch.write_file(f'{home}/sources.list', ''.join(
        f'deb-src {sign}{uri} {suite} main\n' for suite in suites or [own]))
    say(f'source lists of {" and ".join(suites or [own])} ...')
    fetch.apt('apt-get', '--error-on=any', 'update', home=home)
    fetch.write_file(f'{home}/ready', ' '.join(suites))


def download(home, into):
    """The newest that can be had; its .dsc. Some mirrors list what they lack,
    as all that only experimental has."""
    refused = []
    for package in fetch.source_versions('u-boot', home):
        with tempfile.TemporaryDirectory(dir=into) as part:
            try:
                fetch.apt('apt-get', '--download-only', 'source', package,
                          cwd=part, home=home)
            except fetch.Failed as why:
                if '404' not in str(why):
                    raise
                say(f'{package} is listed, and cannot be had')
                refused.append(str(why))
                continue
            names = os.listdir(part)
            for name in names:
                os.rename(f'{part}/{name}', f'{into}/{name}')
            return next(n for n in names if n.endswith('.dsc'))
    raise fetch.Failed('\n'.join(['no source of u-boot', *refused]))


def unpack(home, work):
    dsc = download(home, work)
    say(f'{dsc} ...')
    fetch.run(['dpkg-source', '--no-check', '-x', dsc, 'tree'], cwd=work)
    for name in os.listdir(f'{work}/tree'):
        os.rename(f'{work}/tree/{name}', f'{work}/{name}')
    os.rmdir(f'{work}/tree')
    fetch.write_file(f'{work}/ORIGIN', f'{dsc}\n')
    for name in os.listdir(work):
        if re.match(r'u-boot_.*\.(dsc|tar\.\w+(\.asc)?)$', name):
            os.remove(f'{work}/{name}')


def forget(home):
    """All that is beside the lock: a source of other suites, and what was built
    of it."""
    for name in os.listdir(home):
        path = f'{home}/{name}'
        if os.path.islink(path):
            os.remove(path)
        elif os.path.isdir(path):
            shutil.rmtree(path)


def source(release):
    """The unpacked source. apt compares what it downloads with the signed
    lists."""
    home = os.path.join(BUILD, 'u-boot', release)
    suites, tree = SUITES[release], f'{home}/source'
    of = f'{home}/suites'
    if os.path.exists(f'{tree}/Makefile') and \
            (not suites or is_made_of(of, suites)):
        return tree
    apt_home = f'{APT}-{release}' if suites else APT
    prepare_apt(apt_home, suites)
    forget(home)
    with fetch.Workdir(tree) as work:
        unpack(apt_home, work)
    fetch.write_file(of, ' '.join(suites))
    return tree


def inserted(path, text, behind, line):
    """The text with a line more."""
    new, count = re.subn(behind, lambda m: m[0] + line, text, count=1,
                         flags=re.M)
    if not count:
        raise fetch.Failed(f'{path}: no line like {behind}; add yourself: '
                           f'{line.strip()}')
    return new


def add_line(path, behind, line):
    with open(path, encoding='utf-8') as f:
        text = f.read()
    if line in text:
        return
    fetch.write_file(path, inserted(path, text, behind, line))
    say(f'{path}: + {line.strip()}')


def add_port(tree):
    """The two lines, and the directory they name."""
    link = os.path.join(tree, 'lib', 'trans_table')
    if not os.path.exists(f'{tree}/lib/Kconfig'):
        raise fetch.Failed(f'{tree} is no U-Boot tree')
    if not os.path.exists(link):
        with contextlib.suppress(FileNotFoundError):
            os.remove(link) # one that leads nowhere any more
        os.symlink(os.path.relpath(PORT, os.path.dirname(link)), link)
        say(f'{link} -> ports/u-boot')
    for name, behind, line in LINES:
        add_line(os.path.join(tree, name), behind, line)


# ---- building ---------------------------------------------------------------

def environment(tools):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(('MAKE', 'MFLAGS', 'TRANS_', 'PLATFORM_LIBS'))
           and k not in ('B', 'V', 'O', 'A', 'H', 'N')}
    return env | {'CROSS_COMPILE': tools, 'SOURCE_DATE_EPOCH': '1700000000'}


def make(tree, out, *words, tools, libs=None, strict=False):
    """One make of U-Boot's; its last words when it fails. A warning in our
    own files is a failure; in any, if strict."""
    env = environment(tools)
    if libs:
        env['PLATFORM_LIBS'] = ' '.join(libs)
    done = subprocess.run(
        ['make', '-s', f'-j{os.cpu_count()}', f'O={out}', *words], cwd=tree,
        env=env, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    lines = [w for w in done.stdout.splitlines() if w.strip()]
    ours = [w for w in lines if 'warning:' in w and (strict or
            re.search('trans_table|/trans[./]|' + re.escape(ROOT) + '/(?!build)',
                      w))]
    if done.returncode:
        ours = [w for w in lines if 'error:' in w] + ours
    if done.returncode or ours:
        raise fetch.Failed(f'make {" ".join(words)} in {tree}:\n  ' +
                           '\n  '.join(ours or lines[-25:]))


def has(out, fragment):
    """Are all of the fragment's options set?"""
    with open(f'{out}/.config', encoding='utf-8') as f:
        config = f.read().splitlines()
    with open(fragment, encoding='utf-8') as f:
        want = [w.strip() for w in f if w.startswith(('CONFIG_', '# CONFIG_'))]
    return [w for w in want if w not in config]


def configure(tree, out, fragment, tools):
    """With the fragment, once; the next build of an unchanged tree is then
    short."""
    with open(fragment, encoding='utf-8') as f, \
            open(f'{out}/.config', 'a', encoding='utf-8') as config:
        config.write(f.read())
    make(tree, out, 'olddefconfig', tools=tools)
    missing = has(out, fragment)
    if missing:
        raise fetch.Failed(f'{tree} would not take {", ".join(missing)}')


def without(out, options):
    """The configuration less these; olddefconfig is to follow."""
    with open(f'{out}/.config', encoding='utf-8') as f:
        lines = f.read().splitlines()
    dropped = {f'CONFIG_{o}=y' for o in options}
    fetch.write_file(f'{out}/.config', '\n'.join(
        [w for w in lines if w not in dropped] +
        [f'# CONFIG_{o} is not set' for o in options]) + '\n')


def text_size(out, tools):
    """Bytes of text, data, bss."""
    shown = fetch.run([f'{tools}size', f'{out}/u-boot'])
    return [int(n) for n in shown.splitlines()[1].split()[:3]]


def build_plain(tree, out, tools):
    if not os.path.exists(f'{out}/.config'):
        make(tree, out, DEFCONFIG, tools=tools)
    if not os.path.exists(f'{out}/u-boot.bin'):
        say('building without trans_table ...')
        make(tree, out, 'u-boot.bin', tools=tools)


def build_with(tree, plain, out, tools):
    """Its objects are the plain ones, but for those that the options change."""
    fragment = f'{PORT}/trans_table.config'
    if not os.path.exists(f'{out}/.config'):
        shutil.copytree(plain, out, symlinks=True)
    if has(out, fragment):
        configure(tree, out, fragment, tools)
    say('building with trans_table ...')
    make(tree, out, 'u-boot.bin', tools=tools)


def build(tree, home, tools):
    """Of a tree that has the port in it."""
    plain, out = f'{home}/plain', f'{home}/with'
    build_plain(tree, plain, tools)
    build_with(tree, plain, out, tools)
    before, after = text_size(plain, tools), text_size(out, tools)
    say(f'text {before[0]} -> {after[0]} bytes: + {after[0] - before[0]}; '
        f'data + {after[1] - before[1]}, bss + {after[2] - before[2]}')
    say(f'{out}/u-boot.bin')


# ---- without a line of patch ------------------------------------------------

def compile_words(out, name):
    """How U-Boot compiled one of its own files, less the file and its object
    (kbuild keeps the command beside it)."""
    with open(f'{out}/{os.path.dirname(name)}/.{os.path.basename(name)}.o.cmd',
              encoding='utf-8') as f:
        line = f.readline()
    line = re.sub(r'^\S+ := ', '', line)
    words = shlex.split(line.replace('\\#', '#').replace('$$', '$'))
    drop = [i for i, w in enumerate(words) if w == '-o']
    words = words[:drop[-1]] if drop else words
    return [w for w in words
            if not w.startswith(('-Wp,-M', '-DKBUILD_')) and w != '-c']


def glue_files(out):
    """As the port's Makefile picks them."""
    with open(f'{out}/.config', encoding='utf-8') as f:
        no_efi = 'CONFIG_EFI_LOADER=y\n' not in f.readlines()
    return sorted(f for f in os.listdir(PORT) if f.endswith('.c') and
                  not (no_efi and f == 'efi.c'))


def build_objects(out, into, tools):
    """The glue as one object, with U-Boot's own flags."""
    words = compile_words(out, 'cmd/version')
    config = ['-DCONFIG_TRANS_TABLE=1', '-DCONFIG_CMD_TRANS=1',
              '-DCONFIG_CMD_TRANS_PLAN=1', '-DCONFIG_CMD_TRANS_MAP=1',
              '-DCONFIG_CMD_TRANS_VERIFY=1', '-DCONFIG_CMD_TRANS_PACKED=1',
              '-DCONFIG_CMD_TRANS_GICV3=1', '-DCONFIG_CMD_TRANS_UART=1',
              '-DCONFIG_CMD_TRANS_RESUME_WORKERS=1',
              '-DCONFIG_CMD_TRANS_RESUME=1', '-DCONFIG_CMD_TRANS_RESUME_ASK=1']
    objects = []
    names = glue_files(out)
    if 'efi.c' in names:
        config.append('-DCONFIG_CMD_TRANS_RESUME_EFI=1')
    os.makedirs(into, exist_ok=True)
    for name in names:
        objects.append(f'{into}/{name[:-2]}.o')
        fetch.run([*words, *config, f'-I{PORT}/include', f'-I{ROOT}/include',
                   '-DTRANS_ENV_HEADER=<u-boot-env.h>',
                   f'-DKBUILD_BASENAME="{name[:-2]}"',
                   f'-DKBUILD_MODNAME="{name[:-2]}"', '-c', f'{PORT}/{name}',
                   '-o', objects[-1]], cwd=out)
    fetch.run([f'{tools}ld', '-r', *objects, '-o', f'{into}/trans.o'])
    return f'{into}/trans.o'


def build_prebuilt(tree, home, archive, tools):
    """U-Boot unchanged, and the archive as the project builds it."""
    plain, out = f'{home}/plain', f'{home}/prebuilt'
    build_plain(tree, plain, tools)
    if not os.path.exists(f'{out}/.config'):
        shutil.copytree(plain, out, symlinks=True)
    glue = build_objects(out, f'{home}/glue', tools)
    for name in ('u-boot', 'u-boot.bin'):
        with contextlib.suppress(FileNotFoundError):
            os.remove(f'{out}/{name}') # kbuild does not know the archive
    say('linking the prebuilt archive ...')
    make(tree, out, 'u-boot.bin', tools=tools, libs=[glue, archive])
    say(f'{out}/u-boot.bin')


# ---- main -------------------------------------------------------------------

def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    ap.add_argument('--release', choices=SUITES, default='stable',
                    help='of Debian, whose source package is taken')
    ap.add_argument('--tree', help='a source tree of your own instead')
    ap.add_argument('--prebuilt', metavar='ARCHIVE',
                    help='also link an unchanged U-Boot with this archive')
    ap.add_argument('--unpatched', action='store_true',
                    help='only that; no line is added to the tree')
    ap.add_argument('--tools', default=TOOLS,
                    help='CROSS_COMPILE')
    ap.add_argument('--packages', action='store_true',
                    help="say what building U-Boot needs of Debian's")
    args = ap.parse_args()
    if args.packages:
        print(*PACKAGES)
        return
    name = 'own' if args.tree else args.release
    home = os.path.join(BUILD, 'u-boot', name)
    try:
        with fetch.locked(f'{home}/.lock'):
            tree = os.path.abspath(args.tree) if args.tree else source(name)
            if not args.unpatched:
                add_port(tree)
                build(tree, home, args.tools)
            if args.prebuilt:
                build_prebuilt(tree, home, os.path.abspath(args.prebuilt),
                               args.tools)
    except fetch.Failed as why:
        sys.exit(f'u-boot: {why}')
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == '__main__':
    main()
