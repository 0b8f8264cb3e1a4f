// The price of paravirtualization to the kernel's authors: how much of the kernel is another for Xen than for a PC. Counted by the
// build from sources and objects, and stored in guest-modification.json.
import {globSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import * as v from 'valibot';

const extentSchema = v.object({files: v.number(), lines: v.number(), bytes: v.number()});
const modificationSchema = v.object({added: extentSchema, replaced: extentSchema});

type Extent = v.InferOutput<typeof extentSchema>;
export type GuestModification = v.InferOutput<typeof modificationSchema>;

export const GUEST_MODIFICATION_FILE = 'guest-modification.json';

export const readGuestModification = (folder: URL): GuestModification =>
  v.parse(modificationSchema, JSON.parse(readFileSync(new URL(GUEST_MODIFICATION_FILE, folder), 'utf8')));

const isCode = (line: string): boolean => !/^\s*($|\/\/|\/\*|# )/.test(line);

/** Files and lines of one folder of the paravirt layer; `bytes` come from its objects. */
export const extentOf = (folder: URL, bytes: number): Extent => {
  const files = globSync('*.{c,h,S}', {cwd: fileURLToPath(folder)}).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  return {files: files.length, lines: files.flatMap((text) => text.split('\n')).filter((line) => isCode(line)).length, bytes};
};
