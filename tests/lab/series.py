# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""What `make linux-patches` and `make uboot-series` have in common: commits in
a repository become patches that `git am` takes, and checkpatch reads them."""
import os
import shutil
import subprocess

import fetch

PLACEHOLDER = 'trans_table', 'trans_table@localhost'


def identity():
    """(name, address) of whoever makes the series; git's own, or nobody's."""
    asked = [subprocess.run(['git', 'config', f'user.{word}'], text=True,
                            stdout=subprocess.PIPE, cwd=fetch.ROOT)
             for word in ('name', 'email')]
    said = tuple(a.stdout.strip() for a in asked)
    return said if all(said) else PLACEHOLDER


def git(where, *words):
    name, address = identity()
    done = subprocess.run(
        ['git', '-c', f'user.name={name}', '-c', f'user.email={address}',
         '-C', where, *words], stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise fetch.Failed(f'git {words[0]}: {done.stdout}')
    return done.stdout


def begin(repo, files):
    """A repository with those that the series changes: path -> text."""
    git(repo, 'init', '-q')
    for path, text in files.items():
        write(f'{repo}/{path}', text)
    git(repo, 'add', '-A')
    git(repo, 'commit', '-q', '-m', 'As Debian has it')


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    fetch.write_file(path, text)


def export(repo, into, count, *words):
    """The last commits as patches, which are then applied again; their
    paths."""
    shutil.rmtree(into, ignore_errors=True)
    os.makedirs(into)
    git(repo, 'format-patch', '-q', '--zero-commit', *words, '-o', into,
        f'HEAD~{count}')
    patches = [f'{into}/{p}' for p in sorted(os.listdir(into))]
    git(repo, 'checkout', '-q', f'HEAD~{count}')
    git(repo, 'am', '-q', *patches)
    return patches


def checkpatch(tree, patch, *words, cwd=None):
    """What the tree's own checkpatch says of it. It may write where it runs."""
    done = subprocess.run(
        ['perl', f'{tree}/scripts/checkpatch.pl', '--strict', '--no-tree',
         '--terse', '--no-summary', *words, patch], cwd=cwd or tree, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout
