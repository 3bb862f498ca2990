# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Trees of Debian's linux-source with ports/linux in them, and kernels that are
built from those: build/linux/tree-VERSION, build/linux/kernels/NAME."""
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, f'{ROOT}/tests/lab']
import fetch  # noqa: E402
import kernels  # noqa: E402
import kexec_edits  # noqa: E402

OUT = f'{fetch.BUILD}/linux'
PORT = f'{OUT}/port'
INTO = 'arch/arm64/mm/trans_table'
SOURCES = {'6.1': ('linux-source-6.1', fetch.APT),
           '6.12': ('linux-source-6.12', fetch.BACKPORTS),
           '7.2': ('linux-source-7.2', fetch.UNSTABLE)}
VA52 = ['ARM64_VA_BITS_52', 'ARM64_PA_BITS_52']
# What of slim.config an option stands in for.
INSTEAD = {'ARM64_16K_PAGES': 'ARM64_4K_PAGES',
           'ARM64_64K_PAGES': 'ARM64_4K_PAGES',
           'ARM64_VA_BITS_52': 'ARM64_VA_BITS_48', 'KASAN': 'SLUB_TINY'}
# What a version always has, and does not ask for any more.
UNASKED = {'7.2-slim': ['RODATA_FULL_DEFAULT_ENABLED']}
# To hibernate, and with that kexec_load and all else that the matrix varies;
# kexec-tools' `kexec -c` looks into /proc/kallsyms, and refuses a device tree
# whose kaslr-seed was not taken out of it (RANDOMIZE_BASE).
SLEEPS = ['BLOCK', 'BLK_DEV', 'CRYPTO', 'CRYPTO_LZO', 'DEBUG_KERNEL',
          'DEBUG_PAGEALLOC', 'HIBERNATION', 'KALLSYMS', 'KEXEC',
          'RANDOMIZE_BASE', 'SUSPEND', 'SWAP', 'VIRTIO_MENU', 'VIRTIO_MMIO',
          'VIRTIO_BLK']
# Allocations fail when they are told to, by /proc/self/fail-nth, also only
# those below a function (tests/linux/fail.c, guest.sh). And UEFI keeps the
# tables of LPIs for the next kernel.
FAILS = ['CRASH_DUMP', 'DEBUG_FS', 'EFI', 'FAILSLAB', 'FAIL_PAGE_ALLOC',
         'FAULT_INJECTION', 'FAULT_INJECTION_DEBUG_FS',
         'FAULT_INJECTION_STACKTRACE_FILTER']
# Name -> version, options, compiler.
KERNELS = {
    '6.12-4k': ('6.12', ['ARM64_4K_PAGES', 'ARM64_VA_BITS_48'], 'gcc'),
    '6.1-4k': ('6.1', ['ARM64_4K_PAGES', 'ARM64_VA_BITS_48'], 'gcc'),
    '6.12-4k-52': ('6.12', ['ARM64_4K_PAGES', 'EXPERT', *VA52], 'gcc'),
    '6.12-slim': ('6.12-slim', [], 'gcc'),
    '6.12-16k-slim': ('6.12-slim', ['ARM64_16K_PAGES', *VA52, *SLEEPS], 'gcc'),
    '6.12-64k-slim': ('6.12-slim', ['ARM64_64K_PAGES', *VA52, *SLEEPS], 'gcc'),
    '6.12-kasan-slim': ('6.12-slim', ['KASAN', 'KASAN_GENERIC'], 'gcc'),
    '6.12-fail-slim': ('6.12-slim', [*SLEEPS, *FAILS], 'gcc'),
    '6.12-clang-slim': ('6.12-slim', ['SHADOW_CALL_STACK'], 'clang'),
    '7.2-slim': ('7.2-slim', ['KEXEC_HANDOVER'], 'gcc'),
}
# What of ports/linux a kernel has.
WITH = {'without': [], 'library': ['TRANS_TABLE_LIBRARY'],
        'both': ['TRANS_TABLE_LIBRARY', 'TRANS_TABLE_COMPARE'],
        'trans': ['TRANS_TABLE_LIBRARY', 'TRANS_TABLE_COMPARE', 'KEXEC_TRANS'],
        'slim': ['TRANS_TABLE_LIBRARY', 'KEXEC_TRANS']}
# What no guest of ours uses, of tests/lab/kernel.config: minutes of building.
NOT_HERE = ('EXT4_FS', 'CRYPTO_LZ4', 'IKCONFIG', 'IKCONFIG_PROC')
RESULTS = ('arch/arm64/boot/Image', 'vmlinux', 'System.map')
# What of Debian's tree a slim kernel is built from: a seventh.
SLIM = (
    'LICENSES', 'arch/arm64/include', 'arch/arm64/kernel', 'arch/arm64/lib',
    'arch/arm64/mm', 'arch/arm64/tools', 'arch/x86/entry/syscalls', 'block',
    'certs', 'crypto', 'drivers/amba', 'drivers/base', 'drivers/block',
    'drivers/bus', 'drivers/char', 'drivers/clk', 'drivers/clocksource',
    'drivers/firmware', 'drivers/irqchip', 'drivers/of', 'drivers/pci',
    'drivers/power', 'drivers/tty', 'drivers/virtio', 'fs',
    'include', 'init', 'io_uring', 'ipc', 'kernel', 'lib', 'mm', 'scripts',
    'security', 'tools/include', 'usr', 'virt')


# ---- the tree ---------------------------------------------------------------

def tree_of(version):
    return f'{OUT}/tree-{version}'


def parts_of(version):
    """Patterns of what of a tree is wanted; none: all of it."""
    whole = version.removesuffix('-slim')
    package, _ = SOURCES[whole]
    return [] if whole == version else [
        '*/Kconfig*', '*/Kbuild*', '*/Makefile*',
        *(f'{package}/{name}' for name in SLIM)]


def is_unpacked(version):
    """With what is wanted of it now."""
    made_of = f'{tree_of(version)}/MADE-OF'
    return (os.path.exists(tree_of(version)) and
            (read(made_of) if os.path.exists(made_of) else '') ==
            '\n'.join(parts_of(version)))


def unpack(version):
    """Debian's tree, or of it what is needed, once."""
    if is_unpacked(version):
        return
    package, home = SOURCES[version.removesuffix('-slim')]
    only = parts_of(version)
    fetch.prepare_apt(home)
    with fetch.Workdir(tree_of(version)) as d:
        found = kernels.unpack_source(package, home, d, only)
        for name in os.listdir(f'{d}/tree'):
            os.rename(f'{d}/tree/{name}', f'{d}/{name}')
        os.rmdir(f'{d}/tree')
        fetch.write_file(f'{d}/DEBIAN-VERSION', f'{found}\n')
        fetch.write_file(f'{d}/MADE-OF', '\n'.join(only))


