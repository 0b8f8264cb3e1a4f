// Finding a cell by name: `WORKLOAD:TECHNIQUE:HOST` in any order, parts left out where only one cell is left, techniques as
// short as the command line takes them; also ` | ` between the parts, as every report prints it.
import type {CellResult, RunResult} from '../../lab/result.ts';
import {listed, UsageError} from '../../lab/usage-error.ts';
import {shortName} from '../heading.ts';
import {resultEntry} from '../matrix.ts';

type Axis = 'workload' | 'technique' | 'host';

const AXES: Readonly<Record<Axis, (cell: CellResult) => readonly string[]>> = {
  workload: cell => [cell.workload, resultEntry(cell).rowKey],
  technique: ({technique}) => [technique.name, shortName(technique.name)],
  host: ({host}) => [host],
};

/** `tlb-reach[pages=16]` means every cell of the workload with that value, whatever its other parameters. */
function isPartly(written: string, {workload, params}: CellResult): boolean {
  const [, name, some] = /^(.*)\[([^\]]*)\]$/.exec(written) ?? [];
  return name === workload && some.split(',').every(param => Object.entries(params).some(([key, value]) => param.trim() === `${key}=${value}`));
}

const isNamed = (axis: Axis, cell: CellResult, part: string): boolean => AXES[axis](cell).includes(part)
  || (axis === 'workload' && isPartly(part, cell));

/** Parts by the axis each is a name on. */
export type Choice = Readonly<Partial<Record<Axis, string>>>;

const partsOf = (written: string): string[] => written.split(written.includes('|') ? '|' : ':').map(part => part.trim()).filter(part => part !== '');

/**
 * What `written` names, completed by `others` where it says nothing.
 * @throws UsageError for a part that is no name in the report
 */
export function readChoice(written: string, cells: readonly CellResult[], others: Choice = {}): Choice {
  const choice: Partial<Record<Axis, string>> = {};
  for (const part of partsOf(written)) {
    const axis = (Object.keys(AXES) as Axis[]).find(name => cells.some(cell => isNamed(name, cell, part)));
    if (axis === undefined) throw new UsageError(`'${part}' is no workload, technique or host of the report; it has ${names(cells)}`);
    if (choice[axis] !== undefined) throw new UsageError(`'${written}' names two ${axis}s, ${choice[axis]} and ${part}; a cell has one`);
    choice[axis] = part;
  }
  return {...others, ...choice};
}

const MOST_NAMES = 8;

function names(cells: readonly CellResult[]): string {
  const of = (axis: Axis): string => {
    const found = [...new Set(cells.map(cell => AXES[axis](cell)[axis === 'technique' ? 1 : 0]))];
    return listed([...found.slice(0, MOST_NAMES), ...(found.length > MOST_NAMES ? [`${found.length - MOST_NAMES} more`] : [])]);
  };
  return `${of('workload')}; ${of('technique')}; ${of('host')}`;
}

export const cellName = (cell: CellResult): string => `${cell.workload} | ${shortName(cell.technique.name)} | ${cell.host}`;

/** @throws UsageError when no cell or several are meant */
export function chooseCell(choice: Choice, {cells}: Pick<RunResult, 'cells'>): CellResult {
  const found = cells.filter(cell => (Object.keys(choice) as Axis[]).every(axis => isNamed(axis, cell, choice[axis]!)));
  if (found.length === 1) return found[0];
  const said = Object.values(choice).join(':');
  if (found.length === 0) throw new UsageError(`the report has no cell '${said}'`);
  const workloads = new Set(found.map(({workload}) => workload)).size;
  const rows = new Set(found.map(cell => AXES.workload(cell)[1])).size;
  const some = found.slice(0, 2).map(cell => `'${AXES.workload(cell)[rows > workloads ? 1 : 0]}:${shortName(cell.technique.name)}:${cell.host}'`);
  throw new UsageError(`'${said}' means ${found.length} cells; name workload, technique and host, such as ${some.join(' or ')}`);
}
