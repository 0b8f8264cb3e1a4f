import {readFileSync} from 'node:fs';
import test from 'ava';
import {Image} from './image.ts';
import {isXenImage, readXenImage} from './xen-image.ts';

const guests = new URL('../../../plugins/cpu/paravirtual/guests/', import.meta.url);
const bytesOf = (name: string): Buffer => readFileSync(new URL(`${name}.elf`, guests));

/** The file with one text of its notes replaced by another of the same length. */
function altered(name: string, from: string, to: string): Image {
  const bytes = bytesOf(name);
  const at = bytes.indexOf(from, 0, 'latin1');
  if (at < 0 || from.length !== to.length) throw new Error(`${name} does not hold ${from}`);
  bytes.write(to, at, 'latin1');
  return new Image(`${name}.elf`, bytes);
}

test('ELF notes say where a kernel is linked, where it starts, and which page is for hypercalls', t => {
  const {base, entry, hypercallPage, start} = readXenImage(new Image('hello.elf', bytesOf('hello')));
  t.deepEqual({base, entry, hypercallPage, start}, {base: 0xc000_0000, entry: 0xc000_0000, hypercallPage: 0xc000_1000, start: 0xc000_0000});
});

test('so does the older string, which gives the page by number', t => {
  const {base, entry, hypercallPage, start} = readXenImage(new Image('legacy.elf', bytesOf('legacy')));
  t.deepEqual({base, entry, hypercallPage, start}, {base: 0, entry: 0, hypercallPage: 0x1000, start: 0});
});

const refused: ReadonlyArray<readonly [guest: string, from: string, to: string, message: RegExp]> = [
  ['hello', 'xen-3.0', 'xen-4.0', /built for xen-4\.0; build it for xen-3\.0/],
  ['hello', 'generic', 'special', /wants the loader 'special'/],
  ['hello', 'no\0', 'yes', /built for three-level paging \(PAE\)/],
  ['legacy', 'PAE=no,LOADER=generic', 'PAE=yes,LOADER=generi', /loader 'generi'/],
  ['legacy', 'GUEST_OS=Legacy', 'FEATURES=!auto_', /demands the feature 'auto_'/],
  ['legacy', 'VIRT_BASE=0x0', 'VIRT_BASE=0x9', /does not lie behind its VIRT_BASE/],
  ['legacy', 'HYPERCALL_PAGE=0x1', 'HYPERCALL_PAGE=0x9', /HYPERCALL_PAGE 0x9000 is no page of the kernel/],
];
for (const [guest, from, to, message] of refused) {
  test(`${guest} with '${to.replace('\0', '')}' is refused`, t => {
    t.throws(() => readXenImage(altered(guest, from, to)), {name: 'ImageError', message});
  });
}

test('what is no kernel for Xen, or damaged, is none', t => {
  t.true(isXenImage(new Image('hello.elf', bytesOf('hello'))));
  t.false(isXenImage(new Image('x', new Uint8Array(0))));
  t.false(isXenImage(new Image('x', bytesOf('hello').subarray(0, 60))));
});

test('a file cut anywhere is read or refused, never more', t => {
  const whole = bytesOf('legacy');
  for (let length = 0; length < whole.length; length += 97) t.notThrows(() => isXenImage(new Image('x', whole.subarray(0, length))));
});
