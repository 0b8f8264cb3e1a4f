// The local APIC's registers by offset in its page, and their bits. Intel SDM vol. 3A, table 10-1 Local APIC Register Address Map.

export const APIC_ID = 0x020;
export const VERSION = 0x030;
export const TASK_PRIORITY = 0x080;
export const PROCESSOR_PRIORITY = 0x0a0;
export const END_OF_INTERRUPT = 0x0b0;
export const LOGICAL_DESTINATION = 0x0d0;
export const DESTINATION_FORMAT = 0x0e0;
export const SPURIOUS_VECTOR = 0x0f0;
/** Eight registers each, 32 vectors to a register. */
export const IN_SERVICE = 0x100;
export const TRIGGER_MODE = 0x180;
export const REQUESTS = 0x200;
export const ERROR_STATUS = 0x280;
export const COMMAND_LOW = 0x300;
export const COMMAND_HIGH = 0x310;
/** Local vector table. */
export const LVT_TIMER = 0x320;
export const LVT_THERMAL = 0x330;
export const LVT_PERFORMANCE = 0x340;
export const LVT_LINT0 = 0x350;
export const LVT_LINT1 = 0x360;
export const LVT_ERROR = 0x370;
export const INITIAL_COUNT = 0x380;
export const CURRENT_COUNT = 0x390;
export const DIVIDE = 0x3e0;

export const PAGE_BYTES = 4096;

export const SPURIOUS_ENABLE = 1 << 8;

export const LVT_LEVEL = 1 << 15;
export const LVT_REMOTE_IRR = 1 << 14;
export const LVT_MASKED = 1 << 16;
export const LVT_PERIODIC = 1 << 17;

/** Delivery modes: bits 10:8 of table entries, commands, redirection entries and message data. */
export const FIXED = 0, LOWEST_PRIORITY = 1, SMI = 2, NMI = 4, INIT = 5, STARTUP = 6, EXTINT = 7;
export const deliveryMode = (word: number): number => (word >>> 8) & 7;

/** Vectors below belong to exceptions. */
export const FIRST_LEGAL_VECTOR = 16;

/** Error status register, 10.5.3. */
export const ERROR_SEND_VECTOR = 1 << 5, ERROR_RECEIVE_VECTOR = 1 << 6, ERROR_REGISTER = 1 << 7;
