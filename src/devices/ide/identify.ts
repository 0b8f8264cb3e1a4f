// The 256 words that IDENTIFY DEVICE gives. ATA/ATAPI-6, 8.15, table 27.

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectors: number;
}

/** The default translation: 16 heads of 63 sectors, at most 16383 cylinders. */
export function geometryOf(sectors: number): Geometry {
  return {cylinders: Math.min(16_383, Math.max(1, Math.floor(sectors / (16 * 63)))), heads: 16, sectors: 63};
}

const LBA28_SECTORS = 0x0fff_ffff;
export const MOST_MULTIPLE = 16;

export interface Identified {
  readonly sectors: number;
  readonly geometry: Geometry;
  /** Sectors a READ MULTIPLE moves at once, 0 when not set. */
  readonly multiple: number;
  /** Selected multiword DMA mode, or -1, and ultra DMA mode, or -1. */
  readonly multiwordMode: number;
  readonly ultraMode: number;
}

export function identify({sectors, geometry, multiple, multiwordMode, ultraMode}: Identified): Uint8Array {
  const words = new Uint16Array(256);
  const {cylinders, heads, sectors: perTrack} = geometry;
  const capacity = cylinders * heads * perTrack;
  const lba28 = Math.min(sectors, LBA28_SECTORS);
  const modes = (supported: number, selected: number): number => supported | (selected >= 0 ? 0x100 << selected : 0);
  const set: ReadonlyArray<readonly [word: number, value: number]> = [
    [0, 0x0040], [1, Math.min(16_383, cylinders)], [3, heads], [6, perTrack], [21, 512], [47, 0x8000 | MOST_MULTIPLE],
    [48, 1], [49, 0x0f00], [51, 0x0200], [52, 0x0200], [53, 7],
    [54, cylinders], [55, heads], [56, perTrack], [57, capacity & 0xffff], [58, capacity >>> 16], [59, multiple > 0 ? 0x100 | multiple : 0],
    [60, lba28 & 0xffff], [61, lba28 >>> 16], [63, modes(7, multiwordMode)], [64, 3], [65, 120], [66, 120], [67, 120], [68, 120],
    [80, 0xf0], [81, 0x16], [82, 1 << 14 | 1 << 5 | 1], [83, 1 << 14 | 1 << 13 | 1 << 12 | 1 << 10], [84, 1 << 14],
    [85, 1 << 14 | 1 << 5 | 1], [86, 1 << 13 | 1 << 12 | 1 << 10], [87, 1 << 14], [88, modes(0x3f, ultraMode)], [93, 0x6001],
    [100, sectors & 0xffff], [101, Math.floor(sectors / 2 ** 16) & 0xffff], [102, Math.floor(sectors / 2 ** 32) & 0xffff],
  ];
  for (const [word, value] of set) words[word] = value;
  putText(words, 10, 20, 'WS00000001');
  putText(words, 23, 8, '1.0');
  putText(words, 27, 40, 'WORLDSWITCH HARDDISK');
  return new Uint8Array(words.buffer);
}

/** ATA strings have the first character of each word in its high byte. */
function putText(words: Uint16Array, first: number, length: number, text: string): void {
  const padded = text.padEnd(length, ' ');
  for (let at = 0; at < length; at += 2) words[first + at / 2] = (padded.charCodeAt(at) << 8) | padded.charCodeAt(at + 1);
}