def once(text, pattern, becomes, path):
    """Replace the only place; one that is not there is an error."""
    new, count = re.subn(pattern, becomes, text, flags=re.M)
    if count != 1:
        raise fetch.Failed(f'{path}: {count} places for {pattern!r}')
    return new


BOTH = r'''ifdef CONFIG_TRANS_TABLE_COMPARE
CFLAGS_trans_pgd.o		+= $(foreach f,create_copy idmap_page copy_el2_vectors,\\
				   -Dtrans_pgd_$(f)=trans_pgd_$(f)_linux)
endif
'''


def edited(path, text, compare=True):
    """What the port changes of Linux's own files."""
    if path == 'arch/arm64/Kconfig':
        return once(text, r'^(config TRANS_TABLE\n\tdef_bool y\n\tdepends on '
                    r'[^\n]*\n)', rf'\1\nsource "{INTO}/Kconfig"\n', path)
    if path in kexec_edits.PLACES:
        for pattern, becomes in kexec_edits.PLACES[path]:
            text = once(text, pattern, becomes, path)
        return text
    text = once(text, r'^obj-\$\(CONFIG_TRANS_TABLE\)(\s+\+= trans_pgd\.o)$',
                r'obj-$(CONFIG_TRANS_PGD_LINUX)\1', path)
    return once(text, r'^(obj-\$\(CONFIG_TRANS_TABLE\)\s+\+= '
                r'trans_pgd-asm\.o\n)',
                r'\1obj-$(CONFIG_TRANS_TABLE_LIBRARY)	+= trans_table/' '\n' +
                (BOTH if compare else ''), path)


