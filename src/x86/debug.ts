// Bits of the debug registers DR6 and DR7. Intel SDM vol. 3B, 17.2 Debug Registers.

/** B0 to B3: the breakpoint was met. */
export const DR6_BREAKPOINTS = 15;
export const DR6_BD = 1 << 13, DR6_BS = 1 << 14, DR6_BT = 1 << 15;
/** Bits that read as ones, and those that software can change. */
export const DR6_FIXED = 0xffff_0ff0 | 0;
export const DR6_DEFINED = DR6_BREAKPOINTS | DR6_BD | DR6_BS | DR6_BT;

/** L0 to L3 and LE, which a task switch clears. */
export const DR7_LOCAL = 0x155;
export const DR7_GD = 1 << 13;
export const DR7_FIXED = 1 << 10;
/** L, G, LE, GE, GD, and the four fields of R/W and LEN. */
export const DR7_DEFINED = 0xffff_23ff | 0;

export const BREAK_FETCH = 0, BREAK_WRITE = 1, BREAK_PORT = 2, BREAK_ACCESS = 3;

/** Whether breakpoint n is enabled, locally or globally. */
export const breakpointOn = (dr7: number, n: number): boolean => ((dr7 >>> (2 * n)) & 3) !== 0;
export const breakpointKind = (dr7: number, n: number): number => (dr7 >>> (16 + 4 * n)) & 3;
/** Bytes covered; the encoding 2 is undefined here and means four of what it would mean for eight. */
export const breakpointLength = (dr7: number, n: number): number => [1, 2, 8, 4][(dr7 >>> (18 + 4 * n)) & 3];
