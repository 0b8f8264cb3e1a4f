// The conservation laws every cell must obey: exits counted are exits taken, entries likewise, and counts times unit costs
// plus idle are the cycles. A strategy that crosses without counting is found here.
import {isExit} from '../ledger/transitions.ts';
import {COST_NAMES} from '../host/costs.ts';
import {byCategory} from '../ledger/meter.ts';
import type {GuestRun} from './guest-run.ts';

/** Null, or the first law that does not hold, in a sentence. */
export function violation({platform, total, region}: GuestRun): string | null {
  const {cpu} = platform;
  const exits = cpu.transitions.list.reduce((sum, edge, at) => sum + (isExit(edge) ? total.crossings[at] : 0), 0);
  const entries = cpu.transitions.list.reduce((sum, edge, at) => sum + (edge.from === 'vmm' && edge.to.startsWith('guest') ? total.crossings[at] : 0), 0);
  if (exits !== cpu.exitsTaken) return `the ledger counts ${exits} exits, the processor took ${cpu.exitsTaken}`;
  if (entries !== cpu.entriesMade) return `the ledger counts ${entries} entries, the processor made ${cpu.entriesMade}`;
  for (const tally of [total, region]) {
    const sum = Object.values(byCategory(tally.counts, cpu.meter.units, tally.idle)).reduce((a, b) => a + b, 0);
    const direct = COST_NAMES.reduce((cycles, _, at) => cycles + tally.counts[at] * cpu.meter.units[at], tally.idle);
    if (sum !== direct) return `cycles by category add up to ${sum}, by event to ${direct}`;
    if (COST_NAMES.some((_, at) => tally.counts[at] < 0)) return `a cost was counted less than zero times`;
  }
  if (cpu.clockIsCycles && platform.clock.now() !== cpu.meter.cycles()) return `the clock shows ${platform.clock.now()} cycles, the events cost ${cpu.meter.cycles()}`;
  return null;
}
