// Where everything of a random guest lies: physical pages, linear aliases, selectors, vectors. Code, stacks and tables are
// mapped one to one in the first 4 MiB; page tables only in a window of their own, so that no stray store changes one
// without the INVLPG that makes the result architectural (Intel SDM vol. 3A, 4.10.4).

export const PAGE = 4096;
/** Guest memory in MiB: the first holds everything, the fifth is what large pages map. */
export const MEMORY_MIB = 5;

export const GDT = 0x1000, IDT = 0x2000, TSS_ONE = 0x2800, TSS_TWO = 0x2a00, LDT = 0x2c00;
export const DIRECTORY_A = 0x3000, FIRST_TABLE = 0x4000, ALIAS_TABLE_A = 0x5000;
export const KERNEL_CODE = 0x6000, STUBS = 0x7000;
export const KERNEL_STACK_TOP = 0x10f00, USER_STACK_TOP = 0x12f00, INNER_STACK_TOP = 0x13f00;
/** What the handlers keep for themselves, and where a program says at which address it goes on after a wild jump. */
export const CONTROL = 0x14000, USER_CONTROL = 0x15000;
export const LOG = 0x16000, LOG_BYTES = 0x8000;
export const DATA = 0x20000, DATA_PAGES = 16;
export const DIRECTORY_B = 0x30000, ALIAS_TABLE_B = 0x31000, WINDOW_TABLE = 0x32000;

/** Bodies: kernel, user, kernel again. A slot is one step; whoever faults goes on at the next slot. */
export const SLOT = 32;
export const BODIES = {first: 0x8000, user: 0xa000, second: 0x9000} as const;
export type BodyName = keyof typeof BODIES;
export const BODY_NAMES: readonly BodyName[] = ['first', 'user', 'second'];
export const MOST_SLOTS = PAGE / SLOT - 1;

/** Linear aliases. */
export const LARGE = 0x0040_0000, LARGE_FRAME = 0x0040_0000, ALIAS = 0x0100_0000, ALIAS_PAGES = 64, WINDOW = 0xc000_0000;
/** A physical page where no memory answers. */
export const NO_MEMORY = 0x0070_0000;

/** Doublewords in CONTROL. */
export const LOG_AT = CONTROL, EVENTS = CONTROL + 4, NEW_EIP = CONTROL + 8, NEW_FLAGS = CONTROL + 12, KERNEL_RESUME = CONTROL + 16,
  STEPS_TRACED = CONTROL + 20, GDT_REGISTER = CONTROL + 32, IDT_REGISTER = CONTROL + 40, SHORT_IDT_REGISTER = CONTROL + 48, SCRATCH = CONTROL + 64;
export const USER_RESUME = USER_CONTROL;
/** After so many exceptions and interrupts a program is ended. */
export const MOST_EVENTS = 160;

export const KERNEL_CS = 0x08, KERNEL_DS = 0x10, USER_CS = 0x1b, USER_DS = 0x23, TSS_SELECTOR = 0x28, OTHER_TSS = 0x30, LDT_SELECTOR = 0x38;
export const DESCRIPTORS = 32;
export const SPARE_DESCRIPTOR = 26;

/** Vectors with a meaning to the handlers. */
export const PIC_BASE = 0x20, PIC_LAST = 0x2f, CALL_VECTOR = 0x80, DONE_VECTOR = 0x81, RING_0_VECTOR = 0x82;
export const ODD_GATES: readonly number[] = [0x84, 0x85, 0x86, 0x87];
