// Plain-text tables: right-aligned columns under wrapped headings, split into blocks where the line is too short for all
// columns. Only characters of width one are expected (see printable.ts). The live view lays its columns out by the same
// widths.
import {wrapHeading, wrapHeadings} from './heading.ts';
import {clip} from './printable.ts';

export interface TableModel {
  /** Heading of the first, left-aligned column. */
  readonly corner: string;
  /** Headings of the others; wrapped as technique names are. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface TableWidths {
  readonly label: number;
  readonly columns: readonly number[];
}

export const GAP = 2;
const WIDEST_LABEL = 28;
const WIDEST_HEADING = 22;
const NARROWEST_HEADING = 11;

const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));

export const totalWidth = ({label, columns}: TableWidths): number => columns.reduce((sum, width) => sum + GAP + width, label);

/** The widest headings with which all columns fit into `width`, else the narrowest. */
export function chooseWidths(table: TableModel, width: number): TableWidths {
  const label = Math.min(WIDEST_LABEL, longest([table.corner, ...table.rows.map((row) => row[0])]));
  const bodies = table.columns.map((_, at) => longest(table.rows.map((row) => row[at + 1])));
  const withHeading = (heading: number): TableWidths =>
    ({label, columns: table.columns.map((name, at) => Math.max(bodies[at], longest(wrapHeading(name, heading))))});
  for (let heading = WIDEST_HEADING; heading > NARROWEST_HEADING; heading--) {
    const widths = withHeading(heading);
    if (totalWidth(widths) <= width) return widths;
  }
  return withHeading(NARROWEST_HEADING);
}

function block(table: TableModel, widths: TableWidths, shown: readonly number[]): string[] {
  const headings = wrapHeadings(shown.map((at) => ({name: table.columns[at], width: widths.columns[at]})));
  const line = (first: string, rest: readonly string[]): string => {
    const cells = rest.map((text, at) => text.padStart(widths.columns[shown[at]]));
    return [clip(first, widths.label).padEnd(widths.label), ...cells].join(' '.repeat(GAP)).trimEnd();
  };
  const height = headings[0]?.length ?? 1;
  const head = Array.from({length: height}, (_, at) =>
    line(at === height - 1 ? table.corner : '', headings.map((lines) => lines[at])));
  return [...head, ...table.rows.map(([first, ...rest]) => line(first, shown.map((at) => rest[at])))];
}

/** Columns in runs that fit beside the label; a column too wide for the line stands alone. */
function splitColumns({label, columns}: TableWidths, width: number): number[][] {
  const runs: number[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const [at, column] of columns.entries()) {
    if (used + GAP + column > width) {
      runs.push([]);
      used = label;
    }
    runs.at(-1)!.push(at);
    used += GAP + column;
  }
  return runs;
}

/** Lines of at most `width` characters as long as the label and any one column fit in it; blocks are parted by an empty line. */
export function layTable(table: TableModel, width: number): string[] {
  const widths = chooseWidths(table, width);
  return splitColumns(widths, width).flatMap((shown, at) => [...(at > 0 ? [''] : []), ...block(table, widths, shown)]);
}
