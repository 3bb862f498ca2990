# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Do the links of a site lead somewhere? Those to its own files and anchors;
others are not followed, as nobody is asked in the network. What a page loads
(pictures, scripts, styles) must be the site's own."""
import glob
import html.parser
import os
import urllib.parse


class Page(html.parser.HTMLParser):
    """The anchors of a page, what it links to, and what it loads."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loads = set(), [], []
        with open(path, encoding='utf-8') as f:
            self.feed(f.read())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.update(attrs[k] for k in ('id', 'name') if attrs.get(k))
        if tag in ('a', 'area') and attrs.get('href'):
            self.links.append(attrs['href'])
        elif tag == 'link' and attrs.get('rel') == 'stylesheet':
            self.loads.append(attrs['href'])
        elif tag in ('img', 'script') and attrs.get('src'):
            self.loads.append(attrs['src'])


def pages(site):
    return {os.path.relpath(path, site): Page(path) for path in sorted(
        glob.glob(f'{site}/**/*.html', recursive=True))}


def wrong(site, there, name, target):
    """Why that link of the page @name leads nowhere; or ''."""
    url = urllib.parse.urlsplit(target)
    if url.scheme or url.netloc:
        return ''
    path = urllib.parse.unquote(url.path)
    file = os.path.normpath(os.path.join(os.path.dirname(name), path)) \
        if path else name
    if not os.path.exists(os.path.join(site, file)):
        return 'does not exist'
    part = urllib.parse.unquote(url.fragment)
    if part and file in there and part not in there[file].ids:
        return 'no such anchor'
    return ''


def broken(site):
    there = pages(site)
    for name, page in there.items():
        for target in dict.fromkeys(page.links + page.loads):
            why = wrong(site, there, name, target)
            if why:
                yield f'{name}: {target}: {why}'
        for target in page.loads:
            if urllib.parse.urlsplit(target).netloc:
                yield f'{name}: loads {target}'
