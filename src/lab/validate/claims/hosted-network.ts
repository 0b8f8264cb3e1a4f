// Claims 27, 28 and 28b: a Lance card in a hosted VMM, and what was done about its world switches. The machine that Sugerman et al. measured
// kept interrupt controllers and address registers in the VMM to begin with.
import {atLeast, atMost, BELOW_ONE, between, exactly} from '../band.ts';
import {quantity} from '../claim.ts';
import type {Claim, ClaimCell} from '../claim.ts';
import type {CellResult} from '../../result.ts';
import {crossings, operationsOf, steadyCrossings, type EdgeFilter, type SteadyPair} from '../figures.ts';
import {BT, NATIVE, PENTIUM4} from './techniques.ts';

/** More than the ring of the card holds, so that the longer stream differs from the shorter by its steady state alone. */
const SHORT = 100, LONG = 300;

const BEFORE = 'pic=kernel,ports=address';
const stream = (options: string, operations: number): ClaimCell => ({
  workload: 'transmit-stream', technique: `${BT}+emulated@hosted[${options}]`, host: PENTIUM4, params: {driver: 'pcnet', operations},
});
const pair = (options: string): {readonly few: ClaimCell; readonly many: ClaimCell} => ({few: stream(options, SHORT), many: stream(options, LONG)});
/** The host drives a card of its own, with registers in memory. */
const native = (operations: number): ClaimCell => ({workload: 'transmit-stream', technique: NATIVE, host: PENTIUM4, params: {driver: 'e1000', operations}});

/** Made for an access of a port, or for what a card in the VMM asks of the host. */
const byPorts: EdgeFilter = ({reason, detail}) => reason === 'world-switch' && /^(?:in-0x|out-0x|packet$)/.test(detail);
const toSend: EdgeFilter = ({reason, detail, kind}) => reason === 'world-switch' && detail === 'send' && kind === 'call';

/** Cycles of one frame in the steady state in which the processor is not idle. */
const use = ({few, many}: SteadyPair): number => (busy(many) - busy(few)) / (operationsOf(many) - operationsOf(few));
const busy = ({cycles}: CellResult): number => cycles.region - cycles.byCategory.idle;

const before = pair(BEFORE), moved = pair('ports=vmm'), combined = pair('ports=vmm,send-combining=3');
const all = pair('irq-notification=shared,ports=vmm,send-combining=3');
const bare = {few: native(SHORT), many: native(LONG)};

export const HOSTED_NETWORK: readonly Claim[] = [
  {
    number: '27', kind: 'C', source: '[SUG01] 3.3',
    text: 'One data-port access in three of a Lance transmit reaches the host; moving the others into the VMM saves two thirds of the world switches.',
    quantities: [
      quantity('world switches by ports, with ports in the VMM, of three without', {
        published: '1', band: exactly(1), cells: {few: before.few, many: before.many, fewMoved: moved.few, manyMoved: moved.many},
        measure: ({few, many, fewMoved, manyMoved}) => (3 * steadyCrossings({few: fewMoved, many: manyMoved}, byPorts)) / steadyCrossings({few, many}, byPorts),
      }),
      quantity('share of world switches by ports that is saved', {
        published: '0.66', band: between(0.61, 0.71), cells: {few: before.few, many: before.many, fewMoved: moved.few, manyMoved: moved.many},
        measure: ({few, many, fewMoved, manyMoved}) => 1 - steadyCrossings({few: fewMoved, many: manyMoved}, byPorts) / steadyCrossings({few, many}, byPorts),
      }),
    ],
  },
  {
    number: '28', kind: 'C', source: '[SUG01] 3.4', text: 'With send combining at most one world switch for three packets is made to transmit.',
    quantities: [
      quantity('world switches to transmit, of one packet', {
        published: 'at most 1/3', band: atMost(1 / 3), cells: {cell: combined.many}, measure: ({cell}) => crossings(cell, toSend) / operationsOf(cell),
      }),
    ],
  },
  {
    number: '28b', kind: 'R', source: '[SUG01] table 3', text: 'Processor use of a hosted network card against native for the same stream.',
    quantities: [
      quantity('hosted with all three / native', {
        published: '5.6', band: between(4, 8), cells: {few: all.few, many: all.many, fewNative: bare.few, manyNative: bare.many},
        measure: ({few, many, fewNative, manyNative}) => use({few, many}) / use({few: fewNative, many: manyNative}),
      }),
      quantity('hosted without any / native', {
        published: 'above 7', band: atLeast(7), cells: {few: before.few, many: before.many, fewNative: bare.few, manyNative: bare.many},
        measure: ({few, many, fewNative, manyNative}) => use({few, many}) / use({few: fewNative, many: manyNative}),
      }),
      quantity('gain by notification in shared memory / gain by send combining', {
        published: '0.24', band: BELOW_ONE,
        cells: {few: moved.few, many: moved.many, fewCombined: combined.few, manyCombined: combined.many, fewAll: all.few, manyAll: all.many},
        measure({few, many, fewCombined, manyCombined, fewAll, manyAll}) {
          const withCombining = use({few: fewCombined, many: manyCombined});
          return (withCombining - use({few: fewAll, many: manyAll})) / (use({few, many}) - withCombining);
        },
      }),
    ],
  },
];
