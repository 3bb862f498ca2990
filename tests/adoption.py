#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Two ways in, each from outside of the project: what `make install` puts
there, found through pkg-config; and sources.mk in somebody else's Makefile.
Prints nothing when all is well."""
import argparse
import os
import re
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

# docs/porting.md shows these lines.
MAKEFILE = r'''
TT := {root}
include $(TT)/sources.mk

CFLAGS := {flags} -Os -I$(TT)/include -I$(TT) -isystem {fdt} -isystem {env} \
	-Wa,-I.
core := $(TRANS_TABLE_CORE) $(TRANS_TABLE_CORE_ARM) $(TRANS_TABLE_KEXEC)
objs = $(patsubst %,$(2)/%.o,$(basename $(1)))

libmine.a: $(call objs,$(core),tt)
	$(AR) rcs $@ $^
blob.elf: $(call objs,$(TRANS_TABLE_BLOB),blob)
	$(LD) $(TRANS_TABLE_BLOB_LINK) -T $(TT)/trans/blob/blob.ld $^ -o $@
blob.bin: blob.elf
	$(OBJCOPY) -O binary $< $@
tt/trans/blob_image.o: blob.bin
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


class Failed(Exception):
    """What did not work, in words."""


def run(*cmd, cwd=None, env=None):
    done = subprocess.run(cmd, cwd=cwd, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**clean_environment(), **(env or {})})
    if done.returncode:
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


def installed(tools, where):
    dest, prefix = f'{where}/dest', '/opt/trans'
    words = [f'DESTDIR={dest}', f'PREFIX={prefix}']
    run('make', '--no-print-directory', 'install', *words, cwd=ROOT)
    pc = fields(f'{dest}{prefix}/lib/pkgconfig/trans_table.pc')
    if pc['Cflags'] != f'-I{prefix}/include':
        raise Failed(f'Cflags: {pc["Cflags"]}')
    check_program(tools, where, [f'-I{dest}{prefix}/include'],
                  [w.replace('-L', f'-L{dest}') for w in pc['Libs'].split()])
    run('make', '--no-print-directory', 'uninstall', *words, cwd=ROOT)
    left = files_below(dest)
    if left:
        raise Failed(f'uninstall leaves {left}')


def embedded(tools, where):
    with open(f'{where}/Makefile', 'w', encoding='utf-8') as f:
        f.write(MAKEFILE.format(
            root=ROOT, flags=' '.join(HARD), fdt=f'{ROOT}/build/libfdt',
            env=f'{ROOT}/ports/libfdt'))
    run('make', f'-j{os.cpu_count()}', 'libmine.a', cwd=where,
        env={'CC': f'{tools}gcc', 'LD': f'{tools}ld', 'AR': f'{tools}ar',
             'OBJCOPY': f'{tools}objcopy'})
    check_program(tools, where, [f'-I{ROOT}/include'],
                  [f'{where}/libmine.a'])


def main():
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument('--tools', default='aarch64-linux-gnu-')
    tools = ap.parse_args().tools
    bad = 0
    for way in (installed, embedded):
        with tempfile.TemporaryDirectory() as where:
            try:
                way(tools, where)
            except Failed as why:
                bad += 1
                print(f'adoption: {way.__name__}: {why}', file=sys.stderr)
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
