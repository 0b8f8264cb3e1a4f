// The cell under the cursor against another technique on the same workload.
import {isComparable} from '../report/figures.ts';
import {matrixRows, type Matrix, type MatrixCell} from '../report/matrix.ts';
import {compareLines} from './compare-lines.ts';
import {withoutFigures} from './flow-screen.ts';
import {textLine, type Line} from './line.ts';
import type {Screen, ScreenInput} from './screen.ts';
import {scrollScreen} from './scroll-screen.ts';

const cycles = ({result}: MatrixCell): number => result?.cycles.region ?? Number.POSITIVE_INFINITY;

/** The technique named, else the fastest that is comparable, bare metal apart; null where the row has no other. */
function baseOf(cell: MatrixCell, whole: Matrix, base: string | null): MatrixCell | null {
  const row = matrixRows(whole).find(({cells}) => cells.some(each => each?.rowKey === cell.rowKey && each.host === cell.host));
  const others = (row?.cells ?? []).filter(each => each !== null && each.technique !== cell.technique) as MatrixCell[];
  const named = others.find(({technique}) => technique === base);
  if (named !== undefined) return named;
  const comparable = others.filter(({result, native, technique}) => result !== null && technique !== 'native' && isComparable(result, native));
  return comparable.toSorted((a, b) => cycles(a) - cycles(b))[0] ?? others[0] ?? null;
}

function lines(cell: MatrixCell, width: number, {whole, place}: ScreenInput): readonly Line[] {
  const base = baseOf(cell, whole, place.base);
  if (base === null) return [textLine('This workload has no other technique to compare with.', width)];
  return withoutFigures(cell, width) ?? withoutFigures(base, width) ?? compareLines(base.result!, cell.result!, width);
}

export const compareScreen = (input: ScreenInput): Screen => scrollScreen(input, (cell, {width}) => lines(cell, width, input));
