// The key map: which key does what, in one table from which input, help and the bottom line are made.
import type {Key} from 'ink';

export type Action =
  | 'up' | 'down' | 'left' | 'right' | 'page-up' | 'page-down' | 'first' | 'last'
  | 'open' | 'back' | 'value' | 'help' | 'quit' | 'stop';

interface KeyRow {
  readonly action: Action;
  /** As keyboards print it. */
  readonly label: string;
  /** In a word or two, for the bottom line; null keeps it to the help. */
  readonly brief: {readonly matrix: string | null; readonly cell: string | null};
  readonly meaning: string;
  readonly matches: (input: string, key: Key) => boolean;
}

const everywhere = (brief: string | null): KeyRow['brief'] => ({matrix: brief, cell: brief});

export const KEYS: readonly KeyRow[] = [
  {action: 'stop', label: 'Ctrl-C', brief: everywhere(null), meaning: 'stop the run, keep what has ended and leave', matches: (input, key) => key.ctrl && input === 'c'},
  {action: 'help', label: '?', brief: everywhere('help'), meaning: 'show or hide this help', matches: (input) => input === '?'},
  {action: 'quit', label: 'q', brief: everywhere('quit'), meaning: 'leave; before the end this stops the run and keeps what has ended', matches: (input) => input === 'q'},
  {action: 'up', label: '↑', brief: everywhere(null), meaning: 'a workload up; scroll up in a cell', matches: (_, key) => key.upArrow},
  {action: 'down', label: '↓', brief: everywhere(null), meaning: 'a workload down; scroll down in a cell', matches: (_, key) => key.downArrow},
  {action: 'left', label: '←', brief: everywhere(null), meaning: 'the technique to the left, in a cell too', matches: (_, key) => key.leftArrow},
  {action: 'right', label: '→', brief: everywhere(null), meaning: 'the technique to the right, in a cell too', matches: (_, key) => key.rightArrow},
  {action: 'page-up', label: 'PgUp', brief: everywhere(null), meaning: 'a page up', matches: (_, key) => key.pageUp},
  {action: 'page-down', label: 'PgDn', brief: everywhere(null), meaning: 'a page down', matches: (_, key) => key.pageDown},
  {action: 'first', label: 'Home', brief: everywhere(null), meaning: 'to the top', matches: (_, key) => key.home},
  {action: 'last', label: 'End', brief: everywhere(null), meaning: 'to the bottom', matches: (_, key) => key.end},
  {action: 'open', label: 'Enter', brief: {matrix: 'explain cell', cell: null}, meaning: 'open the cell: its switches, cycles and verdict', matches: (_, key) => key.return},
  {action: 'back', label: 'Backspace', brief: {matrix: null, cell: 'back'}, meaning: 'back to the matrix (Esc too)', matches: (_, key) => key.backspace || key.delete || key.escape},
  {action: 'value', label: 'v', brief: {matrix: 'other figure', cell: null}, meaning: 'slowdown, cycles, exits or switches in the matrix', matches: (input) => input === 'v'},
];

/** What a key press means, or null. */
export const actionOf = (input: string, key: Key): Action | null =>
  KEYS.find((row) => row.matches(input, key))?.action ?? null;
