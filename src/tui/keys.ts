// The key map: which key does what, in one table from which input, help and the bottom line are made.
import type {Key} from 'ink';
import type {View} from './views.ts';

export type Action =
  | 'up' | 'down' | 'left' | 'right' | 'page-up' | 'page-down' | 'first' | 'last'
  | 'open' | 'back' | 'value' | 'sort' | 'reverse' | 'filter' | 'base' | 'neutral' | 'zoom-in' | 'zoom-out'
  | 'view-matrix' | 'view-cell' | 'view-compare' | 'view-flow' | 'view-timeline' | 'view-what-if'
  | 'pause' | 'export' | 'help' | 'quit' | 'stop';

interface KeyRow {
  readonly action: Action;
  /** As keyboards print it. */
  readonly label: string;
  /** In a word or two, for the bottom line of the views named; other views keep it to the help. */
  readonly brief: Readonly<Partial<Record<View, string>>>;
  readonly meaning: string;
  readonly matches: (input: string, key: Key) => boolean;
}

const everywhere = (brief: string): KeyRow['brief'] =>
  ({matrix: brief, cell: brief, compare: brief, flow: brief, timeline: brief, 'what-if': brief});
const besideMatrix = (brief: string): KeyRow['brief'] => ({cell: brief, compare: brief, flow: brief, timeline: brief, 'what-if': brief});
const typed = (character: string) => (input: string): boolean => input === character;

/** In the order of the bottom line, which is cut at the right edge: what one needs first stands first. */
export const KEYS: readonly KeyRow[] = [
  {action: 'stop', label: 'Ctrl-C', brief: {}, meaning: 'stop the run, keep what has ended and leave', matches: (input, key) => key.ctrl && input === 'c'},
  {action: 'help', label: '?', brief: everywhere('help'), meaning: 'show or hide this help (7 too)', matches: (input) => input === '?' || input === '7'},
  {action: 'quit', label: 'q', brief: everywhere('quit'), meaning: 'leave; before the end this stops the run and keeps what has ended', matches: typed('q')},
  {action: 'open', label: 'Enter', brief: {matrix: 'explain cell'}, meaning: 'open the cell: its switches, cycles and verdict', matches: (_, key) => key.return},
  {action: 'back', label: 'Backspace', brief: besideMatrix('back'), meaning: 'back to the matrix (Esc too)', matches: (_, key) => key.backspace || key.delete || key.escape},
  {action: 'value', label: 'v', brief: {matrix: 'other figure', 'what-if': 'other figure'}, meaning: 'slowdown, cycles, exits or switches in the matrix', matches: typed('v')},
  {action: 'base', label: 'b', brief: {compare: 'base'}, meaning: "compare with the cursor's technique from now on; again: with the fastest", matches: typed('b')},
  {action: 'neutral', label: '0', brief: {'what-if': 'as it is'}, meaning: 'in what-if, the cost under the cursor back to what it is', matches: typed('0')},
  {action: 'zoom-in', label: '+', brief: {timeline: 'zoom'}, meaning: 'in the timeline, half the time on the screen', matches: typed('+')},
  {action: 'zoom-out', label: '-', brief: {}, meaning: 'in the timeline, twice the time on the screen', matches: typed('-')},
  {action: 'view-matrix', label: '1', brief: {}, meaning: 'the matrix', matches: typed('1')},
  {action: 'view-cell', label: '2', brief: {}, meaning: 'the cell explained', matches: typed('2')},
  {action: 'view-compare', label: '3', brief: {matrix: 'compare', cell: 'compare'}, meaning: 'the cell against another technique: what differs, largest first', matches: typed('3')},
  {action: 'view-flow', label: '4', brief: {matrix: 'flow', cell: 'flow'}, meaning: 'the contexts and the switches between them', matches: typed('4')},
  {action: 'view-timeline', label: '5', brief: {cell: 'timeline'}, meaning: 'the switches over modelled time', matches: typed('5')},
  {action: 'view-what-if', label: '6', brief: {matrix: 'what if'}, meaning: 'what if a cost were another: the matrix is costed again at once', matches: typed('6')},
  {action: 'filter', label: '/', brief: {matrix: 'filter'}, meaning: 'show only cells whose workload, technique or host holds the words typed; -word leaves out', matches: typed('/')},
  {action: 'sort', label: 's', brief: {matrix: 'sort'}, meaning: "sort workloads by the cursor's technique; again: as planned", matches: typed('s')},
  {action: 'reverse', label: 'r', brief: {}, meaning: 'workloads the other way round', matches: typed('r')},
  {action: 'pause', label: 'Space', brief: {matrix: 'pause'}, meaning: 'start no more cells; again: go on', matches: typed(' ')},
  {action: 'export', label: 'e', brief: {matrix: 'export'}, meaning: 'write every report format now, of what has ended', matches: typed('e')},
  {action: 'up', label: '↑', brief: {}, meaning: 'a workload up; scroll up; in what-if the cost above', matches: (_, key) => key.upArrow},
  {action: 'down', label: '↓', brief: {}, meaning: 'a workload down; scroll down; in what-if the cost below', matches: (_, key) => key.downArrow},
  {action: 'left', label: '←', brief: {}, meaning: 'the technique to the left; earlier in the timeline; in what-if a lower cost', matches: (_, key) => key.leftArrow},
  {action: 'right', label: '→', brief: {}, meaning: 'the technique to the right; later in the timeline; in what-if a higher cost', matches: (_, key) => key.rightArrow},
  {action: 'page-up', label: 'PgUp', brief: {}, meaning: 'a page up', matches: (_, key) => key.pageUp},
  {action: 'page-down', label: 'PgDn', brief: {}, meaning: 'a page down', matches: (_, key) => key.pageDown},
  {action: 'first', label: 'Home', brief: {}, meaning: 'to the top', matches: (_, key) => key.home},
  {action: 'last', label: 'End', brief: {}, meaning: 'to the bottom', matches: (_, key) => key.end},
];

/** What a key press means, or null. */
export const actionOf = (input: string, key: Key): Action | null =>
  KEYS.find((row) => row.matches(input, key))?.action ?? null;
