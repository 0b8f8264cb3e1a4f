// The frame check sequence, a cyclic redundancy check of 32 bits. IEEE 802.3, 3.2.9 Frame Check Sequence field.

const POLYNOMIAL = 0xedb8_8320;

const TABLE = Uint32Array.from({length: 256}, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder & 1) !== 0 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  return remainder >>> 0;
});

/** The remainder before it is complemented: its highest bits are what cards hash multicast addresses by. */
export function remainder(bytes: Uint8Array): number {
  let value = 0xffff_ffff;
  for (const byte of bytes) value = (value >>> 8) ^ TABLE[(value ^ byte) & 0xff];
  return value >>> 0;
}

/** As it follows the frame, low byte first. */
export function checkSequence(frame: Uint8Array): Uint8Array {
  const value = ~remainder(frame);
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}