def without_kexec(name, text):
    """A file of the port as it is before kexec leaves by a transition."""
    if name == 'Kconfig':
        return once(text, r'^config KEXEC_TRANS\n(.+\n|\n(?!#))*', '', name)
    if name == 'Makefile':
        text = once(text, r'^obj-\$\(CONFIG_KEXEC_TRANS\).*\n\t.*\nobj-.*\n', '',
                    name)
        return once(text, r'^# What only kexec_trans calls\.\n.*\n', '', name)
    return text


def without_compare(name, text):
    """A file of the port as it is before there is anything to compare."""
    if name == 'Kconfig':
        text = once(text, r'^config TRANS_TABLE_COMPARE\n(.+\n|\n(?!#))*', '',
                    name)
        return once(text, r'\(!(\w+) \|\| \w+\)', r'!\1', name)
    if name == 'Makefile':
        text = once(text, r'^obj-\$\(CONFIG_TRANS_TABLE_COMPARE\).*\n', '', name)
        return once(text, r'^CFLAGS_trans_pgd_library.o.*\\\n.*\\\n.*\n', '',
                    name)
    return text


EDITED = ['arch/arm64/Kconfig', 'arch/arm64/mm/Makefile', *kexec_edits.PLACES]


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def write_if_new(path, text):
    """make goes by times."""
    if not os.path.exists(path) or read(path) != text:
        fetch.write_file(path, text)


def port_file(tree, name):
    """As this Linux wants it: until 6.17 a SHA-256 that is not finished had
    another name, and no segment was CMA's."""
    text = read(f'{PORT}/{name}')
    if 'struct sha256_ctx {' not in read(f'{tree}/include/crypto/sha2.h'):
        text = text.replace('struct sha256_ctx', 'struct sha256_state')
    if 'segment_cma[' not in read(f'{tree}/include/linux/kexec.h'):
        text = text.replace('image->segment_cma[i]', 'false')
    return text


def apply(version):
    """Put the port into a tree, or what changed of it. What was edited is kept
    beside as it was."""
    tree = tree_of(version)
    os.makedirs(f'{tree}/{INTO}', exist_ok=True)
    for name in set(os.listdir(f'{tree}/{INTO}')) - set(os.listdir(PORT)):
        os.remove(f'{tree}/{INTO}/{name}')
    for name in os.listdir(PORT):
        write_if_new(f'{tree}/{INTO}/{name}', port_file(tree, name))
    for path in EDITED:
        if not os.path.exists(f'{tree}/{path}.debian'):
            shutil.copyfile(f'{tree}/{path}', f'{tree}/{path}.debian')
        write_if_new(f'{tree}/{path}',
                     edited(path, read(f'{tree}/{path}.debian')))


# ---- kernels ----------------------------------------------------------------

def home_of(name):
    return f'{OUT}/kernels/{name}'


def is_slim(name):
    return KERNELS[name][0].endswith('-slim')


def config_of(name, which):
    options = [*KERNELS[name][1], *WITH[which]]
    more = ''.join(f'CONFIG_{o}=y\n' for o in options)
    if is_slim(name):
        gone = {f'CONFIG_{o}=y' for o in [
            *(INSTEAD[o] for o in options if o in INSTEAD),
            *UNASKED.get(KERNELS[name][0], ())]}
        return '\n'.join(w for w in read(f'{HERE}/slim.config').splitlines()
                         if w not in gone) + '\n' + more
    lines = [w for w in read(f'{ROOT}/tests/lab/kernel.config').splitlines()
             if w.removeprefix('CONFIG_').removesuffix('=y') not in NOT_HERE]
    return ('\n'.join(lines) + '\n' + read(f'{HERE}/kernel.config') +
            more)


