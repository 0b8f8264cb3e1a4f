// Exits by reason, one column for each technique, as a Markdown table.
import {markdownTable} from 'markdown-table';
import type {CellResult} from '../../src/lab/result.ts';
import {isExit} from '../../src/ledger/transitions.ts';

const count = (n: number): string => n.toLocaleString('en');

/** Reason to count of one cell. */
export function exitsOf({switches}: CellResult): ReadonlyMap<string, number> {
  const exits = new Map<string, number>();
  for (const edge of switches.filter(isExit)) exits.set(edge.reason, (exits.get(edge.reason) ?? 0) + edge.count);
  return exits;
}

export function exitTable(cells: readonly CellResult[]): string {
  const columns = cells.map(exitsOf);
  const sum = (reason: string): number => columns.reduce((total, exits) => total + (exits.get(reason) ?? 0), 0);
  const reasons = [...new Set(columns.flatMap(exits => [...exits.keys()]))].toSorted((a, b) => sum(b) - sum(a));
  const rows = reasons.map(reason => [reason, ...columns.map(exits => count(exits.get(reason) ?? 0))]);
  const totals = ['exits', ...columns.map(exits => count([...exits.values()].reduce((a, b) => a + b, 0)))];
  const facts = [
    ['ended', ...cells.map(endingOf)],
    ['million instructions', ...cells.map(({instructions}) => (instructions.total / 1e6).toFixed(1))],
    ['million cycles', ...cells.map(({cycles}) => (cycles.total / 1e6).toFixed(1))],
  ];
  return markdownTable([['', ...cells.map(({technique}) => technique.name)], ...facts, totals, ...rows], {align: ['l', ...cells.map(() => 'r')]});
}

const endingOf = ({outcome, exitCode, equivalence}: CellResult): string => `${outcome} ${exitCode ?? '-'}, ${equivalence.verdict}`;
