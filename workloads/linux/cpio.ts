// An initial file system as Linux unpacks it: a cpio archive of the "new ASCII" format. Linux,
// Documentation/driver-api/early-userspace/buffer-format.rst.

export interface Entry {
  readonly name: string;
  /** Type and rights, as in struct stat. */
  readonly mode: number;
  readonly bytes?: Uint8Array;
  /** Major and minor number of a device. */
  readonly device?: readonly [number, number];
}

const MAGIC = '070701';
const FOLDER = 0o040755, CHARACTER_DEVICE = 0o020600, PROGRAM = 0o100755;

export const folder = (name: string): Entry => ({name, mode: FOLDER});
export const characterDevice = (name: string, device: readonly [number, number]): Entry => ({name, mode: CHARACTER_DEVICE, device});
export const program = (name: string, bytes: Uint8Array): Entry => ({name, mode: PROGRAM, bytes});

/** The archive; the same entries give the same bytes. */
export function archive(entries: readonly Entry[]): Uint8Array {
  return Buffer.concat([...entries.map(packed), packed({name: 'TRAILER!!!', mode: 0}, -1)]);
}

function packed({name, mode, bytes = new Uint8Array(), device = [0, 0]}: Entry, index: number): Uint8Array {
  const text = Buffer.from(`${name}\0`);
  const fields = [index + 1, mode, 0, 0, 1, 0, bytes.length, 0, 0, ...device, text.length, 0];
  const header = Buffer.from(MAGIC + fields.map(field => field.toString(16).padStart(8, '0')).join(''));
  return Buffer.concat([padded(Buffer.concat([header, text])), padded(Buffer.from(bytes))]);
}

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
