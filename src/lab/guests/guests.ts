// The guests that tests of the lab run: what each is built from. Not here: paging.elf, made by an earlier compiler's layout, which
// its random stores depend on.
import {join} from 'node:path';
import {packageFolder} from '../own-files.ts';

export const GUESTS_FOLDER = join(packageFolder, 'src/lab/guests');
export const RECORD = join(GUESTS_FOLDER, 'images.json');

export const GUESTS: Readonly<Record<string, readonly string[]>> = {
  'page-tables': ['page-tables.S', 'page-tables.c'],
  instructions: ['start.S', 'instructions.c'],
  segments: ['segments.S', 'segments.c'],
  'string-output': ['start.S', 'string-output.c'],
  'software-vectors': ['start.S', 'software-vectors.c'],
  endings: ['start.S', 'endings.c'],
  'boot-services': ['boot-services.S'],
  'boot-screen': ['boot-screen.S'],
  conversation: ['start.S', 'conversation.c'],
  'local-apic': ['start.S', 'local-apic.c'],
  assigned: ['start.S', 'assigned.c'],
};

/** Raw disks, whose first sector is loaded at 7C00h. */
const DISKS: readonly string[] = ['boot-services', 'boot-screen'];
export const isDisk = (name: string): boolean => DISKS.includes(name);

const WITHOUT_HEADER: readonly string[] = ['page-tables', ...DISKS];

/** Sources with the header they include. */
export const sourcesOf = (name: string): readonly string[] => (WITHOUT_HEADER.includes(name) ? GUESTS[name] : [...GUESTS[name], 'guest.h']);

export const guestImage = (name: string): string => join(GUESTS_FOLDER, `${name}.${isDisk(name) ? 'img' : 'elf'}`);
