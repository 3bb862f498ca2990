#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""make docs-phone: does the site read well on a phone? Each page of build/docs
is opened in headless Chromium in a frame of 390 pixels: it must have words, its
heading among them, nothing may be wider than the frame, and no line of text may
be cut. Some pages are kept as pictures in build/docs-phone/, which must not be
blank. Nobody is asked in the network."""
import functools
import glob
import html
import http.server
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SITE = os.path.join(ROOT, 'build', 'docs')
OUT = os.path.join(ROOT, 'build', 'docs-phone')
WIDTH, HEIGHT = 390, 1600
# Pages, and words that must be seen there.
SEEN = {'index': 'troubleshooting', 'concepts': 'the builder',
        'start': 'make demo', 'troubleshooting': 'no letter',
        'api-kexec-h': 'trans_kexec_load', 'readme': 'trans_table'}

FRAME = f'''<!doctype html><html><body style="margin:0">
<iframe id="f" width="{WIDTH}" height="{HEIGHT}" style="border:0"></iframe>
<pre id="said"></pre><script>
const pages = PAGES, said = [], frame = document.getElementById('f');
function look() {{
  const page = frame.contentDocument.documentElement;
  said.push({{page: pages[said.length], width: page.scrollWidth,
    room: frame.contentWindow.innerWidth,
    words: frame.contentDocument.body.innerText,
    cut: [...page.querySelectorAll('h1,h2,h3,h4,p,li,dd')].filter(e =>
      e.scrollWidth > e.clientWidth && e.clientWidth && !e.closest(
      '.table-wrapper,pre')).map(e => e.innerText.slice(0, 40)),
    title: (page.querySelector('h1') || {{innerText: ''}}).innerText}});
  next();
}}
function next() {{
  if (said.length < pages.length) frame.src = pages[said.length];
  else document.getElementById('said').textContent = JSON.stringify(said);
}}
frame.onload = look; next();
</script></body></html>'''
SHOWN = f'''<!doctype html><html><body style="margin:0"><iframe src="PAGE"
width="{WIDTH}" height="{HEIGHT}" style="border:0"></iframe></body></html>'''


class Handler(http.server.SimpleHTTPRequestHandler):
    """The site, and beside it what a query says."""
    frames = {}

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path not in self.frames:
            super().do_GET()
            return
        body = self.frames[path].encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def chromium(*words):
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run(
            ['chromium', '--headless', '--no-sandbox', '--disable-gpu',
             '--hide-scrollbars', '--disable-dev-shm-usage',
             '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
             f'--user-data-dir={profile}', '--virtual-time-budget=60000',
             *words], text=True, timeout=300, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL).stdout


def looked(base, pages):
    """What the frame says of each page."""
    Handler.frames['/frame'] = FRAME.replace('PAGES', json.dumps(pages))
    dom = chromium('--dump-dom', f'{base}/frame')
    said = re.search(r'<pre id="said">(.*?)</pre>', dom, re.S)
    return json.loads(html.unescape(said[1])) if said and said[1] else []


def wrong(page):
    """What is wrong with a page, by what the frame says of it."""
    name = page['page'].removesuffix('.html')
    words = page['words'].lower()
    if page['width'] > page['room'] or page['room'] != WIDTH:
        yield f'{page["width"]} pixels wide, of {page["room"]}'
    if page['cut']:
        yield f'is cut: "{page["cut"][0]}"'
    if name != 'search' and (len(words) < 80 or not page['title'].strip()):
        yield 'blank'
    if SEEN.get(name, '') not in words:
        yield f'does not say "{SEEN[name]}"'


def is_blank(png):
    """The rows of a picture are all alike: almost every byte is then 0, as rows
    are stored as differences, or is the byte before."""
    data, at = b'', 8
    while at < len(png):
        size, kind = struct.unpack_from('>I4s', png, at)
        if kind == b'IDAT':
            data += png[at + 8:at + 8 + size]
        at += size + 12
    raw = zlib.decompress(data) if data else b''
    return len(zlib.compress(raw, 1)) * 500 < len(raw)


def shot(base, name):
    """'' if the page is a picture with something on it."""
    Handler.frames['/shown'] = SHOWN.replace('PAGE', f'{name}.html')
    path = f'{OUT}/{name}.png'
    chromium(f'--window-size={WIDTH + 110},{HEIGHT}', f'--screenshot={path}',
             f'{base}/shown')
    if not os.path.exists(path):
        return 'no picture'
    with open(path, 'rb') as f:
        return 'a blank picture' if is_blank(f.read()) else ''


def complaints(base):
    pages = sorted(glob.glob('*.html', root_dir=SITE))
    said = looked(base, pages)
    if len(said) != len(pages) or not pages:
        yield f'{len(said)} of {len(pages)} pages could be looked at'
    for page in said:
        yield from (f'{page["page"]}: {why}' for why in wrong(page))
    for name in SEEN:
        why = shot(base, name)
        if why:
            yield f'{name}: {why}'


def main():
    if not shutil.which('chromium'):
        sys.exit('phone: this machine has no chromium')
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    server = http.server.ThreadingHTTPServer(
        ('127.0.0.1', 0), functools.partial(Handler, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bad = list(complaints(f'http://127.0.0.1:{server.server_port}'))
    server.shutdown()
    print('\n'.join(bad) or f'docs-phone: {len(SEEN)} pictures in build/docs-phone')
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
