#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Ways in, each from outside of the project: what `make install` puts there,
found through pkg-config, with the ports' sources; sources.mk in somebody else's
Makefile; and `make` on a machine with a shell, coreutils, make and a compiler.
Prints nothing when all is well."""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HARD = ['-ffreestanding', '-fpie', '-mgeneral-regs-only', '-mstrict-align',
        '-ffixed-x18', '-mno-outline-atomics', '-fno-stack-protector']

# A host that is nothing but the callbacks' names.
PROGRAM = r'''
#include <trans_table/kexec.h>

static struct trans_kexec kexec;

int boot(const struct trans_kexec_args *args, struct trans_error *err);
int boot(const struct trans_kexec_args *args, struct trans_error *err)
{
	int rc = trans_kexec_load(&kexec, args, err);

	return rc ? rc : trans_kexec_start(&kexec, err);
}
'''

# Behind the lines that docs/porting.md shows.
MAKEFILE = r'''
CFLAGS := {flags} -Os -I$(TT)/include -I$(TT) -isystem {fdt} -isystem {env} \
	-Wa,-I.
compile = @mkdir -p $(@D) && $(CC) $(CFLAGS) -c $< -o $@
tt/%.o: $(TT)/%.c
	$(compile)
tt/%.o: $(TT)/%.S
	$(compile)
blob/%.o: $(TT)/%.c
	$(compile)
blob/%.o: $(TT)/%.S
	$(compile)
'''

PORT_LINES = 2600 # of ports/u-boot/, says docs/porting.md
EXAMPLE_LINES = 250 # of examples/minimal/, with all that it is built by

# A host that has what others wrote built by what was installed.
PORTS = r'''
all: libfdt.a libzlib.a liblzo.a liblz4.a
LIBFDT_DIR := {build}/libfdt
ZLIB_DIR := {build}/zlib
LZO_DIR := {build}/lzo
LZ4_DIR := {build}/lz4
include $(foreach p,libfdt zlib lzo lz4,{ports}/$(p)/port.mk)

define port
$(1)_OBJS := $$(notdir $$(patsubst %.c,%.o,$$(TRANS_TABLE_$(1)) \
	$$(TRANS_TABLE_$(1)_GLUE)))
$(2).a: $$($(1)_OBJS:%=$(2)/%)
	$$(AR) rcs $$@ $$^
$(2)/%.o:
	@mkdir -p $(2)
	$$(CC) {flags} -I{include} $$(TRANS_TABLE_$(1)_INCLUDE) \
		$$(TRANS_TABLE_$(1)_FLAGS) -c \
		$$(filter %/$$*.c,$$(TRANS_TABLE_$(1)) $$(TRANS_TABLE_$(1)_GLUE)) -o $$@
endef
$(eval $(call port,LIBFDT,libfdt))
$(eval $(call port,ZLIB,libzlib))
$(eval $(call port,LZO,liblzo))
$(eval $(call port,LZ4,liblz4))
'''
GIVES = {'libfdt': 'fdt_open_into', 'libzlib': 'trans_gunzip',
         'liblzo': 'trans_unlzo', 'liblz4': 'trans_unlz4'}

# All that `make lib` may find.
COREUTILS = 'cat chmod cp dirname echo install ln mkdir mv printf rm rmdir ' \
    'sort test touch tr true uname'.split()
BINUTILS = 'gcc as ld ar objcopy'.split()


class Failed(Exception):
    """What did not work, in words."""


def run(*cmd, cwd=None, env=None, may_fail=False):
    done = subprocess.run(cmd, cwd=cwd, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**clean_environment(), **(env or {})})
    if done.returncode and not may_fail:
        raise Failed(f'{" ".join(cmd)}:\n{done.stdout[-2000:]}')
    return done.stdout


def clean_environment():
    return {k: v for k, v in os.environ.items()
            if not k.startswith(('MAKE', 'MFLAGS', 'DESTDIR', 'PREFIX'))}


def files_below(where):
    return sorted(os.path.relpath(os.path.join(d, f), where)
                  for d, _, names in os.walk(where) for f in names)


def fields(pc):
    """What pkg-config would make of the file, which is not to be installed for
    this alone."""
    with open(pc, encoding='utf-8') as f:
        text = f.read()
    values = dict(re.findall(r'^(\w+)=(.*)$', text, re.M))

    def expand(line):
        return re.sub(r'\$\{(\w+)\}', lambda m: values[m[1]], line)
    found = {k: expand(v) for k, v in re.findall(r'^(\w+): (.*)$', text, re.M)}
    lost = {'Name', 'Description', 'Version', 'Cflags', 'Libs'} - set(found)
    if lost:
        raise Failed(f'{pc} lacks {lost}')
    return found


def undefined(tools, obj):
    return {w.split()[-1] for w in
            run(f'{tools}nm', '-u', obj).splitlines() if w.strip()}


# What a host with kexec must bring, see docs/porting.md.
ALLOWED = re.compile(r'mem(cpy|move|set|cmp)|fdt_\w+')


def check_program(tools, where, cflags, libs):
    with open(f'{where}/boot.c', 'w', encoding='utf-8') as f:
        f.write(PROGRAM)
    run(f'{tools}gcc', '-Wall', '-Wextra', '-Werror', *HARD, *cflags, '-c',
        f'{where}/boot.c', '-o', f'{where}/boot.o')
    run(f'{tools}ld', '-r', f'{where}/boot.o', '-u', 'boot', *libs, '-o',
        f'{where}/whole.o')
    bad = [n for n in sorted(undefined(tools, f'{where}/whole.o'))
           if not ALLOWED.fullmatch(n)]
    if bad:
        raise Failed(f'a host would have to bring {bad}')


def check_ports(tools, where, prefix):
    """What was installed as sources builds, and asks for no more than libc's
    four functions, or what libfdt's glue brings."""
    with open(f'{where}/ports.mk', 'w', encoding='utf-8') as f:
        f.write(PORTS.format(build=f'{ROOT}/build', flags=' '.join(HARD),
                             ports=f'{prefix}/share/trans_table/ports',
                             include=f'{prefix}/include'))
    run('make', f'-j{os.cpu_count()}', '-f', 'ports.mk', cwd=where,
        env={'CC': f'{tools}gcc', 'AR': f'{tools}ar'})
    for name, symbol in GIVES.items():
        whole = f'{where}/{name}.o'
        run(f'{tools}ld', '-r', '-u', symbol, f'{where}/{name}.a', '-o', whole)
        bad = [n for n in sorted(undefined(tools, whole))
               if not re.fullmatch('mem(cpy|move|set|cmp)', n)]
        if bad:
            raise Failed(f'{name} takes {bad}')


