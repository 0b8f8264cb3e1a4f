// Disk requests of the kernel's own drivers, by pattern, size and how many are under way.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {foldChecksum, reportLine} from '../../report-line.ts';

const AREA_SECTORS = 4096;
const WORDS = 128;

/** What the guest wrote to a word of the area. */
const word = (sector: number, place: number): number => (Math.imul(sector, 0x9e3779b1) + Math.imul(place, 0x85ebca6b)) >>> 0;

interface Pattern {
  readonly sectors: number;
  readonly random: boolean;
}

const placeOf = (number: number, {sectors, random}: Pattern): number =>
  ((random ? Math.imul(number, 2654435761) >>> 8 : number) % Math.floor(AREA_SECTORS / sectors)) * sectors;

function checksum(count: number, pattern: Pattern): number {
  let sum = 0;
  for (let number = 0; number < count; number++) {
    const first = placeOf(number, pattern);
    sum = foldChecksum(foldChecksum(sum, word(first, 0)), word(first + pattern.sectors - 1, WORDS - 1));
  }
  return sum;
}

export default defineWorkload({
  name: 'disk',
  suite: 'io',
  title: 'Reads or writes of a disk through one of the kernel\'s drivers, each request checked.',
  operation: 'one request',
  stresses: ['disk', 'device emulation', 'interrupts'],
  parameters: {
    operations: operations(100, 100_000), timer: timer(0),
    driver: {
      kind: 'choice', default: 'auto', values: ['auto', 'ide-pio', 'ide-dma', 'virtio-legacy', 'virtio', 'xen'],
      meaning: 'the driver; auto takes Xen\'s where there is Xen, virtio\'s where there is such a device, else IDE by bus master',
    },
    mode: {kind: 'choice', default: 'read', values: ['read', 'write'], meaning: 'what a request does'},
    pattern: {kind: 'choice', default: 'sequential', values: ['sequential', 'random'], meaning: 'the order of the sectors'},
    sectors: {kind: 'number', default: 8, min: 1, max: 128, meaning: 'sectors of 512 bytes in a request'},
    threshold: {kind: 'number', default: 1, min: 1, max: 32, meaning: 'responses after which the xen driver wants an event, if so many are under way'},
    depth: {kind: 'number', default: 1, min: 1, max: 32, meaning: 'requests under way at once'},
  },
  image: 'disk.elf',
  paravirtualImage: 'disk-paravirtual.elf',
  disk: 4,
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: ({operations: count, sectors, pattern}) =>
    reportLine('disk', Number(count), checksum(Number(count), {sectors: Number(sectors), random: pattern === 'random'})),
  instructions: ({operations: count, sectors}) => 25_000_000 + Number(count) * (4000 + 5000 * Number(sectors)),
});
