# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
"""Sphinx's settings for `make docs`; what it reads is made by build.py."""
project = html_title = 'trans_table'
html_theme = 'furo'
html_theme_options = {'navigation_with_keys': True}
html_static_path = ['_static']
html_css_files = ['site.css']
html_copy_source = html_show_sphinx = html_show_copyright = False
extensions = ['myst_parser']
# As a Git viewer makes them of headings.
myst_heading_anchors = 4
# Blocks without a language are commands, lines of consoles and drawings; two
# hyphens are two hyphens.
highlight_language = 'text'
smartquotes = False
