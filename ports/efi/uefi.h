/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What of UEFI this application calls: types, tables and protocols, by the
 * names and numbers of the UEFI specification 2.10 (chapters 4, 7, 8, 9, 12, 13
 * and 10.3). A member that is never called is only a place (void *). The
 * procedure call standard is the compiler's own (2.3.6).
 */
#ifndef EFI_UEFI_H
#define EFI_UEFI_H

#include <trans_table/env.h>

typedef uint64_t efi_status_t;
typedef void *efi_handle_t;
typedef uint16_t efi_char_t; /* UCS-2 */

/* Appendix D. */
#define EFI_SUCCESS 0
#define EFI_FAILURE(n) (1ULL << 63 | (n))
#define EFI_LOAD_ERROR EFI_FAILURE(1)
#define EFI_INVALID_PARAMETER EFI_FAILURE(2)
#define EFI_UNSUPPORTED EFI_FAILURE(3)
#define EFI_BUFFER_TOO_SMALL EFI_FAILURE(5)
#define EFI_DEVICE_ERROR EFI_FAILURE(7)
#define EFI_OUT_OF_RESOURCES EFI_FAILURE(9)
#define EFI_VOLUME_FULL EFI_FAILURE(11)
#define EFI_NOT_FOUND EFI_FAILURE(14)
#define EFI_ABORTED EFI_FAILURE(21)
#define EFI_SECURITY_VIOLATION EFI_FAILURE(26)

struct efi_guid {
	uint32_t a;
	uint16_t b, c;
	uint8_t d[8];
};

#define EFI_GUID(a, b, c, ...) ((struct efi_guid){ a, b, c, { __VA_ARGS__ } })
#define EFI_GLOBAL_VARIABLE EFI_GUID(0x8be4df61, 0x93ca, 0x11d2, 0xaa, 0x0d, \
				     0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c)
#define EFI_LOADED_IMAGE EFI_GUID(0x5b1b31a1, 0x9562, 0x11d2, 0x8e, 0x3f, \
				  0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b)
#define EFI_DEVICE_PATH EFI_GUID(0x09576e91, 0x6d3f, 0x11d2, 0x8e, 0x39, \
				 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b)
#define EFI_DRIVER_BINDING EFI_GUID(0x18a031ab, 0xb443, 0x4d1a, 0xa5, 0xc0, \
				    0x0c, 0x09, 0x26, 0x1e, 0x9f, 0x71)
#define EFI_BLOCK_IO EFI_GUID(0x964e5b21, 0x6459, 0x11d2, 0x8e, 0x39, 0x00, \
			      0xa0, 0xc9, 0x69, 0x72, 0x3b)
#define EFI_BLOCK_IO2 EFI_GUID(0xa77b2472, 0xe282, 0x4e9f, 0xa2, 0x45, 0xc2, \
			       0xc0, 0xe2, 0x7b, 0xbc, 0xc1)
#define EFI_SIMPLE_FILE_SYSTEM EFI_GUID(0x964e5b22, 0x6459, 0x11d2, 0x8e, \
					0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, \
					0x3b)
#define EFI_FILE_INFO EFI_GUID(0x09576e92, 0x6d3f, 0x11d2, 0x8e, 0x39, 0x00, \
			       0xa0, 0xc9, 0x69, 0x72, 0x3b)
#define EFI_RNG EFI_GUID(0x3152bca5, 0xeade, 0x433d, 0x86, 0x2e, 0xc0, 0x1c, \
			 0xdc, 0x29, 0x1f, 0x44)
#define EFI_MEMORY_ATTRIBUTE EFI_GUID(0xf4560cf6, 0x40ec, 0x4b4a, 0xa1, 0x92, \
				      0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89)
#define EFI_TCG2 EFI_GUID(0x607f766c, 0x7455, 0x42be, 0x93, 0x0b, 0xe4, 0xd7, \
			  0x6d, 0xb2, 0x72, 0x0f)