def installed(tools, where):
    dest, prefix = f'{where}/dest', '/opt/trans'
    words = [f'DESTDIR={dest}', f'PREFIX={prefix}']
    run('make', '--no-print-directory', 'install', *words, cwd=ROOT)
    pc = fields(f'{dest}{prefix}/lib/pkgconfig/trans_table.pc')
    if pc['Cflags'] != f'-I{prefix}/include':
        raise Failed(f'Cflags: {pc["Cflags"]}')
    check_program(tools, where, [f'-I{dest}{prefix}/include'],
                  [w.replace('-L', f'-L{dest}') for w in pc['Libs'].split()])
    check_ports(tools, where, f'{dest}{prefix}')
    uninstalled(words, f'{dest}{prefix}')


def uninstalled(words, there):
    """What others put beside it stays, and then only folders that are not its
    own do."""
    others = f'{there}/lib/pkgconfig/others.pc'
    with open(others, 'w', encoding='utf-8'):
        pass
    for left in (['lib/pkgconfig', 'lib/pkgconfig/others.pc'], []):
        run('make', '--no-print-directory', 'uninstall', *words, cwd=ROOT)
        found = sorted(os.path.relpath(os.path.join(d, n), there)
                       for d, dirs, names in os.walk(there)
                       for n in dirs + names)
        if found != sorted(['include', 'lib', 'share', *left]):
            raise Failed(f'uninstall leaves {found}')
        if left:
            os.remove(others)


