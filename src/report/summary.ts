// The sentences that say what a run found: who is fastest where, the largest gap and what makes it, and what not to
// trust. Every word follows from the result; nothing is known here about any technique.
import type {CellResult, RunResult} from '../lab/result.ts';
import {failure, isComparable} from './figures.ts';
import {formatNumbered, formatPerOperation, formatCycles, formatSlowdown} from './format.ts';
import {gapReason} from './gap.ts';
import {shortName} from './heading.ts';
import {buildMatrix, matrixRows, runEntries, type HostTable, type Matrix, type MatrixCell, type MatrixRow} from './matrix.ts';

type EndedCell = MatrixCell & {readonly result: CellResult};

const ended = (row: MatrixRow): EndedCell[] => row.cells.filter((cell): cell is EndedCell => cell?.result != null);

const contenders = (row: MatrixRow): EndedCell[] =>
  ended(row).filter((cell) => cell.technique !== 'native' && isComparable(cell.result, cell.native));

interface Ranking {
  readonly host: string;
  readonly leaders: readonly string[];
  readonly wins: number;
  readonly compared: number;
  /** Workloads on which all techniques take the same. */
  readonly equal: number;
}

/** Who has the fewest cycles on most workloads of a host, or null where no row has two techniques to compare. */
function rank({host, rows}: HostTable): Ranking | null {
  const compared = rows.map(contenders).filter((cells) => cells.length >= 2);
  const wins = new Map<string, number>();
  const decided = compared.filter((cells) => new Set(cells.map((cell) => cell.result.cycles.region)).size > 1);
  for (const cells of decided) {
    const least = Math.min(...cells.map((cell) => cell.result.cycles.region));
    for (const cell of cells) if (cell.result.cycles.region === least) wins.set(cell.technique, (wins.get(cell.technique) ?? 0) + 1);
  }
  const most = Math.max(0, ...wins.values());
  const leaders = [...wins].filter(([, count]) => count === most).map(([technique]) => shortName(technique));
  return compared.length === 0 ? null : {host, leaders, wins: most, compared: compared.length, equal: compared.length - decided.length};
}

/** `x is fastest on 6 of 10 workloads on one host (2 make no difference); on another host, y on 8 of 10.` */
function rankingSentence([first, ...others]: readonly Ranking[]): string {
  return `${[opening(first), ...others.map(sequel)].join('; ')}.`;
}

function opening(ranking: Ranking): string {
  const {host, leaders, compared} = ranking;
  const workloads = compared === 1 ? 'workload' : 'workloads';
  if (leaders.length === 0) return `All techniques take the same on ${compared} of ${compared} ${workloads} on ${host}`;
  return `${leaders.join(' and ')} ${leaders.length === 1 ? 'is' : 'are each'} fastest on ${score(ranking)} ${workloads} on ${host}${undecided(ranking)}`;
}

function sequel(ranking: Ranking): string {
  const {host, leaders, compared} = ranking;
  if (leaders.length === 0) return `on ${host}, all take the same on ${compared} of ${compared}`;
  return `on ${host}, ${leaders.join(' and ')} on ${score(ranking)}${undecided(ranking)}`;
}

const score = ({wins, compared}: Ranking): string => `${wins} of ${compared}`;
const undecided = ({equal}: Ranking): string => (equal === 0 ? '' : ` (${equal} ${equal === 1 ? 'makes' : 'make'} no difference)`);

interface Gap {
  readonly label: string;
  readonly slow: EndedCell;
  readonly fast: EndedCell;
  readonly ratio: number;
}

function gapOf(row: MatrixRow): Gap[] {
  const cells = contenders(row).toSorted((a, b) => a.result.cycles.region - b.result.cycles.region);
  const [fast, most] = [cells[0], cells.at(-1)?.result.cycles.region];
  const slow = cells.find((cell) => cell.result.cycles.region === most)!;
  if (cells.length < 2 || fast.result.cycles.region === 0) return [];
  return [{label: row.label, slow, fast, ratio: slow.result.cycles.region / fast.result.cycles.region}];
}

const figureOf = ({result}: EndedCell): string =>
  result.perOperation === null ? formatCycles(result.cycles.region) : formatPerOperation(result.perOperation.cycles);

function largestGap(matrix: Matrix): string | null {
  const [gap] = matrixRows(matrix).flatMap(gapOf).filter(({ratio}) => ratio > 1).toSorted((a, b) => b.ratio - a.ratio);
  if (gap === undefined) return null;
  const {slow, fast} = gap;
  const unit = slow.result.perOperation === null ? 'cycles' : 'cycles an operation';
  return `The largest gap: workload ${gap.label} on ${slow.host}, ${figureOf(slow)} against ${figureOf(fast)} ${unit} `
    + `(${formatSlowdown(gap.ratio)}, ${shortName(slow.technique)} against ${shortName(fast.technique)}), ${gapReason(slow.result, fast.result)}.`;
}

/** With a single technique there is nothing to rank: how it stands to bare metal. */
function againstNative(matrix: Matrix): string | null {
  const ratios = matrixRows(matrix).flatMap(contenders)
    .filter(({native}) => native !== null && native.cycles.region > 0)
    .map(({technique, result, native}) => ({technique, ratio: result.cycles.region / native!.cycles.region}))
    .toSorted((a, b) => a.ratio - b.ratio);
  if (ratios.length === 0) return null;
  const [low, high] = [ratios[0], ratios.at(-1)!].map(({ratio}) => formatSlowdown(ratio));
  return `${shortName(ratios[0].technique)} takes ${low === high ? low : `${low} to ${high}`} the cycles of native.`;
}

function doubts(matrix: Matrix): string[] {
  const cells = matrixRows(matrix).flatMap(ended);
  const unequal = cells.filter((cell) => cell.technique !== 'native' && cell.result.equivalence.verdict === 'not-equivalent');
  const counts: [number, string][] = [
    [cells.filter((cell) => failure(cell.result, cell.native) !== null).length, 'failed'],
    [unequal.filter((cell) => cell.result.claimsEquivalence).length, 'not equivalent to bare metal though claimed'],
    [unequal.filter((cell) => !cell.result.claimsEquivalence).length, 'different from bare metal as expected of the technique'],
    [cells.filter((cell) => cell.result.outcome === 'refused').length, 'refused'],
  ];
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${formatNumbered(count, 'cell')} ${what}`);
  return parts.length === 0 ? [] : [`${parts.join(', ')}.`];
}

/** What the run found, the most important sentence first; never empty. */
export function summarize(run: RunResult): string[] {
  const matrix = buildMatrix(runEntries(run));
  const sentences = run.complete ? [] : [`The run was interrupted: ${formatNumbered(run.cells.length, 'cell')} had ended.`];
  const rankings = matrix.hosts.map(rank).filter((ranking) => ranking !== null);
  const gap = largestGap(matrix);
  if (rankings.length > 0) sentences.push(rankingSentence(rankings));
  else sentences.push(againstNative(matrix) ?? 'No two techniques can be compared.');
  if (gap !== null) sentences.push(gap);
  return [...sentences, ...doubts(matrix)];
}