/* Of the configuration table: 4.6.1, devicetree specification, ACPI 2.0 and
 * later, and tables that a kernel reads. */
#define EFI_DTB_TABLE EFI_GUID(0xb1b621d5, 0xf19c, 0x41a5, 0x83, 0x0b, 0xd9, \
			       0x15, 0x2c, 0x69, 0xaa, 0xe0)
#define EFI_ACPI_TABLE EFI_GUID(0x8868e871, 0xe4f1, 0x11d3, 0xbc, 0x22, 0x00, \
				0x80, 0xc7, 0x3c, 0x88, 0x81)
#define EFI_MEMORY_ATTRIBUTES_TABLE EFI_GUID(0xdcfa911d, 0x26eb, 0x469f, \
					     0xa2, 0x20, 0x38, 0xb7, 0xdc, \
					     0x46, 0x12, 0x20)
/* Linux's own (include/linux/efi.h, LINUX_EFI_MEMRESERVE_TABLE_GUID). */
#define LINUX_MEMRESERVE_TABLE EFI_GUID(0x888eb0c6, 0x8ede, 0x4ff5, 0xa8, \
					0xf0, 0x9a, 0xee, 0x5c, 0xb9, 0x77, \
					0xc2)

struct efi_table_header {
	uint64_t signature;
	uint32_t revision, size, crc, reserved;
};

/* ---- memory (7.2) ---- */

enum efi_memory_type {
	EFI_LOADER_CODE = 1,
	EFI_LOADER_DATA = 2,
	EFI_BOOT_SERVICES_CODE = 3,
	EFI_BOOT_SERVICES_DATA = 4,
	EFI_RUNTIME_SERVICES_DATA = 6,
	EFI_CONVENTIONAL = 7,
	EFI_UNUSABLE = 8,
	EFI_ACPI_RECLAIM = 9,
	EFI_MMIO = 11,
	EFI_MMIO_PORT = 12,
};

#define EFI_MEMORY_WC 0x2ULL
#define EFI_MEMORY_WT 0x4ULL
#define EFI_MEMORY_WB 0x8ULL
#define EFI_MEMORY_XP 0x4000ULL
#define EFI_MEMORY_RO 0x20000ULL
#define EFI_MEMORY_RUNTIME (1ULL << 63)

#define EFI_PAGE_SHIFT 12
#define EFI_PAGE 4096ULL

enum efi_allocate { EFI_ANY_PAGES = 0, EFI_AT_ADDRESS = 2 };

struct efi_region {
	uint32_t type, pad;
	uint64_t start, virtual_start, pages, attributes;
};

/* ---- console (12.3, 12.4) ---- */

struct efi_key {
	uint16_t scan;
	efi_char_t letter;
};
#define EFI_SCAN_ESC 0x17

struct efi_input {
	void *reset;
	efi_status_t (*read_key)(struct efi_input *input, struct efi_key *key);
	void *wait;
};

struct efi_output {
	void *reset;
	efi_status_t (*write)(struct efi_output *output,
			      const efi_char_t *text);
};

/* ---- tables (4.3 to 4.6) ---- */

struct efi_time {
	uint16_t year;
	uint8_t month, day, hour, minute, second, pad;
	uint32_t nanosecond;
	int16_t zone;
	uint8_t daylight, pad2;
};

enum efi_reset { EFI_RESET_COLD = 0, EFI_RESET_SHUTDOWN = 2 };

#define EFI_VARIABLE_NV_BS_RT 7u

struct efi_runtime_services {
	struct efi_table_header header;
	void *get_time, *set_time, *get_wakeup, *set_wakeup;
	void *set_virtual_map, *convert_pointer;
	efi_status_t (*get_variable)(const efi_char_t *name,
				     const struct efi_guid *vendor,
				     uint32_t *attributes, uint64_t *len,
				     void *data);
	void *next_name;
	efi_status_t (*set_variable)(const efi_char_t *name,
				     const struct efi_guid *vendor,
				     uint32_t attributes, uint64_t len,
				     const void *data);
	void *next_count;
	void (*reset)(enum efi_reset how, efi_status_t status, uint64_t len,
		      const void *data);
};

