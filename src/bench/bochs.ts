// Bochs 2.7: it has no Multiboot loader, so it boots a disk (boot-disk.ts). Its screen goes to the VNC server that nobody
// watches, its first serial port to a file. The command `c` starts it
// where it was built with its debugger. Why a file for its input: without a viewer 2.7 sends the screen to descriptor 0, and
// stops for good when that is a socket nobody reads.
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {bootDisk, GEOMETRY} from './boot-disk.ts';
import type {Engine} from './engine.ts';
import {findProgram, untilReport} from './process.ts';

/** Places where distributions keep a PC BIOS and a VGA BIOS. */
const BIOSES = ['/usr/share/bochs/BIOS-bochs-latest', '/usr/share/seabios/bios.bin'];
const VGA_BIOSES = ['/usr/share/bochs/VGABIOS-lgpl-latest', '/usr/share/vgabios/vgabios.bin', '/usr/share/seabios/vgabios-isavga.bin'];

/** Null when Bochs or a BIOS for it is not installed. */
export function bochsEngine(): Engine | null {
  const program = findProgram('bochs');
  const bios = BIOSES.find(file => existsSync(file));
  const vgaBios = VGA_BIOSES.find(file => existsSync(file));
  if (program === null || bios === undefined || vgaBios === undefined) return null;
  return {
    name: 'bochs',
    startsUp: true,
    run: async image => {
      const folder = mkdtempSync(join(tmpdir(), 'worldswitch-bench-'));
      const [configuration, disk, serialFile, inputFile] = ['bochsrc', 'disk.img', 'com1.txt', 'commands'].map(name => join(folder, name));
      writeFileSync(inputFile, 'c\n');
      writeFileSync(disk, bootDisk(image));
      writeFileSync(configuration, bochsrc({bios, vgaBios, disk, serialFile, megabytes: image.memory >>> 20}));
      try {
        return await untilReport({program, args: ['-q', '-f', configuration], inputFile, serialFile});
      } finally {
        rmSync(folder, {recursive: true, force: true});
      }
    },
  };
}

interface Parts {
  readonly bios: string;
  readonly vgaBios: string;
  readonly disk: string;
  readonly serialFile: string;
  readonly megabytes: number;
}

/** Why `ips` is low: the BIOS waits in modelled time, and no workload of the benchmark looks at it. */
const bochsrc = ({bios, vgaBios, disk, serialFile, megabytes}: Parts): string => `
display_library: rfb, options="timeout=0"
memory: guest=${megabytes}, host=${megabytes}
romimage: file=${bios}
vgaromimage: file=${vgaBios}
ata0-master: type=disk, path=${disk}, mode=flat, cylinders=${GEOMETRY.cylinders}, heads=${GEOMETRY.heads}, spt=${GEOMETRY.sectors}
boot: disk
com1: enabled=1, mode=file, dev=${serialFile}
plugin_ctrl: speaker=false, parallel=false, gameport=false, e1000=false, es1370=false, sb16=false, ne2k=false, usb_uhci=false
clock: sync=none
cpu: ips=4000000, reset_on_triple_fault=0
log: /dev/null
panic: action=fatal
error: action=ignore
info: action=ignore
`;
