// World switches in the Trace Event Format that Perfetto (ui.perfetto.dev) and chrome://tracing open: a track for each context,
// a slice for each stay in it, named by the switch that led there. Written piece by piece.
import {CONTEXTS} from '../../ledger/context.ts';
import type {Stay} from '../../lab/world-trace.ts';
import {CONTEXT_MEANINGS, explainSwitch} from '../glossary.ts';
import {printable} from '../printable.ts';

export interface TraceHead {
  readonly cell: string;
  readonly worldswitch: string;
  /** Ticks of the guest's clock in a microsecond. */
  readonly megahertz: number;
}

const track = (context: string): number => (CONTEXTS as readonly string[]).indexOf(context) + 1;

/** Everything before the first slice. */
export function traceHead({cell, worldswitch, megahertz}: TraceHead): string {
  const meta = (name: string, tid: number, args: object): string => JSON.stringify({name, ph: 'M', pid: 1, tid, args});
  const events = [
    meta('process_name', 0, {name: printable(cell)}),
    ...CONTEXTS.flatMap(context => [meta('thread_name', track(context), {name: context}),
      meta('thread_sort_index', track(context), {sort_index: track(context)})]),
  ];
  const about = {cell: printable(cell), worldswitch, clock: `modelled cycles at ${megahertz} MHz, never measured time`, contexts: CONTEXT_MEANINGS};
  return `{"displayTimeUnit":"ns","otherData":${JSON.stringify(about)},"traceEvents":[\n${events.join(',\n')}`;
}

const microseconds = (cycles: number, megahertz: number): number => Number((cycles / megahertz).toFixed(6));

/** One slice, with the comma before it. */
export function traceSlice({context, from, to, by}: Stay, megahertz: number): string {
  const name = by === null ? context : `${by.reason}${by.detail === '' || by.detail === by.reason ? '' : ` ${by.detail}`}`;
  const told = by === null ? {} : {from: by.from, kind: by.kind, reason: printable(by.reason), detail: printable(by.detail),
    meaning: explainSwitch(by.reason, by.detail) ?? ''};
  return `,\n${JSON.stringify({
    name: printable(name), cat: by?.kind ?? 'start', ph: 'X', pid: 1, tid: track(context), ts: microseconds(from, megahertz), dur: microseconds(to - from, megahertz),
    args: {...told, cycle: from, cycles: to - from},
  })}`;
}

export const TRACE_TAIL = '\n]}\n';
