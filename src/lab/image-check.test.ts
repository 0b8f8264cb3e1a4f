import test from 'ava';
import {checkImage} from './image-check.ts';

/** An ELF32 executable for i386 with a Multiboot header and one segment of `memory` bytes at 1 MiB. */
function kernel(memory: number): Uint8Array {
  const words = new Uint32Array(64);
  const half = new Uint16Array(words.buffer);
  words.set([0x464c457f, 0x00010101]);
  half.set([2, 3], 8);
  words.set([1, 0x10_0000, 52, 0], 5);
  half.set([52, 32, 1, 40], 20);
  words.set([1, 0, 0x10_0000, 0x10_0000, 256, memory, 7, 4096], 13);
  words.set([0x1badb002, 0, -0x1badb002], 32);
  return new Uint8Array(words.buffer);
}

test('a kernel that fits passes', t => {
  t.notThrows(() => checkImage({file: 'k.elf', bytes: kernel(4096), memoryMiB: 64, append: ''}));
});

test('a kernel that is larger than the guest memory is refused by name', t => {
  t.throws(() => checkImage({file: 'k.elf', bytes: kernel(32 * 2 ** 20), memoryMiB: 16, append: ''}), {name: 'ImageError', message: /^k\.elf, offset /});
});

test('what is no image is refused by name', t => {
  t.throws(() => checkImage({file: 'x.txt', bytes: Buffer.from('hello, world'), memoryMiB: 64, append: ''}), {name: 'ImageError', message: /^x\.txt, offset 0x0: /});
});
