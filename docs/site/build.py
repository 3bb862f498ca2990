#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make docs: the site, in build/docs/.

The Markdown of the repository is its text; PAGES says where each file goes.
Links between files lead to pages, names in `code` that are declared in
include/trans_table/ to the reference, which api.py makes. Sphinx's warnings are
errors, and so is a link or an anchor that leads nowhere (links.py). Says
nothing but where the site is when all is well."""
import glob
import os
import posixpath
import re
import shutil
import subprocess
import sys

import api
import links

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(ROOT, 'build', 'docs')
STAGE = os.path.join(ROOT, 'build', 'docs-source')
HEADERS = 'include/trans_table/'

# What the sidebar has: under which words, file by file, and the page's name.
PAGES = {
    'Begin': [('docs/start.md', 'start'), ('docs/architecture.md', 'concepts'),
              ('examples/README.md', 'examples'),
              ('docs/troubleshooting.md', 'troubleshooting')],
    'Hosts': [('docs/porting.md', 'porting'), ('docs/bare.md', 'bare'),
              ('ports/u-boot/README.md', 'u-boot'), ('docs/efi.md', 'efi'),
              ('docs/linux.md', 'linux'),
              ('ports/qemu-virt/README.md', 'reference-port'),
              ('docs/quiesce.md', 'quiesce')],
    'Hibernation': [('docs/hibernate.md', 'hibernate'),
                    ('docs/security.md', 'security')],
    'How it is tested': [('docs/hazard.md', 'hazard'),
                         ('docs/proofs.md', 'proofs'),
                         ('docs/budgets.md', 'budgets'),
                         ('docs/coverage.md', 'coverage'),
                         ('docs/ancestors.md', 'ancestors')],
    'Project': [('README.md', 'readme'), ('CONTRIBUTING.md', 'contributing'),
                ('CHANGELOG.md', 'changelog')],
}
FRONT = 'docs/index.md'
OTHERS = 'Begin' # where a document goes that nobody named


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as f:
        return f.read()


def contents():
    """PAGES, with each document that is not in it."""
    found = {caption: list(files) for caption, files in PAGES.items()}
    known = {FRONT, *(path for files in PAGES.values() for path, _ in files)}
    for path in sorted(glob.glob('docs/*.md', root_dir=ROOT)):
        if path not in known:
            found[OTHERS].append((path, os.path.basename(path)[:-3]))
    return found


def moved(path, text, where):
    """Links to files of the repository, as links to what became of them."""
    def link(m):
        target, _, part = m[1].partition('#')
        if not target or re.match(r'\w+:', target):
            return m[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(path),
                                                 target))
        if file not in where:
            sys.exit(f'docs: {path}: {target} has no page')
        return f']({where[file]}' + (f'#{part})' if part else ')')
    return re.sub(r'\]\(([^)\s]+)\)', link, text)


def named(text, known):
    """Names of the API lead to it, and those of documents to their pages, but
    not in blocks, headings and links."""
    def link(m):
        word = re.sub(r'^(struct|enum) |\(\)$', '', m[1])
        return f'[{m[0]}]({known[word]})' if word in known else m[0]
    out, block = [], False
    for line in text.split('\n'):
        block ^= line.lstrip().startswith('```')
        quiet = block or line.startswith(('#', '    ', '```'))
        out.append(line if quiet else re.sub(
            r'(?<![\[`])`((?:struct |enum )?trans_\w+(?:\(\))?|TRANS_\w+|'
            r'[\w/-]+\.md)`(?![\]`])', link, line))
    return '\n'.join(out)


def toctree(caption, names):
    return '\n'.join(['', '```{toctree}', ':hidden:', f':caption: {caption}',
                      *names, '```', ''])


def write(name, text):
    with open(os.path.join(STAGE, name), 'w', encoding='utf-8') as f:
        f.write(text)


def stage():
    """All that Sphinx reads."""
    shutil.rmtree(STAGE, ignore_errors=True)
    os.makedirs(f'{STAGE}/_static')
    shutil.copy(f'{HERE}/conf.py', STAGE)
    shutil.copy(f'{HERE}/site.css', f'{STAGE}/_static')
    headers = {os.path.basename(p): read(p) for p in sorted(
        glob.glob(f'{HEADERS}*.h', root_dir=ROOT))}
    where = {FRONT: 'index.md'}
    for picture in glob.glob('docs/pictures/*.svg', root_dir=ROOT):
        shutil.copy(os.path.join(ROOT, picture), STAGE)
        where[picture] = os.path.basename(picture)
    for files in contents().values():
        where.update({path: f'{name}.md' for path, name in files})
    reference, known = api.pages(headers, where)
    for path, name in where.items():
        if path.endswith('.md'):
            write(name, named(moved(path, read(path), where), known))
    for name, text in reference.items():
        write(name, text)
    trees = [toctree(caption, [name for _, name in files])
             for caption, files in contents().items()]
    trees.append(toctree('Reference', [n[:-3] for n in reference]))
    with open(f'{STAGE}/index.md', 'a', encoding='utf-8') as f:
        f.write(''.join(trees))


def main():
    os.chdir(ROOT)
    stage()
    shutil.rmtree(OUT, ignore_errors=True)
    done = subprocess.run(['sphinx-build', '-b', 'html', '-W', '--keep-going',
                           '-n', '-q', '-d', f'{STAGE}/.doctrees', STAGE, OUT])
    bad = list(links.broken(OUT)) if done.returncode == 0 else []
    print('\n'.join(bad), end='\n' if bad else '')
    if done.returncode or bad:
        sys.exit(1)
    print(f'docs: build/docs/index.html, {len(links.pages(OUT))} pages')


if __name__ == '__main__':
    main()
