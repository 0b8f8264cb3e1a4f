// The bitmaps in host memory by which a VMM lets single ports and MSRs through: the processor reads them at each access.
// Intel SDM vol. 3C, 24.6.4 I/O-Bitmap Addresses, 24.6.9 MSR-Bitmap Address, 25.1.3.
import {HOST_BASE} from '../memory/layout.ts';
import type {Cpu} from './state.ts';

/** Ports that one of the two I/O bitmaps covers. */
const PORTS_A_BITMAP = 0x8000;

/** Whether an access of `width` bytes at a port exits: any of its bits is set, or it runs past the last port. */
export function portExits(c: Cpu, port: number, width: number): boolean {
  const {useIoBitmaps, ioBitmapA, ioBitmapB} = c.controls;
  if (!useIoBitmaps || port + width > 2 * PORTS_A_BITMAP) return true;
  for (let at = port; at < port + width; at++) {
    if (bit(c, at < PORTS_A_BITMAP ? ioBitmapA : ioBitmapB, at & (PORTS_A_BITMAP - 1))) return true;
  }
  return false;
}

/** MSRs that a bitmap covers, from 0 and from 0xC0000000 on; bytes of each bitmap in the page. */
const MSRS = 0x2000, HIGH_MSRS = 0xc000_0000, QUARTER = 1024;

/** The page holds bitmaps for reads of low and high MSRs, then for writes. Any other MSR exits. */
export function msrExits(c: Cpu, msr: number, write: boolean): boolean {
  const {useMsrBitmaps, msrBitmap} = c.controls;
  const number = msr >>> 0;
  const high = number >= HIGH_MSRS;
  const index = high ? number - HIGH_MSRS : number;
  if (!useMsrBitmaps || index >= MSRS) return true;
  return bit(c, msrBitmap + (write ? 2 * QUARTER : 0) + (high ? QUARTER : 0), index);
}

function bit(c: Cpu, bitmap: number, index: number): boolean {
  return (c.u8[HOST_BASE + bitmap + (index >>> 3)] & (1 << (index & 7))) !== 0;
}
