// The public ABI of Xen for a 32-bit paravirtual guest in its two-level form, xen-3.0-x86_32: hypercall numbers, error codes and
// where fields lie. Xen, public/xen.h, public/arch-x86/xen-x86_32.h and the headers beside them.
// Deviation: the two-level form is obsolete since Xen made PAE mandatory; it is chosen so that a guest's native build differs
// from its paravirtual one by paravirtualization only.

/** Hypercall names by number. public/xen.h, `__HYPERVISOR_*`. */
export const HYPERCALLS: readonly string[] = [
  'set_trap_table', 'mmu_update', 'set_gdt', 'stack_switch', 'set_callbacks', 'fpu_taskswitch', 'sched_op_compat', 'platform_op', 'set_debugreg',
  'get_debugreg', 'update_descriptor', 'reserved', 'memory_op', 'multicall', 'update_va_mapping', 'set_timer_op', 'event_channel_op_compat',
  'xen_version', 'console_io', 'physdev_op_compat', 'grant_table_op', 'vm_assist', 'update_va_mapping_otherdomain', 'iret', 'vcpu_op',
  'set_segment_base', 'mmuext_op', 'xsm_op', 'nmi_op', 'sched_op', 'callback_op', 'xenoprof_op', 'event_channel_op', 'physdev_op', 'hvm_op', 'sysctl',
  'domctl', 'kexec_op',
];
export const HYPERVISOR_IRET = 23;
/** INT n of every hypercall. */
export const HYPERCALL_VECTOR = 0x82;
/** Hypercalls a transfer page has room for, 32 bytes each. */
export const HYPERCALL_SLOT = 32;

/** Error numbers, returned negated. public/errno.h. */
export const EPERM = 1, ENOENT = 2, ESRCH = 3, E2BIG = 7, EAGAIN = 11, ENOMEM = 12, EFAULT = 14, EBUSY = 16, EEXIST = 17, EINVAL = 22, ENOSPC = 28, ENOSYS = 38;

export const DOMID_SELF = 0x7ff0;
export const DOMID_IO = 0x7ff1;
/** The domain's own number, and the one that holds the store and the console. */
export const DOMAIN_ID = 1;
export const CONTROL_DOMAIN = 0;

/** The machine-to-physical table, which the guest may read; Xen's own memory lies behind it. public/arch-x86/xen-x86_32.h. */
export const MACHINE_MAP_START = 0xfc00_0000;
export const MACHINE_MAP_END = 0xfc40_0000;
/** Guest segments end here. */
export const SEGMENT_END = MACHINE_MAP_END;
/** First directory entry that is Xen's. */
export const FIRST_XEN_SLOT = MACHINE_MAP_START >>> 22;
export const INVALID_PSEUDO = -1;

/** Flat descriptors that every domain finds in its table. */
export const FLAT_RING1_CS = 0xe019, FLAT_RING1_DS = 0xe021, FLAT_RING3_CS = 0xe02b, FLAT_RING3_DS = 0xe033;
/** Pages of the descriptor table, the last two Xen's. */
export const GDT_PAGES = 16, FIRST_RESERVED_GDT_PAGE = 14, FIRST_RESERVED_GDT_ENTRY = FIRST_RESERVED_GDT_PAGE * 512;

/** struct start_info. public/xen.h. */
export const START_INFO = {
  magic: 0, pages: 32, sharedInfo: 36, flags: 40, storeFrame: 44, storePort: 48, consoleFrame: 52, consolePort: 56, tableBase: 60, tableFrames: 64,
  frameList: 68, moduleStart: 72, moduleLength: 76, commandLine: 80, size: 1112,
} as const;
export const COMMAND_LINE_BYTES = 1024;
export const START_MAGIC = 'xen-3.0-x86_32';

/** struct shared_info: vcpu_info[32], event words, wall clock, arch_shared_info. public/xen.h. */
export const SHARED_INFO = {
  upcallPending: 0, upcallMask: 1, pendingSelector: 4, cr2: 8, timeVersion: 32, tscTimestamp: 40, systemTime: 48, tscMultiplier: 56, tscShift: 60,
  vcpuSize: 64, pending: 2048, mask: 2176, wallVersion: 2304, wallSeconds: 2308, wallNanoseconds: 2312, maxPseudo: 2316,
} as const;
/** Virtual processors that shared_info has room for; there is one. */
export const MAX_VCPUS = 32;
export const EVENT_PORTS = 1024;
/** Event channels that a domain has from the beginning. */
export const STORE_PORT = 1, CONSOLE_PORT = 2;

export const VIRQ_TIMER = 0;
export const SHUTDOWN_POWEROFF = 0, SHUTDOWN_REBOOT = 1, SHUTDOWN_SUSPEND = 2, SHUTDOWN_CRASH = 3;
