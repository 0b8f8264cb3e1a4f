// Where the person is and what the next key does to that. Pure; drawing clamps again because the terminal may have shrunk.
import {VALUE_MODES, type ValueMode} from '../report/cell-face.ts';
import type {Action} from './keys.ts';

export interface Place {
  readonly view: 'matrix' | 'cell';
  readonly help: boolean;
  /** Row among all hosts' rows, and technique. */
  readonly row: number;
  readonly column: number;
  readonly mode: ValueMode;
  /** First line shown of the cell view. */
  readonly scroll: number;
  /** First line shown of the help. */
  readonly helpScroll: number;
}

/** How far one can go in what is drawn now. */
export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** Lines or rows in a page. */
  readonly page: number;
  /** Largest useful `scroll`. */
  readonly scrollable: number;
}

export const START: Place = {view: 'matrix', help: false, row: 0, column: 0, mode: 'slowdown', scroll: 0, helpScroll: 0};

const clamp = (value: number, last: number): number => Math.max(0, Math.min(value, last));

function verticalStep(action: Action, page: number): number {
  switch (action) {
    case 'up': return -1;
    case 'down': return 1;
    case 'page-up': return -page;
    case 'page-down': return page;
    case 'first': return Number.NEGATIVE_INFINITY;
    case 'last': return Number.POSITIVE_INFINITY;
    default: return 0;
  }
}

function move(place: Place, action: Action, extent: Extent): Place {
  const step = verticalStep(action, Math.max(1, extent.page));
  const column = clamp(place.column + (action === 'left' ? -1 : action === 'right' ? 1 : 0), extent.columns - 1);
  return place.view === 'cell'
    ? {...place, column, scroll: clamp(place.scroll + step, extent.scrollable)}
    : {...place, column, row: clamp(place.row + step, extent.rows - 1)};
}

const nextMode = (mode: ValueMode): ValueMode => VALUE_MODES[(VALUE_MODES.indexOf(mode) + 1) % VALUE_MODES.length];

function inHelp(place: Place, action: Action, {page, scrollable}: Extent): Place {
  const step = verticalStep(action, Math.max(1, page));
  return step === 0 ? {...place, help: false, helpScroll: 0} : {...place, helpScroll: clamp(place.helpScroll + step, scrollable)};
}

/** The place after `action`. While help is open, vertical movement scrolls it and any other key closes it. */
export function navigate(place: Place, action: Action, extent: Extent): Place {
  if (place.help) return inHelp(place, action, extent);
  switch (action) {
    case 'help': return {...place, help: true};
    case 'open': return place.view === 'matrix' && extent.rows > 0 ? {...place, view: 'cell', scroll: 0} : place;
    case 'back': return {...place, view: 'matrix', scroll: 0};
    case 'value': return place.view === 'matrix' ? {...place, mode: nextMode(place.mode)} : place;
    default: return move(place, action, extent);
  }
}
