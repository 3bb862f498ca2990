# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later

"""
Test the command trans, with real kernels

Note: This test relies on boardenv_* containing configuration values to define
what can be started, and what is hibernated. Without this, what leaves U-Boot is
skipped.

For example:

# What is typed before (each command must succeed), the command that leaves
# U-Boot, what a system prints that has arrived, and how long that may take, in
# milliseconds.
env__trans_kexec = {
    'prepare': ['load virtio 0:1 40400000 Image',
                'load virtio 0:1 44000000 initrd'],
    'command': 'trans kexec 40400000 44000000:$filesize',
    'pattern': 'login:',
    'timeout': 120000,
}

# The same for a system that is hibernated on the second partition. It is awake
# afterwards, so this passes once.
env__trans_resume = {
    'prepare': [],
    'command': 'trans resume virtio 0:2',
    'pattern': 'awake',
    'timeout': 120000,
}
"""

import pytest

def leave(console, name):
    """Start what the board's environment has under this name

    Args:
        console: a console connection to U-Boot
        name: of the description
    """
    what = console.config.env.get(name, None)
    if not what:
        pytest.skip('%s is not defined' % name)
    try:
        with console.temporary_timeout(what['timeout']):
            for command in what['prepare']:
                console.run_command(command)
                assert console.run_command('echo $?').strip() == '0', command
            console.run_command(what['command'], wait_for_prompt=False)
            console.wait_for(what['pattern'])
    finally:
        console.restart_uboot()

@pytest.mark.buildconfigspec('cmd_trans')
def test_trans_kexec(ubman):
    """A kernel and an initrd, which may go where U-Boot is."""
    leave(ubman, 'env__trans_kexec')

@pytest.mark.buildconfigspec('cmd_trans')
def test_trans_booti(ubman):
    """The same by booti -t."""
    leave(ubman, 'env__trans_booti')

@pytest.mark.buildconfigspec('cmd_trans_resume')
def test_trans_resume_no_disk(ubman):
    """A disk that is not there may have an image."""
    said = ubman.run_command('trans resume virtio 77:1')
    assert 'TRANS_ENOENT: disk or partition' in said
    said = ubman.run_command('printenv trans_resume')
    assert 'trans_resume=refused' in said

@pytest.mark.buildconfigspec('bootmeth_hibernate')
def test_trans_bootflow(ubman):
    """A system that is hibernated is there to be booted, before others."""
    if not ubman.config.env.get('env__trans_resume', None):
        pytest.skip('nothing is hibernated')
    said = ubman.run_command('bootflow scan -l')
    flows = [line.split() for line in said.splitlines()
             if line.split()[2:3] == ['ready']]
    assert flows[0][1].startswith('hibernate')

@pytest.mark.buildconfigspec('cmd_trans_resume')
def test_trans_resume(ubman):
    """A system that is hibernated goes on."""
    leave(ubman, 'env__trans_resume')
