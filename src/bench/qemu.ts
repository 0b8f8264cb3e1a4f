// QEMU's TCG: it loads Multiboot images itself.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Engine} from './engine.ts';
import {findProgram, untilReport} from './process.ts';

/** Null when it is not installed. */
export function qemuEngine(): Engine | null {
  const program = findProgram('qemu-system-i386');
  if (program === null) return null;
  return {
    name: 'qemu-tcg',
    startsUp: true,
    run: async ({bytes, commandLine, memory}) => {
      const folder = mkdtempSync(join(tmpdir(), 'worldswitch-bench-'));
      const image = join(folder, 'image.elf');
      writeFileSync(image, bytes);
      try {
        return await untilReport({program, args: argumentsFor(image, commandLine, memory)});
      } finally {
        rmSync(folder, {recursive: true, force: true});
      }
    },
  };
}

const argumentsFor = (image: string, commandLine: string, memory: number): readonly string[] => [
  '-accel', 'tcg', '-nodefaults', '-display', 'none', '-m', String(memory >>> 20), '-serial', 'stdio', '-no-reboot',
  '-device', 'isa-debug-exit,iobase=0xf4', '-kernel', image, '-append', commandLine,
];
