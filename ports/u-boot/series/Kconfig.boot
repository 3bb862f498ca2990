config BOOTMETH_HIBERNATE
	bool "Bootdev support for a hibernated Linux"
	depends on CMD_TRANS_RESUME
	select BOOTMETH_GLOBAL
	select PARTITION_TYPE_GUID if EFI_PARTITION
	default y
	help
	  Looks for a hibernation image (swsusp) on all disks before anything
	  else is booted, and resumes it as trans resume does. An image that is
	  refused ends the scan, since whatever is booted over it may mount the
	  file systems that it remembers, unless the environment variable
	  trans_on_refusal is "linux". 3 KiB.

