// Exception vectors and their error codes. Intel SDM vol. 3A, 6.3 Sources of Interrupts and 6.15 Exception and
// Interrupt Reference.

export const DE = 0, DB = 1, NMI = 2, BP = 3, OF = 4, BR = 5, UD = 6, NM = 7, DF = 8, TS = 10, NP = 11, SS_FAULT = 12, GP = 13,
  PF = 14, MF = 16, AC = 17, MC = 18;

/** Names by vector, lower case as details of a switch. */
export const EXCEPTION_NAMES: Readonly<Record<number, string>> = {
  0: 'de', 1: 'db', 2: 'nmi', 3: 'bp', 4: 'of', 5: 'br', 6: 'ud', 7: 'nm', 8: 'df', 10: 'ts', 11: 'np', 12: 'ss', 13: 'gp',
  14: 'pf', 16: 'mf', 17: 'ac', 18: 'mc',
};

/** Stands for "this vector pushes no error code". */
export const NO_ERROR_CODE = -1;

/** Intel SDM vol. 3A, 6.13 Error Code. */
export const ERROR_EXTERNAL = 1;
export const ERROR_IDT = 2;

/** Intel SDM vol. 3A, 4.7 Page-Fault Exceptions. */
export const PF_PRESENT = 1, PF_WRITE = 2, PF_USER = 4, PF_RESERVED = 8;

/** Whether a vector is a fault for the image of RF that its delivery pushes. Intel SDM vol. 3A, table 6-1; vol. 3B, 17.3.1.1. */
export function isFault(vector: number): boolean {
  return vector === DE || (vector >= BR && vector <= NM) || (vector >= TS && vector <= AC);
}

/** Intel SDM vol. 3A, table 6-4: benign, contributory or page fault, for the double-fault decision. */
export function isContributory(vector: number): boolean {
  return vector === DE || (vector >= TS && vector <= GP);
}
