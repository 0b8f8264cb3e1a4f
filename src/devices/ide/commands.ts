// Which command does what: the drive executes by these rows. ATA/ATAPI-6, chapter 8.

/** How data moves: not at all, through the data register, or by the bus master. */
export type Transfer = 'none' | 'pio' | 'dma';

export interface CommandRow {
  readonly name: string;
  readonly transfer: Transfer;
  readonly direction?: 'read' | 'write';
  /** Sector counts and addresses have the 48-bit form. */
  readonly extended?: boolean;
  /** Sectors of a block are those of SET MULTIPLE MODE. */
  readonly multiple?: boolean;
}

const move = (name: string, transfer: Transfer, direction: 'read' | 'write', more: Partial<CommandRow> = {}): CommandRow => ({name, transfer, direction, ...more});

/** Commands that move sectors. */
export const TRANSFERS: ReadonlyMap<number, CommandRow> = new Map([
  [0x20, move('READ SECTOR(S)', 'pio', 'read')], [0x21, move('READ SECTOR(S) without retry', 'pio', 'read')],
  [0x24, move('READ SECTOR(S) EXT', 'pio', 'read', {extended: true})], [0xc4, move('READ MULTIPLE', 'pio', 'read', {multiple: true})],
  [0x29, move('READ MULTIPLE EXT', 'pio', 'read', {extended: true, multiple: true})],
  [0x30, move('WRITE SECTOR(S)', 'pio', 'write')], [0x31, move('WRITE SECTOR(S) without retry', 'pio', 'write')],
  [0x34, move('WRITE SECTOR(S) EXT', 'pio', 'write', {extended: true})], [0xc5, move('WRITE MULTIPLE', 'pio', 'write', {multiple: true})],
  [0x39, move('WRITE MULTIPLE EXT', 'pio', 'write', {extended: true, multiple: true})],
  [0xc8, move('READ DMA', 'dma', 'read')], [0xc9, move('READ DMA without retry', 'dma', 'read')], [0x25, move('READ DMA EXT', 'dma', 'read', {extended: true})],
  [0xca, move('WRITE DMA', 'dma', 'write')], [0xcb, move('WRITE DMA without retry', 'dma', 'write')], [0x35, move('WRITE DMA EXT', 'dma', 'write', {extended: true})],
]);

export const VERIFY: ReadonlyMap<number, boolean> = new Map([[0x40, false], [0x41, false], [0x42, true]]);

export const RECALIBRATE = 0x10, SEEK = 0x70, DIAGNOSTIC = 0x90, INITIALIZE_PARAMETERS = 0x91, SET_MULTIPLE = 0xc6, IDENTIFY = 0xec, SET_FEATURES = 0xef,
  NATIVE_MAX = 0xf8, NATIVE_MAX_EXT = 0x27, CHECK_POWER = 0xe5;

/** Commands that only take their time: flushes and power management. */
export const ACKNOWLEDGED: ReadonlySet<number> = new Set([0xe7, 0xea, 0xe0, 0xe1, 0xe2, 0xe3, 0xe6, 0x94, 0x95, 0x96, 0x97, 0x99]);
