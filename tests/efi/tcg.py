# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""A firmware's log of what it measured: read, and replayed into what the PCRs
must be then. (TCG PC Client Platform Firmware Profile, event logging.)"""
import hashlib
import struct

# Of TPM_ALG_ID (TPM 2.0 Library, part 2), those that firmware has.
HASHES = {4: 'sha1', 11: 'sha256', 12: 'sha384', 13: 'sha512'}
NO_ACTION, IPL = 3, 13
PCRS = 16
SIGNATURE = b'Spec ID Event03\0'


class Broken(Exception):
    """The log, or an answer, is not what it should be."""


class Event:
    """Which PCR, which type of event, {bank: digest}, its data."""

    def __init__(self, pcr, kind, digests, data):
        self.pcr, self.kind, self.digests = pcr, kind, digests
        self.data = data


def digest(bank, data):
    return hashlib.new(HASHES[bank], data).digest()


def digests(found, data):
    """In all banks that these have."""
    return {bank: digest(bank, data) for bank in found}


def take(log, at, form):
    try:
        return struct.unpack_from(form, log, at)
    except struct.error:
        raise Broken(f'the log ends at {len(log)}, in an entry') from None


def banks(log):
    """{bank: bytes of a digest}, and where the first entry is: behind one
    of the old form (PCR, type, a SHA-1, length), which says that."""
    pcr, kind, _, length = take(log, 0, '<II20sI')
    if (pcr, kind) != (0, NO_ACTION) or log[32:48] != SIGNATURE:
        raise Broken('the log does not begin with what it is')
    count, = take(log, 32 + 24, '<I')
    sizes = dict(take(log, 60 + 4 * i, '<HH') for i in range(min(count, 9)))
    vendor, = take(log, 60 + 4 * count, 'B')
    if 32 + length != 61 + 4 * count + vendor or not sizes or any(
            bank not in HASHES or len(digest(bank, b'')) != size
            for bank, size in sizes.items()):
        raise Broken(f'banks of {sizes}')
    return sizes, 32 + length


def entry(log, at, sizes):
    """(Event, where the next one is)"""
    pcr, kind, count = take(log, at, '<III')
    at += 12
    found = {}
    while len(found) < min(count, len(sizes)):
        bank, = take(log, at, '<H')
        if bank not in sizes or bank in found:
            raise Broken(f'bank {bank:#x} at {at}')
        found[bank], = take(log, at + 2, f'{sizes[bank]}s')
        at += 2 + sizes[bank]
    length, = take(log, at, '<I')
    data, = take(log, at + 4, f'{length}s')
    if count != len(sizes) or pcr >= PCRS:
        raise Broken(f'an entry of PCR {pcr}, of {count} banks')
    return Event(pcr, kind, found, data), at + 4 + length


def events(log, last):
    """All of them, up to the one that begins at `last`."""
    sizes, at = banks(log)
    found = []
    while at <= last:
        here = at
        event, at = entry(log, at, sizes)
        found.append(event)
    if not found or here != last:
        raise Broken(f'no entry begins at {last}')
    return found


def replay(found, bank):
    """[value of each PCR], from zeroes."""
    values = [bytes(len(digest(bank, b'')))] * PCRS
    for event in found:
        if event.kind != NO_ACTION:
            values[event.pcr] = digest(bank, values[event.pcr] +
                                       event.digests[bank])
    return values


def pcr_of(answer):
    """Of TPM2_PCR_Read, of one PCR: a header (10), a counter, a selection of
    one bank (4, 2, 1, 3), the count of digests, its length, it. (TPM 2.0
    Library, part 3.)"""
    if answer[6:10] != bytes(4) or (
            answer[24:30] != struct.pack('>IH', 1, len(answer) - 30)):
        raise Broken(f'the TPM answers {answer.hex()}')
    return answer[30:]


def read(log, last, values):
    """Its events, if they make up those values: {bank: [value of each PCR]}.
    Not all of a firmware's events say what was hashed; but all their digests
    are extended."""
    found = events(log, last)
    wrong = [f'PCR {pcr} of {HASHES[bank]}' for bank in banks(log)[0]
             for pcr, says in enumerate(replay(found, bank))
             if values.get(bank, {}).get(pcr) != says]
    if wrong:
        raise Broken(f'not what the log says: {", ".join(wrong)}')
    return found


def ours(found):
    """What is not the firmware's: (PCR, digests, data)."""
    return [(e.pcr, e.digests, e.data) for e in found if e.kind == IPL]


def event(found, pcr, data, text):
    """One of those, as it must be beside the ones that were found."""
    return pcr, digests(found[0].digests, data), text + b'\0'
