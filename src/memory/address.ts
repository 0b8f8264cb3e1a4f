// Address types that do not mix: linear (guest-virtual), guest-physical, host-physical, and offsets into the one memory.

declare const space: unique symbol;
/** A linear address of the running guest. */
export type Gva = number & {readonly [space]: 'gva'};
/** An address on the guest's physical bus. */
export type Gpa = number & {readonly [space]: 'gpa'};
/** An address on the modelled host's physical bus. */
export type Hpa = number & {readonly [space]: 'hpa'};
/** A byte offset into the `WebAssembly.Memory`; host-physical 0 lies at `HOST_BASE`. */
export type Offset = number & {readonly [space]: 'offset'};

export const gva = (value: number): Gva => (value >>> 0) as Gva;
export const gpa = (value: number): Gpa => (value >>> 0) as Gpa;
export const hpa = (value: number): Hpa => (value >>> 0) as Hpa;
