# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Which colours a headless Chromium shows of a picture: a PNG taken apart (PNG
specification, 9.2: filter types)."""
import os
import struct
import subprocess
import zlib

TIMEOUT = 60


def chunks(data):
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from('>I4s', data, at)
        yield kind, data[at + 8:at + 8 + length]
        at += 12 + length


def paeth(a, b, c):
    near = sorted((abs(a + b - c - v), i) for i, v in enumerate((a, b, c)))
    return (a, b, c)[near[0][1]]


def unfiltered(kind, row, above, step):
    """One row of bytes, from the one above it."""
    for i, byte in enumerate(row):
        left = row[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        row[i] = byte + (0, left, above[i], (left + above[i]) // 2,
                         paeth(left, above[i], corner))[kind] & 0xff
    return row


def colours(png):
    """{(r, g, b)} of a PNG of 8 bits a channel."""
    parts = list(chunks(png))
    width, _, depth, kind = struct.unpack_from('>IIBB', parts[0][1])
    step = {2: 3, 6: 4}[kind]
    assert depth == 8
    data = zlib.decompress(b''.join(d for k, d in parts if k == b'IDAT'))
    above, found = bytearray(width * step), set()
    for at in range(0, len(data), width * step + 1):
        above = unfiltered(data[at], bytearray(
            data[at + 1:at + 1 + width * step]), above, step)
        found |= {tuple(above[i:i + 3])
                  for i in range(0, width * step, step)}
    return found


def of(svg, png, width=960, height=320):
    """The colours of the picture in the file `svg`."""
    subprocess.run(
        ['chromium', '--headless', '--no-sandbox', '--disable-gpu',
         '--hide-scrollbars', f'--window-size={width},{height}',
         f'--screenshot={png}', f'file://{svg}'], check=True,
        env={**os.environ, 'HOME': os.path.dirname(png)}, timeout=TIMEOUT,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    with open(png, 'rb') as f:
        return colours(f.read())
