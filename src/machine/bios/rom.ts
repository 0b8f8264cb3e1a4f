// The machine code of the BIOS: one entry for each interrupt, the timer's handler, and the way to the services on the host's side. Each row is an
// instruction with its text, which a test compares with what a disassembler makes of the bytes.
//
// A service saves all registers on the caller's stack and writes that stack's SS:SP to one port. The host serves the call in memory, the saved
// registers included; the code restores them and returns. So a call is one port write, whatever the technique that carries the guest.

/** Where services are asked for: a 32-bit write of SS << 16 | SP. */
export const SERVICE_PORT = 0x5750;
export const ROM_SEGMENT = 0xf000;
/** Offsets in the segment. */
export const ROM_START = 0xe000;
const ENTRIES = 0xe100, COMMON = 0xe900, TIMER = 0xe980, IGNORE = 0xe9c0, END_MASTER = 0xe9c4, END_SLAVE = 0xe9cc, CLOCK = 0xe9d8, HANG = 0xe9f0;
const ENTRY_BYTES = 5, RESET = 0xfff0, DATE = 0xfff5, MODEL = 0xfffe;
/** Vectors that are served on the host's side: the keyboard's interrupt and the services proper. */
export const SERVED = [0x09, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a];

export interface Row {
  readonly at: number;
  readonly bytes: string;
  readonly text: string;
}

type Listing = ReadonlyArray<readonly [bytes: string, text: string]>;

const near = (from: number, to: number): string => [(to - from) & 0xff, ((to - from) >> 8) & 0xff].map(byte => byte.toString(16).padStart(2, '0')).join(' ');

const COMMON_CODE: Listing = [
  ['66 60', 'pushad'], ['1e', 'push ds'], ['06', 'push es'],
  // Again: from here on after a wait.
  ['8c d0', 'mov ax,ss'], ['66 c1 e0 10', 'shl eax,10h'], ['8b c4', 'mov ax,sp'], ['ba 50 57', 'mov dx,5750h'], ['66 ef', 'out dx,eax'],
  // The byte above the vector says whether the service is done.
  ['8b ec', 'mov bp,sp'], ['80 7e 25 00', 'cmp byte ptr [bp+25h],0'], ['75 08', 'jne short 0000E921h'],
  ['07', 'pop es'], ['1f', 'pop ds'], ['66 61', 'popad'], ['83 c4 02', 'add sp,2'], ['cf', 'iret'],
  // It waits for an interrupt that may bring what it lacks.
  ['fb', 'sti'], ['f4', 'hlt'], ['fa', 'cli'], ['eb de', 'jmp short 0000E904h'],
];

const TIMER_CODE: Listing = [
  ['1e', 'push ds'], ['50', 'push ax'], ['b8 40 00', 'mov ax,40h'], ['8e d8', 'mov ds,ax'],
  ['66 ff 06 6c 00', 'inc dword ptr [6Ch]'], ['66 81 3e 6c 00 b0 00 18 00', 'cmp dword ptr [6Ch],1800B0h'], ['72 0d', 'jb short 0000E9A4h'],
  ['66 c7 06 6c 00 00 00 00 00', 'mov dword ptr [6Ch],0'], ['fe 06 70 00', 'inc byte ptr [70h]'],
  ['cd 1c', 'int 1Ch'], ['b0 20', 'mov al,20h'], ['e6 20', 'out 20h,al'], ['58', 'pop ax'], ['1f', 'pop ds'], ['cf', 'iret'],
];

const IGNORE_CODE: Listing = [['cf', 'iret']];
const END_MASTER_CODE: Listing = [['50', 'push ax'], ['b0 20', 'mov al,20h'], ['e6 20', 'out 20h,al'], ['58', 'pop ax'], ['cf', 'iret']];
const END_SLAVE_CODE: Listing = [['50', 'push ax'], ['b0 20', 'mov al,20h'], ['e6 a0', 'out 0A0h,al'], ['e6 20', 'out 20h,al'], ['58', 'pop ax'], ['cf', 'iret']];
/** The clock's interrupt goes when its status C is read. */
const CLOCK_CODE: Listing = [
  ['50', 'push ax'], ['b0 0c', 'mov al,0Ch'], ['e6 70', 'out 70h,al'], ['e4 71', 'in al,71h'], ['b0 20', 'mov al,20h'], ['e6 a0', 'out 0A0h,al'],
  ['e6 20', 'out 20h,al'], ['58', 'pop ax'], ['cf', 'iret'],
];
/** Nothing to boot from: the keyboard is still served. */
const HANG_CODE: Listing = [['fb', 'sti'], ['f4', 'hlt'], ['eb fc', 'jmp short 0000E9F0h']];
/** Where the processor begins after a reset: a guest that jumps here wants one. */
const RESET_CODE: Listing = [['b0 fe', 'mov al,0FEh'], ['e6 64', 'out 64h,al'], ['f4', 'hlt']];

const entryOf = (vector: number): number => ENTRIES + vector * ENTRY_BYTES;
const entryCode = (vector: number): Listing => [
  [`6a ${vector.toString(16).padStart(2, '0')}`, `push ${vector < 10 ? vector : `${vector.toString(16).toUpperCase()}h`}`],
  [`e9 ${near(entryOf(vector) + ENTRY_BYTES, COMMON)}`, 'jmp near ptr 0000E900h'],
];

export const ROWS: readonly Row[] = [
  ...SERVED.flatMap(vector => placed(entryOf(vector), entryCode(vector))),
  ...placed(COMMON, COMMON_CODE), ...placed(TIMER, TIMER_CODE), ...placed(IGNORE, IGNORE_CODE), ...placed(END_MASTER, END_MASTER_CODE),
  ...placed(END_SLAVE, END_SLAVE_CODE), ...placed(CLOCK, CLOCK_CODE), ...placed(HANG, HANG_CODE), ...placed(RESET, RESET_CODE),
];

function placed(start: number, listing: Listing): Row[] {
  let at = start;
  return listing.map(([bytes, text]) => {
    const row = {at, bytes, text};
    at += bytes.split(' ').length;
    return row;
  });
}

/** Offset of the code that an interrupt's vector leads to. */
export function handlerOf(vector: number): number {
  if (vector === 0x08) return TIMER;
  if (SERVED.includes(vector)) return entryOf(vector);
  if (vector === 0x70) return CLOCK;
  if (vector > 0x08 && vector < 0x10) return END_MASTER;
  return vector > 0x70 && vector < 0x78 ? END_SLAVE : IGNORE;
}

export const HANG_OFFSET = HANG;

/** A table that INT 15h, AH = C0h gives the address of: its size, an AT, and what it has: a slave controller, a clock, an extended BIOS data area. */
export const CONFIGURATION_TABLE = 0xe6f5;
const CONFIGURATION = [8, 0, 0xfc, 0, 1, 0x74, 0, 0, 0, 0];

/** The bytes from ROM_START to the end of the segment. */
export function romBytes(): Uint8Array {
  const rom = new Uint8Array(0x10000 - ROM_START);
  for (const {at, bytes} of ROWS) rom.set(bytes.split(' ').map(byte => Number.parseInt(byte, 16)), at - ROM_START);
  rom.set(CONFIGURATION, CONFIGURATION_TABLE - ROM_START);
  rom.set(new TextEncoder().encode('01/01/00'), DATE - ROM_START);
  rom[MODEL - ROM_START] = 0xfc;
  return rom;
}
