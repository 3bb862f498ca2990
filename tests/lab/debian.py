#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""A whole Debian for arm64, of the next release, as an ext4 file system: made
by debootstrap, whose second stage runs in QEMU's user emulation. It is kept
under build/debian with its kernel and initrd, until what it is made of changes.

Needs root (or sudo): for files of other owners, and for namespaces, in which
the kernel is told of QEMU. Nothing is mounted or registered outside of them
where Linux has a binfmt_misc a user namespace (from 6.7 on)."""
import contextlib
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'qemu')]
import cbmc  # noqa: E402
import fetch  # noqa: E402
import lab  # noqa: E402
import uboot  # noqa: E402

OUT = os.path.join(fetch.BUILD, 'debian')
SUITE = cbmc.SUITE
TOOLS = ['debootstrap', 'qemu-user-static']
# The smallest that boots, has somebody log in, and sleeps; then its loader.
PACKAGES = ['systemd-sysv', 'udev', 'dbus', 'login', 'passwd', 'mount', 'kmod',
            'e2fsprogs', 'initramfs-tools', 'zstd', 'linux-image-cloud-arm64',
            'grub-efi-arm64', 'efibootmgr']
SIZE = 2 << 30
ROOT_UUID = '5ac1de15-0001-4000-8000-7472616e7374'
SWAP_UUID = '5ac1de15-0002-4000-8000-7472616e7374'
ESP_LABEL = 'ESP'
# As Debian's installer leaves them. Root has no password.
FILES = {
    'etc/fstab': f'UUID={ROOT_UUID} / ext4 errors=remount-ro 0 1\n'
                 f'LABEL={ESP_LABEL} /boot/efi vfat umask=0077 0 1\n'
                 f'UUID={SWAP_UUID} none swap sw 0 0\n',
    'etc/hostname': 'debian\n',
    'etc/initramfs-tools/conf.d/resume': f'RESUME=UUID={SWAP_UUID}\n',
    'etc/default/grub.d/console.cfg':
        'GRUB_CMDLINE_LINUX="console=ttyAMA0"\n',
    # Only for who makes it: one initrd, with little effort; no waiting for the
    # disk, and without names of all the world's hardware, whose index takes a
    # minute in emulation.
    'etc/initramfs-tools/update-initramfs.conf': 'update_initramfs=no\n',
    'etc/initramfs-tools/conf.d/lab': 'COMPRESSLEVEL=1\n',
    'etc/dpkg/dpkg.cfg.d/lab': 'force-unsafe-io\n'
                               'path-exclude=/usr/lib/udev/hwdb.d/*\n',
}
# With a /proc of its own already. debootstrap's script itself is this
# machine's, and only what it starts in the tree is emulated (the script by
# itself was most of the time). Where device nodes cannot be made it wants to
# hear that this is a container.
SECOND = '''
formats=/proc/sys/fs/binfmt_misc
mount -t binfmt_misc binfmt_misc $formats
[ -e $formats/qemu-aarch64 ] ||
	cat /usr/lib/binfmt.d/qemu-aarch64.conf >$formats/register
container=lxc DEBOOTSTRAP_DIR="$1/debootstrap" debootstrap --second-stage \\
	--second-stage-target="$1"
mkdir -p "$1/boot/efi"
chroot "$1" passwd -q -d root
'''
LOG = os.path.join(lab.LOGS, 'debian.log')
EVERY = 20 # seconds, of a line that says how far it is


def say(text):
    print(f'debian: {text}', flush=True)


# ---- its stages --------------------------------------------------------------

def supervise(process, log):
    """To its end, with a word now and then of what it does ("I: ...")."""
    said = 0
    for line in process.stdout:
        log.write(line)
        if line.startswith('I: ') and time.monotonic() - said > EVERY:
            said = time.monotonic()
            say(line[3:].strip())
    if process.wait():
        raise fetch.Failed(f'{process.args[0]} failed, see {LOG}')


@contextlib.contextmanager
def started(words, **how):
    process = subprocess.Popen(words, text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT,
                               start_new_session=True, **how)
    try:
        yield process
    finally:
        lab.stop(process)


def first_stage(tree, log):
    uri, _ = uboot.main_archive()
    with started(['debootstrap', '--arch=arm64', '--foreign',
                  '--variant=minbase',
                  f'--include={",".join(PACKAGES)}', SUITE, tree, uri],
                 stdin=subprocess.DEVNULL) as process:
        supervise(process, log)


def configure(tree):
    for name, text in FILES.items():
        os.makedirs(os.path.dirname(f'{tree}/{name}'), exist_ok=True)
        fetch.write_file(f'{tree}/{name}', text)


NAMESPACES = ['unshare', '--mount', '--pid', '--fork', '--kill-child',
              '--mount-proc']


def has_own_binfmt():
    """May a user namespace have a binfmt_misc that nobody else sees?"""
    return not subprocess.call(
        ['unshare', '--user', '--map-root-user', *NAMESPACES[1:], 'mount', '-t',
         'binfmt_misc', 'binfmt_misc', '/proc/sys/fs/binfmt_misc'],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def map_everybody(process):
    """Of a user namespace, which the process is in when it says something. Only
    who is outside may map all users."""
    process.stdout.readline()
    for kind in ('uid_map', 'gid_map'):
        with open(f'/proc/{process.pid}/{kind}', 'w', encoding='utf-8') as f:
            f.write('0 0 65536\n')


def second_stage(tree, log):
    words = [*NAMESPACES, 'sh', '-euc', SECOND, 'sh', tree]
    own = has_own_binfmt()
    if own:
        words = ['unshare', '--user', 'sh', '-c', 'echo; read _; exec "$@"',
                 'sh', *words]
    with started(words, stdin=subprocess.PIPE) as process:
        if own:
            map_everybody(process)
            process.stdin.write('\n')
        process.stdin.close()
        supervise(process, log)


def make_file_system(tree, home):
    shutil.rmtree(f'{tree}/var/cache/apt/archives')
    for name, found in (('vmlinuz', 'vmlinuz-*'), ('initrd', 'initrd.img-*')):
        [path] = glob.glob(f'{tree}/boot/{found}')
        shutil.copyfile(path, f'{home}/{name}')
    image = f'{home}/root.img'
    with open(image, 'wb') as f:
        f.truncate(SIZE)
    fetch.run(['/usr/sbin/mke2fs', '-q', '-F', '-t', 'ext4', '-U', ROOT_UUID,
               '-d', tree, image])


def make(home):
    tree = f'{home}/tree'
    os.makedirs(lab.LOGS, exist_ok=True)
    with open(LOG, 'w', 1, encoding='utf-8') as log: # (by the line)
        say(f'{SUITE}, {len(PACKAGES)} packages and what they need ...')
        first_stage(tree, log)
        configure(tree)
        say('second stage, in QEMU ...')
        second_stage(tree, log)
    say('file system ...')
    make_file_system(tree, home)
    shutil.rmtree(tree)


# ---- kept --------------------------------------------------------------------

def identity():
    made_of = json.dumps([SUITE, PACKAGES, FILES, SECOND, SIZE])
    return hashlib.sha256(made_of.encode()).hexdigest()


def is_there():
    try:
        with open(f'{OUT}/MADE-FROM', encoding='utf-8') as f:
            return f.read() == identity()
    except FileNotFoundError:
        return False


def give_back(path):
    """To whom sudo was asked by."""
    user = os.environ.get('SUDO_UID')
    if user:
        fetch.run(['chown', '-R', f'{user}:{os.environ["SUDO_GID"]}', path])


def as_root():
    """Once, of several that ask."""
    with fetch.locked(f'{OUT}.lock'):
        if is_there():
            return
        subprocess.run([f'{HERE}/setup', '--with', *TOOLS], check=True)
        with fetch.Workdir(OUT) as home:
            make(home)
            fetch.write_file(f'{home}/MADE-FROM', identity())
            give_back(home)


def provide():
    """The directory with root.img, vmlinuz and initrd."""
    if not is_there():
        sudo = ['sudo'] if os.geteuid() else []
        subprocess.run([*sudo, sys.executable, os.path.abspath(__file__)],
                       check=True)
    return OUT


if __name__ == '__main__':
    lab.orderly_exit()
    try:
        as_root()
    except (fetch.Failed, subprocess.CalledProcessError) as why:
        sys.exit(f'debian: {why}')
    except KeyboardInterrupt:
        sys.exit(130)
