/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Other names for what the frozen builder defines, so that it links beside the
 * library. Included first by each of its files; nothing else of them was changed
 * since they were the library's, but the paths of what they include.
 */
#ifndef FROZEN_NAMES_H
#define FROZEN_NAMES_H

#define trans_table_copy frozen_table_copy
#define trans_table_share frozen_table_share
#define trans_table_map frozen_table_map
#define trans_table_map_by frozen_table_map_by
#define trans_table_idmap frozen_table_idmap
#define trans_table_unmap frozen_table_unmap
#define trans_table_fold frozen_table_fold
#define trans_table_protect frozen_table_protect
#define trans_table_window frozen_table_window

#define tt_attributes_of frozen_attributes_of
#define tt_between_tables frozen_between_tables
#define tt_build frozen_build
#define tt_build_fail frozen_build_fail
#define tt_build_walk frozen_build_walk
#define tt_cacheable frozen_cacheable
#define tt_describe frozen_describe
#define tt_direct frozen_direct
#define tt_edit_of_access frozen_edit_of_access
#define tt_edit_of_flags frozen_edit_of_flags
#define tt_found_fail frozen_found_fail
#define tt_found_last frozen_found_last
#define tt_found_leaf frozen_found_leaf
#define tt_frame_page frozen_frame_page
#define tt_inherit frozen_inherit
#define tt_inheritance frozen_inheritance
#define tt_look_at frozen_look_at
#define tt_look_up frozen_look_up
#define tt_mair_index frozen_mair_index
#define tt_mair_map frozen_mair_map
#define tt_page_give frozen_page_give
#define tt_page_open frozen_page_open
#define tt_page_take frozen_page_take
#define tt_range_status frozen_range_status
#define tt_release frozen_release
#define tt_release_slots frozen_release_slots
#define tt_source_begin frozen_source_begin
#define tt_source_below frozen_source_below
#define tt_source_copy frozen_source_copy
#define tt_source_item frozen_source_item
#define tt_source_run frozen_source_run
#define tt_store frozen_store
#define tt_table_at frozen_table_at

#endif
