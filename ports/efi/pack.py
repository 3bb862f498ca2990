# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Packs constants for constants.c: LZ4's block format, but that it ends where
all is unpacked."""
SHORTEST, LONG = 4, 15
FARTHEST = 65535
TRIES = 256


def longest_matches(data):
    """At each place (length, distance) of what was there before already."""
    seen, found = {}, []
    for at in range(len(data)):
        places = seen.setdefault(data[at:at + SHORTEST], [])
        best = 0, 0
        for place in reversed(places[-TRIES:]):
            if at - place <= FARTHEST:
                best = max(best, (common(data, place, at), at - place),
                           key=lambda match: match[0])
        found.append(best)
        places.append(at)
    return found


def common(data, one, other):
    n = 0
    while other + n < len(data) and data[one + n] == data[other + n]:
        n += 1
    return n


def steps(data):
    """From each place on, which length to take for the fewest bytes in all; 0:
    a literal. (What long literals cost is not looked at.)"""
    matches = longest_matches(data)
    cost, take = [0] * (len(data) + 1), [0] * len(data)
    for at in reversed(range(len(data))):
        cost[at] = 1 + cost[at + 1]
        for n in range(SHORTEST, matches[at][0] + 1):
            price = 3 + (n - SHORTEST + 255 - LONG) // 255 + cost[at + n]
            if price < cost[at]:
                cost[at], take[at] = price, n
    return [(n, matches[at][1]) for at, n in enumerate(take)]


def more(length):
    """What of a length does not fit into its four bits."""
    length -= LONG
    return b'' if length < 0 else b'\xff' * (length // 255) + bytes(
        [length % 255])


def token(literals, length):
    return bytes([min(len(literals), LONG) << 4 | min(length, LONG)]) + \
        more(len(literals)) + literals


def pack(data):
    at = first = 0
    out, way = b'', steps(data)
    while at < len(data):
        length, distance = way[at]
        if length:
            out += token(data[first:at], length - SHORTEST)
            out += distance.to_bytes(2, 'little') + more(length - SHORTEST)
            first = at + length
        at += length or 1
    return out + token(data[first:], 0)
