# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""EDK2's variables in its flash, looked at from outside (MdeModulePkg,
VariableFormat.h): a volume's header, that of a store, then the variables."""
import struct

LENGTH_AT = 48 # of the volume's header: its own length
STORE = 28
# Start, state, attributes, count, time, key, lengths of name and data, vendor.
VARIABLE = struct.Struct('<HBxIQ16sIII16s')
START = 0x55aa
# A bit is cleared each step: added; about to be deleted; deleted.
THERE = (0x3f, 0x3e)


def variables(path):
    """{name: data} of those that are there; of any vendor's."""
    with open(path, 'rb') as f:
        flash = f.read()
    at = struct.unpack_from('<H', flash, LENGTH_AT)[0] + STORE
    found = {}
    while True:
        start, state, *_, name_len, data_len, _ = VARIABLE.unpack_from(
            flash, at)
        if start != START:
            return found
        at += VARIABLE.size
        if state in THERE:
            name = flash[at:at + name_len].decode('utf-16-le').rstrip('\0')
            found[name] = flash[at + name_len:at + name_len + data_len]
        at += name_len + data_len
        at += -at % 4