def example(page, language):
    """The blocks of a language in a page of the documentation."""
    with open(f'{ROOT}/{page}', encoding='utf-8') as f:
        found = re.findall(rf'^```{language}\n(.*?)^```$', f.read(), re.M | re.S)
    if not found:
        raise Failed(f'{page} has no {language}')
    return found


def lines_of(pattern):
    lines = 0
    for path in glob.glob(f'{ROOT}/{pattern}'):
        with open(path, encoding='utf-8') as f:
            lines += len(f.readlines())
    return lines


def documented(_tools, _where):
    """What is to be copied or written is as short as the documents say."""
    for where, most in (('ports/u-boot/*.[ch]', PORT_LINES),
                        ('examples/minimal/*', EXAMPLE_LINES)):
        lines = lines_of(where)
        if not most * 3 // 4 < lines <= most:
            raise Failed(f'{where} has {lines} lines')


def embedded(tools, where):
    with open(f'{where}/Makefile', 'w', encoding='utf-8') as f:
        f.write(example('docs/porting.md', 'make')[0].replace(
            'path/to/trans_table', ROOT))
        f.write(MAKEFILE.format(
            flags=' '.join(HARD), fdt=f'{ROOT}/build/libfdt',
            env=f'{ROOT}/ports/libfdt'))
    run('make', f'-j{os.cpu_count()}', 'libmine.a', cwd=where,
        env={'CC': f'{tools}gcc', 'LD': f'{tools}ld', 'AR': f'{tools}ar',
             'OBJCOPY': f'{tools}objcopy'})
    check_program(tools, where, [f'-I{ROOT}/include'],
                  [f'{where}/libmine.a'])


def bare_path(tools, where):
    """A directory with links to what `make lib` may use; not to ccache."""
    path = os.pathsep.join(p for p in os.environ['PATH'].split(os.pathsep)
                           if 'ccache' not in p)
    os.mkdir(f'{where}/bin')
    for name in ['sh', 'make', *COREUTILS, *(f'{tools}{b}' for b in BINUTILS)]:
        found = shutil.which(name, path=path)
        if not found:
            raise Failed(f'this machine has no {name}')
        os.symlink(found, f'{where}/bin/{os.path.basename(name)}')
    return f'{where}/bin'


def bare(tools, where):
    """A copy without build/, LIBFDT from elsewhere. The default makes the two
    archives, install takes no more, and a wrong LIBFDT is named."""
    tree = f'{where}/tree'
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(
        'build', '.git', 'corpus'))
    env = {'PATH': bare_path(tools, where)}
    words = ['make', f'-j{os.cpu_count()}', f'CROSS_COMPILE={tools}']
    said = run(*words, f'LIBFDT={where}/none', cwd=tree, env=env, may_fail=True)
    if 'LIBFDT=dir' not in said:
        raise Failed(f'LIBFDT is not named: {said[-500:]}')
    words.append(f'LIBFDT={ROOT}/build/libfdt')
    run(*words, cwd=tree, env=env)
    made = [f for f in files_below(f'{tree}/build/arm64') if '/' not in f]
    if made != ['blob.bin', 'blob.elf', 'libtrans_core.a', 'libtrans_table.a']:
        raise Failed(f'made by default: {made}')
    if os.listdir(f'{tree}/build') != ['arm64']:
        raise Failed(f'more was made: {os.listdir(f"{tree}/build")}')
    run(*words, 'install', f'PREFIX={where}/there', cwd=tree, env=env)
    check_program(tools, where, [f'-I{where}/there/include'],
                  [f'-L{where}/there/lib', '-ltrans_table'])


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--tools', default='aarch64-linux-gnu-')
    tools = ap.parse_args().tools
    bad = 0
    for way in (installed, embedded, bare, documented):
        with tempfile.TemporaryDirectory() as where:
            try:
                way(tools, where)
            except Failed as why:
                bad += 1
                print(f'adoption: {way.__name__}: {why}', file=sys.stderr)
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
