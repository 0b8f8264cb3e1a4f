// Control and status registers (CSR), bus configuration registers (BCR), and their bits. AMD Am79C970A PCnet-PCI II data sheet (19436),
// User Accessible Registers.

export const STATUS = 0, BLOCK_LOW = 1, BLOCK_HIGH = 2, MASKS = 3, FEATURES = 4, EXTENDED = 5, RING_LENGTHS = 6;
/** Logical address filter in four registers, physical address in three, then the mode. */
export const FILTER = 8, PHYSICAL_ADDRESS = 12, MODE = 15;
export const BLOCK_LOW_ALIAS = 16, BLOCK_HIGH_ALIAS = 17;
export const RECEIVE_BASE = 24, TRANSMIT_BASE = 30, STYLE_ALIAS = 58, RECEIVE_COUNT = 72, TRANSMIT_COUNT = 74, RECEIVE_LENGTH = 76, TRANSMIT_LENGTH = 78;
export const CHIP_LOW = 88, CHIP_HIGH = 89, MISSED_COUNT = 112;

export const INIT = 1 << 0, START = 1 << 1, STOP = 1 << 2, DEMAND = 1 << 3, TRANSMIT_ON = 1 << 4, RECEIVE_ON = 1 << 5, ENABLE = 1 << 6, INTERRUPT = 1 << 7;
export const INITIALIZED = 1 << 8, SENT = 1 << 9, RECEIVED = 1 << 10, MEMORY_ERROR = 1 << 11, MISSED = 1 << 12, COLLISION_ERROR = 1 << 13, BABBLE = 1 << 14, ERROR = 1 << 15;
/** Set by the chip, cleared by writing ones. */
export const CAUSES = INITIALIZED | SENT | RECEIVED | MEMORY_ERROR | MISSED | COLLISION_ERROR | BABBLE;
export const ERRORS = MEMORY_ERROR | MISSED | COLLISION_ERROR | BABBLE;
/** Those that interrupt; each can be masked at its own place in CSR3. */
export const INTERRUPTING = INITIALIZED | SENT | RECEIVED | MEMORY_ERROR | MISSED | BABBLE;

/** CSR4: causes at odd places with their masks before them, and what is done to frames. */
export const STARTED_MASK = 1 << 2, STARTED = 1 << 3, USER = 1 << 6, USER_COMMAND = 1 << 7, STRIP_PAD = 1 << 10, PAD = 1 << 11;
export const FEATURE_CAUSES = (1 << 1) | STARTED | (1 << 5) | USER | (1 << 9);
export const FEATURES_AT_RESET = 0x0115;

/** CSR5: stop after what is under way; which frames sent are told. */
export const SUSPEND = 1 << 0, LAST_ONLY = 1 << 14, NOT_WHEN_SENT = 1 << 15;

export const MODE_NO_RECEIVER = 1 << 0, MODE_NO_TRANSMITTER = 1 << 1, MODE_LOOP = 1 << 2, MODE_NO_UNICAST = 1 << 13, MODE_NO_BROADCAST = 1 << 14, MODE_PROMISCUOUS = 1 << 15;

export const LINK_LED = 4, BURST = 18, STYLE = 20, BCR_COUNT = 32;
/** BCR18: registers are doublewords. BCR20: structures of 32 bits, CSRs as in the PCnet family. */
export const WIDE = 1 << 7, STRUCTURES_32 = 1 << 8, PCNET_REGISTERS = 1 << 9;
export const LINK_UP = 1 << 15;
export const BCR_AT_RESET: Readonly<Record<number, number>> = {0: 0x0005, 1: 0x0005, 2: 0x0002, 4: 0x00c0, 5: 0x0084, 6: 0x0088, 7: 0x0090, [BURST]: 0x9001, 19: 0x0002, [STYLE]: PCNET_REGISTERS, 22: 0xff06};
/** CSR88 and 89: AMD, part number 0x2621. */
export const CHIP_ID = 0x0262_1003;
