// Claims 29 and 30: interrupts of an assigned network card, trapped and posted. The publication delivered them by a shadow of the interrupt table on a
// processor that could not post interrupts; here the same processor is given posting, which takes the same exits away.
import {between, exactly} from '../band.ts';
import {quantity} from '../claim.ts';
import type {Claim, ClaimCell} from '../claim.ts';
import type {CellResult} from '../../result.ts';
import {crossings, exits, interruptsOf, operationsOf, type EdgeFilter, type SteadyPair} from '../figures.ts';
import {NEHALEM} from './techniques.ts';

/** More than the rings of card and wire hold. */
const SHORT = 500, LONG = 1500;
const POSTING = `${NEHALEM}[posted-interrupts,virtual-apic]`;
/** What Linux's driver lets this card make at most, where it looks for latency (Documentation/networking, e1000, InterruptThrottleRate = 1). */
const MODERATED = 70_000;

/** Datagrams so small that the processor, not the wire, decides. */
const stream = (host: string, operations: number, moderation: number): ClaimCell => ({
  workload: 'transmit-stream', technique: 'hardware-assisted+nested+passthrough@hosted[pic=kernel]', host,
  params: {driver: 'e1000-msi', size: 64, moderation, operations},
});
const pair = (host: string, moderation = 0): {readonly few: ClaimCell; readonly many: ClaimCell} =>
  ({few: stream(host, SHORT, moderation), many: stream(host, LONG, moderation)});
const trapped = pair(NEHALEM), posted = pair(POSTING);
const moderated = pair(NEHALEM, MODERATED), moderatedPosted = pair(POSTING, MODERATED);

const growth = ({few, many}: SteadyPair, of: (cell: CellResult) => number): number => of(many) - of(few);
const perInterrupt = (pair: SteadyPair, filter: EdgeFilter): number => growth(pair, cell => crossings(cell, filter)) / growth(pair, interruptsOf);
const cyclesEach = (pair: SteadyPair): number => growth(pair, cell => cell.cycles.region) / growth(pair, operationsOf);

/** Delivery, and the write that ends it; whether the guest had interrupts off when it came is another matter. */
const deliveryAndEnd: EdgeFilter = edge => exits(edge) && (edge.detail === 'assigned' || edge.detail === 'write-0xb0');

export const ASSIGNED_DEVICES: readonly Claim[] = [
  {
    number: '29', kind: 'C', source: '[ELI12]', text: 'An assigned device: two exits for each interrupt, none with exitless delivery.',
    quantities: [
      quantity('exits of one interrupt, delivery and end', {
        published: '2', band: exactly(2), cells: trapped, measure: pair => perInterrupt(pair, deliveryAndEnd),
      }),
      quantity('exits of one interrupt, exitless', {published: '0', band: exactly(0), cells: posted, measure: pair => perInterrupt(pair, exits)}),
    ],
  },
  {
    number: '30', kind: 'R', source: '[ELI12]', text: 'Exitless delivery of interrupts improves I/O-bound throughput.',
    quantities: [
      quantity('throughput, exitless / trapped, a card that interrupts 70,000 times a second at most', {
        published: '1.3 to 1.6', band: between(1.3, 1.6),
        cells: {few: moderated.few, many: moderated.many, fewPosted: moderatedPosted.few, manyPosted: moderatedPosted.many},
        measure: ({few, many, fewPosted, manyPosted}) => cyclesEach({few, many}) / cyclesEach({few: fewPosted, many: manyPosted}),
      }),
      quantity('thousands of cycles that one trapped interrupt takes (published: 31 % of the time at 49,000 a second)', {
        published: '18.5', band: between(12, 25), cells: {few: trapped.few, many: trapped.many, fewPosted: posted.few, manyPosted: posted.many},
        measure: ({few, many, fewPosted, manyPosted}) => (cyclesEach({few, many}) - cyclesEach({few: fewPosted, many: manyPosted})) / 1000,
      }),
    ],
  },
];
