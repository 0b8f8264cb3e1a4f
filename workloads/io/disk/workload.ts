// Disk requests of the kernel's own drivers, by pattern, size and how many are under way.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {foldChecksum, reportLine} from '../../report-line.ts';

const WORDS = 128;

/** What the guest wrote to a word of the area. */
const word = (sector: number, place: number): number => (Math.imul(sector, 0x9e3779b1) + Math.imul(place, 0x85ebca6b)) >>> 0;

interface Pattern {
  readonly area: number;
  readonly sectors: number;
  readonly random: boolean;
}

const placeOf = (number: number, {area, sectors, random}: Pattern): number =>
  ((random ? Math.imul(number, 2654435761) >>> 8 : number) % Math.floor(wholeArea(area) / sectors)) * sectors;

/** The area is set up in requests of 128 sectors. */
const wholeArea = (area: number): number => area - (area % 128);

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
    depth: {kind: 'number', default: 1, min: 1, max: 32, meaning: 'requests under way at once'},
    batch: {
      kind: 'choice', default: 'off', values: ['off', 'on'],
      meaning: 'on: as many requests as the depth says are handed over at once, the device is told once, and all are awaited',
    },
    threshold: {kind: 'number', default: 1, min: 1, max: 32, meaning: 'requests done before the device interrupts, where the driver can ask for that'},
    wait: {kind: 'choice', default: 'interrupt', values: ['interrupt', 'poll'], meaning: 'sleep until an interrupt, or look again and again'},
    area: {kind: 'number', default: 4096, min: 128, max: 4096, meaning: 'sectors that requests go to, in steps of 128; set up before and read after'},
  },
  image: 'disk.elf',
  paravirtualImage: 'disk-paravirtual.elf',
  disk: 4,
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: ({operations: count, area, sectors, pattern}) =>
    reportLine('disk', Number(count), checksum(Number(count), {area: Number(area), sectors: Number(sectors), random: pattern === 'random'})),
  instructions: ({operations: count, sectors, wait}) => 25_000_000 + Number(count) * (4000 + 5000 * Number(sectors) + (wait === 'poll' ? 20_000_000 : 0)),
});