def make(name, *targets):
    """In its tree; the end of what was said where it fails. With some
    layouts kallsyms needs one pass more ("Inconsistent kallsyms data")."""
    version, _, compiler = KERNELS[name]
    home = home_of(name)
    tools = (['LLVM=1'] if compiler == 'clang' else
             [f'CROSS_COMPILE={os.environ.get("CROSS_COMPILE") or "aarch64-linux-gnu-"}'])
    done = subprocess.run(
        ['make', '-C', tree_of(version), f'O={home}/out',
         f'-j{os.cpu_count()}', 'ARCH=arm64', *tools, 'KALLSYMS_EXTRA_PASS=1',
         'KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970',
         'KBUILD_BUILD_USER=lab', 'KBUILD_BUILD_HOST=lab', *targets],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
        env={k: v for k, v in os.environ.items()
             if k not in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')})
    with open(f'{home}/log', 'a', encoding='utf-8') as log:
        log.write(done.stdout)
    if done.returncode:
        said = done.stdout.splitlines()
        last = [w for w in said if 'rror' in w][:12] or said[-12:]
        raise fetch.Failed(f'{name}: {targets} failed:\n  ' + '\n  '.join(last))
    return done.stdout


def configure(name, which):
    """Kconfig drops in silence what it does not know or may not have. A slim
    kernel has nothing by default."""
    config = f'{home_of(name)}/out/.config'
    if is_slim(name):
        wanted = f'{home_of(name)}/config'
        fetch.write_file(wanted, config_of(name, which))
        make(name, f'KCONFIG_ALLCONFIG={wanted}', 'allnoconfig')
    else:
        make(name, 'tinyconfig')
        with open(config, 'a', encoding='utf-8') as f:
            f.write(config_of(name, which))
        make(name, 'olddefconfig')
    have = set(read(config).splitlines())
    want = set(config_of(name, which).splitlines())
    lost = [w for w in want if w.startswith('CONFIG_') and w not in have]
    if lost:
        raise fetch.Failed(f'{name}: not in the configuration: {lost}')


def warned(said):
    """What a compiler says against ours."""
    return [w for w in said.splitlines() if 'warning' in w and INTO in w]


def warnings(name):
    """With all that a kernel can warn of, also in its headers, for which ours
    may be the reason."""
    return [w for w in make(name, 'W=1', f'{INTO}/').splitlines()
            if 'warning' in w]


def build(name, which='both'):
    """The kernel, in HOME/WHICH; what the compiler warned of in ours."""
    home = home_of(name)
    os.makedirs(f'{home}/out', exist_ok=True)
    os.makedirs(f'{home}/{which}', exist_ok=True)
    configure(name, which)
    said = [] if which in ('without', 'slim') else warnings(name)
    said += warned(make(name, 'Image', 'vmlinux'))
    for result in RESULTS:
        shutil.copyfile(f'{home}/out/{result}',
                        f'{home}/{which}/{os.path.basename(result)}')
    return said


def forget(name, which):
    """What cannot be built again is not what was built before."""
    shutil.rmtree(f'{home_of(name)}/{which}', ignore_errors=True)


def image(name, which='both'):
    return f'{home_of(name)}/{which}/Image'


def size(name, which):
    """Bytes of what a kernel is loaded with: text, read-only and data."""
    tool = (os.environ.get('CROSS_COMPILE') or 'aarch64-linux-gnu-') + 'size'
    said = subprocess.run([tool, f'{home_of(name)}/{which}/vmlinux'],
                          check=True, text=True, stdout=subprocess.PIPE)
    text, data, _ = said.stdout.splitlines()[1].split()[:3]
    return int(text), int(data)
