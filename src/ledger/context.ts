// The execution contexts a host's one processor can be in, and the vocabulary of a mode switch between two of them.

/** Who is executing. `guest-*` by the guest's own (virtual) privilege, the rest by where host software lives. */
export const CONTEXTS = ['guest-user', 'guest-kernel', 'vmm', 'host-kernel', 'host-user', 'driver-kernel', 'driver-user'] as const;
export type Context = (typeof CONTEXTS)[number];

/**
 * Why an edge was taken: `fault`, `interrupt` and `exit` are hardware taking control, `hypercall` and `call` are
 * software asking for it, `return` is the way back.
 */
export const KINDS = ['fault', 'interrupt', 'exit', 'hypercall', 'call', 'return'] as const;
export type Kind = (typeof KINDS)[number];

/** Where modelled cycles go. Every named cost belongs to exactly one. */
export const CATEGORIES = [
  'guest', 'ring-crossing', 'world-switch', 'vmm', 'mmu', 'page-walk', 'translation', 'device-model', 'back-end', 'idle',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** How far a cost can be trusted. */
export const GRADES = ['published', 'derived', 'remembered', 'estimated', 'measured'] as const;
export type Grade = (typeof GRADES)[number];