struct efi_device_path {
	uint8_t type, subtype, len[2];
};

enum efi_search { EFI_ALL_HANDLES = 0, EFI_BY_PROTOCOL = 2 };

struct efi_boot_services {
	struct efi_table_header header;
	void *raise_tpl, *restore_tpl;
	efi_status_t (*allocate_pages)(enum efi_allocate how,
				       enum efi_memory_type type,
				       uint64_t pages, uint64_t *pa);
	efi_status_t (*free_pages)(uint64_t pa, uint64_t pages);
	efi_status_t (*get_memory_map)(uint64_t *len, void *map, uint64_t *key,
				       uint64_t *stride, uint32_t *version);
	efi_status_t (*allocate_pool)(enum efi_memory_type type, uint64_t len,
				      void **at);
	efi_status_t (*free_pool)(void *at);
	efi_status_t (*create_event)(uint32_t type, uint64_t tpl, void *notify,
				     void *context, void **event);
	void *set_timer, *wait_for_event, *signal_event;
	efi_status_t (*close_event)(void *event);
	/* EFI_SUCCESS, once for each signal, or EFI_NOT_READY. */
	efi_status_t (*check_event)(void *event);
	void *install_protocol, *reinstall_protocol, *uninstall_protocol;
	efi_status_t (*handle_protocol)(efi_handle_t handle,
					const struct efi_guid *protocol,
					void **interface);
	void *reserved, *register_notify, *locate_handle, *locate_path;
	efi_status_t (*install_table)(const struct efi_guid *guid,
				      void *data);
	efi_status_t (*load_image)(uint8_t policy, efi_handle_t parent,
				   const struct efi_device_path *path,
				   const void *buffer, uint64_t len,
				   efi_handle_t *image);
	efi_status_t (*start_image)(efi_handle_t image, uint64_t *len,
				    efi_char_t **text);
	void *exit;
	efi_status_t (*unload_image)(efi_handle_t image);
	efi_status_t (*exit_boot_services)(efi_handle_t image, uint64_t key);
	void *next_count;
	efi_status_t (*stall)(uint64_t microseconds);
	efi_status_t (*set_watchdog)(uint64_t seconds, uint64_t code,
				     uint64_t len, const efi_char_t *text);
	efi_status_t (*connect)(efi_handle_t controller, efi_handle_t *drivers,
				const struct efi_device_path *rest,
				uint8_t recursive);
	void *disconnect, *open_protocol, *close_protocol, *protocol_users;
	void *protocols_of_handle;
	efi_status_t (*locate_handles)(enum efi_search search,
				       const struct efi_guid *protocol,
				       void *key, uint64_t *count,
				       efi_handle_t **handles);
	efi_status_t (*locate_protocol)(const struct efi_guid *protocol,
					void *key, void **interface);
};

struct efi_table {
	struct efi_guid guid;
	const void *data;
};

struct efi_system_table {
	struct efi_table_header header;
	const efi_char_t *vendor;
	uint32_t vendor_revision, pad;
	efi_handle_t input_handle;
	struct efi_input *input;
	efi_handle_t output_handle;
	struct efi_output *output;
	efi_handle_t error_handle;
	struct efi_output *error;
	struct efi_runtime_services *runtime;
	struct efi_boot_services *boot;
	uint64_t tables;
	const struct efi_table *table;
};

/* ---- protocols (9.1, 13.9, 13.10, 13.4, 13.5, 37.5) ---- */

struct efi_loaded_image {
	uint32_t revision, pad;
	efi_handle_t parent;
	struct efi_system_table *system;
	efi_handle_t device;
	const struct efi_device_path *path;
	void *reserved;
	uint32_t options_len, pad2;
	const void *options;
	void *base;
	uint64_t len;
};

