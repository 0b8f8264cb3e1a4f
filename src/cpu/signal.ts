// The two preallocated objects the interpreter throws: an exception of the guest and a VM exit. Not Errors: throwing one
// allocates nothing and is caught in one place, run.ts.

/** An exception was recorded in `cpu.fault`. */
export const FAULT = Object.freeze({signal: 'fault'});
/** An exit was recorded in `cpu.exit`. */
export const EXIT = Object.freeze({signal: 'exit'});
/** The guest asked for something this machine does not model; the sentence is in `cpu.refusal`. */
export const REFUSAL = Object.freeze({signal: 'refusal'});

/** Whether a thrown value is one of the machine's signals, which no wrapper may swallow or dress up. */
export const isSignal = (thrown: unknown): boolean => thrown === FAULT || thrown === EXIT || thrown === REFUSAL;
