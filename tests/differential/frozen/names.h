/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Other names for what the frozen builder defines, so that it links beside the
 * library. Included first by each of its files; nothing else of them was
 * changed since they were the library's, but the paths of what they include.
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

#define trans_attributes_of_ frozen_attributes_of
#define trans_attributes_convert_ frozen_between_tables
#define trans_build_ frozen_build
#define trans_build_fail_ frozen_build_fail
#define tt_build_walk frozen_build_walk
#define trans_memory_cacheable frozen_cacheable
#define trans_attributes_say_ frozen_describe
#define trans_attributes_direct_ frozen_direct
#define trans_edit_of_access_ frozen_edit_of_access
#define trans_edit_of_flags_ frozen_edit_of_flags
#define tt_found_fail frozen_found_fail
#define tt_found_last frozen_found_last
#define tt_found_leaf frozen_found_leaf
#define tt_frame_page frozen_frame_page
#define trans_inherit_ frozen_inherit
#define trans_inheritance_ frozen_inheritance
#define trans_look_at_ frozen_look_at
#define trans_look_up_ frozen_look_up
#define trans_mair_index_ frozen_mair_index
#define trans_mair_map_ frozen_mair_map
#define trans_page_give_ frozen_page_give
#define trans_page_open_ frozen_page_open
#define trans_page_take_ frozen_page_take
#define trans_range_status_ frozen_range_status
#define trans_release_ frozen_release
#define trans_release_slots_ frozen_release_slots
#define trans_source_begin_ frozen_source_begin
#define tt_source_below frozen_source_below
#define tt_source_copy frozen_source_copy
#define tt_source_item frozen_source_item
#define tt_source_run frozen_source_run
#define trans_store_ frozen_store
#define trans_table_at_ frozen_table_at

#endif