struct efi_media {
	uint32_t id;
	uint8_t removable, present, partition, read_only, caching;
	uint32_t block_len, io_align;
	uint64_t last_block;
};

struct efi_block_io {
	uint64_t revision;
	const struct efi_media *media;
	void *reset;
	efi_status_t (*read)(struct efi_block_io *io, uint32_t media,
			     uint64_t lba, uint64_t len, void *buffer);
	efi_status_t (*write)(struct efi_block_io *io, uint32_t media,
			      uint64_t lba, uint64_t len, const void *buffer);
	efi_status_t (*flush)(struct efi_block_io *io);
};

/* A request (13.10): @status counts once @event is signalled. */
struct efi_token {
	void *event;
	efi_status_t status;
};

struct efi_block_io2 {
	const struct efi_media *media;
	void *reset;
	efi_status_t (*read)(struct efi_block_io2 *io, uint32_t media,
			     uint64_t lba, struct efi_token *token,
			     uint64_t len, void *buffer);
	void *write, *flush;
};

#define EFI_FILE_READ 1ULL

struct efi_file {
	uint64_t revision;
	efi_status_t (*open)(struct efi_file *from, struct efi_file **file,
			     const efi_char_t *name, uint64_t mode,
			     uint64_t attributes);
	efi_status_t (*close)(struct efi_file *file);
	void *delete;
	efi_status_t (*read)(struct efi_file *file, uint64_t *len, void *to);
	void *write, *get_position, *set_position;
	efi_status_t (*info)(struct efi_file *file,
			     const struct efi_guid *kind, uint64_t *len,
			     void *to);
};

struct efi_file_system {
	uint64_t revision;
	efi_status_t (*open)(struct efi_file_system *fs,
			     struct efi_file **root);
};

struct efi_file_info {
	uint64_t size, file_len, disk_len;
	struct efi_time time[3];
	uint64_t attributes;
};

struct efi_rng {
	void *info;
	efi_status_t (*get)(struct efi_rng *rng,
			    const struct efi_guid *algorithm, uint64_t len,
			    void *to);
};

struct efi_memory_attribute {
	void *get, *set;
	efi_status_t (*clear)(struct efi_memory_attribute *protocol,
			      uint64_t pa, uint64_t len, uint64_t attributes);
};

/* TCG EFI Protocol Specification, family 2.0, EFI_TCG2_PROTOCOL. */
struct efi_tcg2_capability {
	uint8_t size, structure_version[2], protocol_version[2];
	uint32_t algorithms, logs;
	uint8_t present;
	uint16_t command_max, response_max;
	uint32_t maker, banks, active_banks;
};

/* Before its data. @len: of all of it; @header_len: from itself to @type. */
struct efi_tcg2_event {
	uint32_t len, header_len;
	uint16_t version;
	uint32_t pcr, type;
} __attribute__((packed));

struct efi_tcg2 {
	efi_status_t (*capability)(struct efi_tcg2 *tpm,
				   struct efi_tcg2_capability *capability);
	efi_status_t (*log)(struct efi_tcg2 *tpm, uint32_t format,
			    uint64_t *at, uint64_t *last, uint8_t *truncated);
	efi_status_t (*extend)(struct efi_tcg2 *tpm, uint64_t flags,
			       uint64_t pa, uint64_t len,
			       struct efi_tcg2_event *event);
	efi_status_t (*submit)(struct efi_tcg2 *tpm, uint32_t len,
			       const void *command, uint32_t room,
			       void *response);
};

/* Device paths (10.3): nodes that are looked at. */
#define EFI_PATH_MEDIA 4
#define EFI_PATH_DISK 1 /* of MEDIA: a partition */
#define EFI_PATH_FILE 4 /* of MEDIA: a file's name */
#define EFI_PATH_END 0x7f
#define EFI_PATH_END_ALL 0xff

#endif
