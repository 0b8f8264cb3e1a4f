// Registers of the 82540EM by offset. Intel PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual (317453), 13.

export const CTRL = 0x0000, STATUS = 0x0008, EECD = 0x0010, EERD = 0x0014, MDIC = 0x0020, ICR = 0x00c0, ITR = 0x00c4, ICS = 0x00c8, IMS = 0x00d0, IMC = 0x00d8;
export const RCTL = 0x0100, TCTL = 0x0400;
export const RDBAL = 0x2800, RDBAH = 0x2804, RDLEN = 0x2808, RDH = 0x2810, RDT = 0x2818;
export const TDBAL = 0x3800, TDBAH = 0x3804, TDLEN = 0x3808, TDH = 0x3810, TDT = 0x3818;
/** Statistics clear when they are read. */
export const STATISTICS = 0x4000, STATISTICS_END = 0x4100;
export const GOOD_RECEIVED = 0x4074, GOOD_SENT = 0x4080, MISSED = 0x4010;
export const MULTICAST_TABLE = 0x5200, RECEIVE_ADDRESSES = 0x5400, RECEIVE_ADDRESSES_END = 0x5480;

export const CTRL_SLU = 1 << 6, CTRL_RESET = 1 << 26;
/** Full duplex, link up, 1000 Mb/s. */
export const STATUS_LINK = 0x83;
export const ADDRESS_VALID = 0x8000_0000 | 0;
