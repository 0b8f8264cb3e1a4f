// The words of DMA remapping: table entries of 128 and 64 bits as pairs of doublewords, and why a request is refused.
// Intel Virtualization Technology for Directed I/O, Architecture Specification (D51397), revision 2.2: 3.4 Mapping Devices to Domains,
// 9.1 Root Entry, 9.3 Context Entry, 9.8 Second-Level Paging Entries, appendix A Fault Reason Encodings.

/** Who sent a request, bus, device and function in one number, as lists of PCI functions write it: `00:01.1`. */
export const requesterText = (requester: number): string =>
  `${hex(requester >>> 8)}:${hex((requester >>> 3) & 31)}.${requester & 7}`;
const hex = (value: number): string => value.toString(16).padStart(2, '0');

/** Root and context entries: bit 0 = present; the table's or the second level's address from bit 12. */
export const PRESENT = 1, TABLE_ADDRESS = 0xffff_f000;
/** Low half of a context entry, bits 3:2: 0 = translate by the second level. */
export const TRANSLATION_TYPE = 0xc;
/** High half of a context entry: address width in bits 2:0, 1 = 39 bits in three levels, 2 = 48 bits in four; domain in bits 23:8. */
export const ADDRESS_WIDTH = 7, WIDTH_39 = 1, WIDTH_48 = 2, DOMAIN_SHIFT = 8, DOMAIN_MASK = 0xffff;
export const ROOT_ENTRY_BYTES = 16, CONTEXT_ENTRY_BYTES = 16, PAGING_ENTRY_BYTES = 8;

/** Second-level paging entries. */
export const READ = 1, WRITE = 2;

/** Fault reasons of appendix A. */
export const FAULTS = {
  ROOT_NOT_PRESENT: 1, CONTEXT_NOT_PRESENT: 2, CONTEXT_INVALID: 3, BEYOND_WIDTH: 4, NO_WRITE: 5, NO_READ: 6, PAGING_ENTRY_UNREADABLE: 7,
  ROOT_UNREADABLE: 8, CONTEXT_UNREADABLE: 9, BEYOND_INTERRUPT_TABLE: 0x21, NO_INTERRUPT_ENTRY: 0x22, INTERRUPT_TABLE_UNREADABLE: 0x23, OLD_MESSAGE: 0x25,
  OTHERS_INTERRUPT: 0x26,
} as const;
export type FaultReason = (typeof FAULTS)[keyof typeof FAULTS];

const MEANINGS: Readonly<Record<FaultReason, string>> = {
  [FAULTS.ROOT_NOT_PRESENT]: 'no device of its bus may master memory', [FAULTS.CONTEXT_NOT_PRESENT]: 'the device belongs to no domain',
  [FAULTS.CONTEXT_INVALID]: "the device's context entry is malformed", [FAULTS.BEYOND_WIDTH]: "the address is beyond the domain's width",
  [FAULTS.NO_WRITE]: 'its domain maps no writable page there', [FAULTS.NO_READ]: 'its domain maps no readable page there',
  [FAULTS.PAGING_ENTRY_UNREADABLE]: 'a table of its domain lies where no memory is', [FAULTS.ROOT_UNREADABLE]: 'the root table lies where no memory is',
  [FAULTS.CONTEXT_UNREADABLE]: 'the context table lies where no memory is',
  [FAULTS.BEYOND_INTERRUPT_TABLE]: 'its message names an entry beyond the table', [FAULTS.NO_INTERRUPT_ENTRY]: 'its message names an entry that is not there',
  [FAULTS.INTERRUPT_TABLE_UNREADABLE]: 'the table of interrupts lies where no memory is',
  [FAULTS.OLD_MESSAGE]: 'its message would name a vector of the host', [FAULTS.OTHERS_INTERRUPT]: "its message names another device's entry",
};
export const faultMeaning = (reason: FaultReason): string => MEANINGS[reason];
