// The 8042's translation of scan code set 2 to set 1. IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device
// Controller", table of translated scan codes.

/** Codes of set 1 by code of set 2, from 00h to 84h. */
const SET_1 = Uint8Array.from(`
  ff 43 41 3f 3d 3b 3c 58 64 44 42 40 3e 0f 29 59  65 38 2a 70 1d 10 02 5a 66 71 2c 1f 1e 11 03 5b
  67 2e 2d 20 12 05 04 5c 68 39 2f 21 14 13 06 5d  69 31 30 23 22 15 07 5e 6a 72 32 24 16 08 09 5f
  6b 33 25 17 18 0b 0a 60 6c 34 35 26 27 19 0c 61  6d 73 28 74 1a 0d 62 6e 3a 36 1c 1b 75 2b 63 76
  55 56 77 78 79 7a 0e 7b 7c 4f 7d 4b 47 7e 7f 6f  52 53 50 4c 4d 48 01 45 57 4e 51 4a 37 49 46 54
  80 81 82 41 54`.trim().split(/\s+/).map(byte => Number.parseInt(byte, 16)));
const RELEASE = 0xf0, RELEASED = 0x80;

export class Translation {
  #released = false;

  /** The byte as the processor sees it, or null for the prefix of a released key, which goes into the next. */
  translate(byte: number): number | null {
    if (byte === RELEASE) {
      this.#released = true;
      return null;
    }
    const released = this.#released && byte < SET_1.length;
    if (byte < SET_1.length) this.#released = false;
    const code = byte < SET_1.length ? SET_1[byte] : byte;
    return released ? code | RELEASED : code;
  }
}

/** A code of set 1, released or not, as the bytes of set 2 that are translated to it; others stay. */
export function toSet2(code: number): readonly number[] {
  const key = SET_1.indexOf(code & ~RELEASED);
  if (code >= 0xe0 || key < 0) return [code];
  return (code & RELEASED) === 0 ? [key] : [RELEASE, key];
}
