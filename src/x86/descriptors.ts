// Segment and gate descriptors as two doublewords. Intel SDM vol. 3A, 3.4.5 Segment Descriptors and 6.11 IDT Descriptors.
// An `attributes` word is the second doubleword with its address bytes cleared.

export const DESCRIPTOR_ACCESSED = 1 << 8;
/** Data: writable. Code: readable. */
export const DESCRIPTOR_WRITABLE = 1 << 9;
export const DESCRIPTOR_READABLE = 1 << 9;
/** Data: expand-down. Code: conforming. */
export const DESCRIPTOR_EXPAND_DOWN = 1 << 10;
export const DESCRIPTOR_CONFORMING = 1 << 10;
export const DESCRIPTOR_CODE = 1 << 11;
/** Set: code or data; clear: system. */
export const DESCRIPTOR_S = 1 << 12;
export const DESCRIPTOR_PRESENT = 1 << 15;
/** D/B: 32-bit default size, 32-bit stack pointer, upper bound of expand-down. */
export const DESCRIPTOR_DB = 1 << 22;
export const DESCRIPTOR_GRANULARITY = 1 << 23;
export const ATTRIBUTES = 0x00f0ff00;

export const TYPE_LDT = 2, TYPE_TASK_GATE = 5, TYPE_CALL_GATE_16 = 4, TYPE_INTERRUPT_GATE_16 = 6, TYPE_TRAP_GATE_16 = 7,
  TYPE_TSS_AVAILABLE = 9, TYPE_TSS_BUSY = 11, TYPE_CALL_GATE = 12, TYPE_INTERRUPT_GATE = 14, TYPE_TRAP_GATE = 15,
  TYPE_TSS_16_AVAILABLE = 1, TYPE_TSS_16_BUSY = 3;

export const descriptorBase = (low: number, high: number): number => (low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000);

/** Effective limit in bytes (inclusive), granularity applied; unsigned. */
export function descriptorLimit(low: number, high: number): number {
  const raw = (low & 0xffff) | (high & 0x000f0000);
  return (high & DESCRIPTOR_GRANULARITY ? (raw << 12) | 0xfff : raw) >>> 0;
}

export const descriptorDpl = (high: number): number => (high >>> 13) & 3;
/** The four type bits. */
export const descriptorType = (high: number): number => (high >>> 8) & 15;

export const SELECTOR_TI = 4;
export const selectorRpl = (selector: number): number => selector & 3;
/** The selector as error codes carry it: without RPL. */
export const selectorError = (selector: number): number => selector & 0xfffc;
