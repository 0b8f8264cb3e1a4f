// Where the person is and what the next key does to that. Pure; drawing clamps again because the terminal may have shrunk.
import {VALUE_MODES, type ValueMode} from '../report/cell-face.ts';
import type {Action} from './keys.ts';
import {VIEWS, type View} from './views.ts';
import {NO_CHANGE, stepCost, type WhatIf} from './what-if-place.ts';

export interface Place {
  readonly view: View;
  readonly help: boolean;
  /** Row among all hosts' rows, and technique, both as shown. */
  readonly row: number;
  readonly column: number;
  readonly mode: ValueMode;
  /** First line shown of a view that scrolls. */
  readonly scroll: number;
  /** First line shown of the help. */
  readonly helpScroll: number;
  /** Technique that workloads are sorted by; null as planned. */
  readonly sort: string | null;
  readonly reverse: boolean;
  /** Words that cells shown must hold. */
  readonly filter: string;
  /** The filter is being typed. */
  readonly editing: boolean;
  /** Technique to compare with; null the fastest of the row. */
  readonly base: string | null;
  /** The timeline shows the 2^zoom-th part of the region, `pan` quarters of a screen from its beginning. */
  readonly zoom: number;
  readonly pan: number;
  readonly whatIf: WhatIf;
}

/** How far one can go in what is drawn now. */
export interface Extent {
  readonly rows: number;
  /** Techniques as shown. */
  readonly techniques: readonly string[];
  /** Lines or rows in a page. */
  readonly page: number;
  /** Largest useful `scroll`. */
  readonly scrollable: number;
  /** Costs that can be changed, in the order shown. */
  readonly costs: readonly string[];
}

export const START: Place = {
  view: 'matrix', help: false, row: 0, column: 0, mode: 'slowdown', scroll: 0, helpScroll: 0, sort: null, reverse: false,
  filter: '', editing: false, base: null, zoom: 0, pan: 0, whatIf: NO_CHANGE,
};

const DEEPEST_ZOOM = 20;

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

const sideways = (action: Action): number => (action === 'left' ? -1 : action === 'right' ? 1 : 0);

function move(place: Place, action: Action, extent: Extent): Place {
  const step = verticalStep(action, Math.max(1, extent.page));
  if (place.view === 'what-if') return moveInWhatIf(place, action, extent);
  if (place.view === 'timeline' && sideways(action) !== 0) return {...place, pan: clamp(place.pan + sideways(action), quarters(place.zoom))};
  const column = clamp(place.column + sideways(action), extent.techniques.length - 1);
  return place.view === 'matrix'
    ? {...place, column, row: clamp(place.row + step, extent.rows - 1)}
    : {...place, column, scroll: clamp(place.scroll + step, extent.scrollable)};
}

/** Up and down choose a cost, left and right change it, pages scroll the matrix below. */
function moveInWhatIf(place: Place, action: Action, {costs, rows, page}: Extent): Place {
  const {whatIf} = place;
  const at = clamp(whatIf.selected, costs.length - 1);
  if (action === 'up' || action === 'down') return {...place, whatIf: {...whatIf, selected: clamp(at + verticalStep(action, 1), costs.length - 1)}};
  if (sideways(action) !== 0 && costs[at] !== undefined) return {...place, whatIf: stepCost(whatIf, costs[at], sideways(action))};
  return {...place, row: clamp(place.row + verticalStep(action, Math.max(1, page)), rows - 1)};
}

/** Quarters of a screen one can go to the right. */
const quarters = (zoom: number): number => 4 * (2 ** zoom - 1);

function zoomed(place: Place, by: 1 | -1): Place {
  const zoom = clamp(place.zoom + by, DEEPEST_ZOOM);
  if (zoom === place.zoom) return place;
  // The middle of the screen stays where it is.
  const pan = by === 1 ? place.pan * 2 + 2 : Math.floor((place.pan - 2) / 2);
  return {...place, zoom, pan: clamp(pan, quarters(zoom))};
}

const nextMode = (mode: ValueMode): ValueMode => VALUE_MODES[(VALUE_MODES.indexOf(mode) + 1) % VALUE_MODES.length];

function inHelp(place: Place, action: Action, {page, scrollable}: Extent): Place {
  const step = verticalStep(action, Math.max(1, page));
  return step === 0 ? {...place, help: false, helpScroll: 0} : {...place, helpScroll: clamp(place.helpScroll + step, scrollable)};
}

const go = (place: Place, view: View): Place => (place.view === view ? place : {...place, view, scroll: 0, zoom: 0, pan: 0});

/** Sorts by the technique under the cursor, or as planned when it does already. */
function sorted(place: Place, {techniques}: Extent): Place {
  const technique = techniques[place.column] ?? null;
  return {...place, sort: place.sort === technique ? null : technique};
}

function based(place: Place, {techniques}: Extent): Place {
  const technique = techniques[place.column] ?? null;
  return {...place, base: place.base === technique ? null : technique};
}

function inMatrix(place: Place, action: Action, extent: Extent): Place {
  switch (action) {
    case 'open': return extent.rows > 0 ? go(place, 'cell') : place;
    case 'sort': return sorted(place, extent);
    case 'reverse': return {...place, reverse: !place.reverse};
    case 'filter': return {...place, editing: true};
    case 'back': return {...place, filter: ''};
    default: return move(place, action, extent);
  }
}

function inWhatIf(place: Place, action: Action, extent: Extent): Place {
  const cost = extent.costs[clamp(place.whatIf.selected, extent.costs.length - 1)];
  return action === 'neutral' && cost !== undefined ? {...place, whatIf: stepCost(place.whatIf, cost, 0)} : move(place, action, extent);
}

function inView(place: Place, action: Action, extent: Extent): Place {
  if (place.view === 'matrix') return inMatrix(place, action, extent);
  if (action === 'back') return go(place, 'matrix');
  if (place.view === 'what-if') return inWhatIf(place, action, extent);
  if (place.view === 'timeline' && (action === 'zoom-in' || action === 'zoom-out')) return zoomed(place, action === 'zoom-in' ? 1 : -1);
  return place.view === 'compare' && action === 'base' ? based(place, extent) : move(place, action, extent);
}

/** The place after `action`. While help is open, vertical movement scrolls it and any other key closes it. */
export function navigate(place: Place, action: Action, extent: Extent): Place {
  if (place.help) return inHelp(place, action, extent);
  if (action === 'help') return {...place, help: true};
  const view = VIEWS.find(name => action === `view-${name}`);
  if (view !== undefined) return extent.rows > 0 || view === 'matrix' || view === 'what-if' ? go(place, view) : place;
  if (action === 'value') return place.view === 'matrix' || place.view === 'what-if' ? {...place, mode: nextMode(place.mode)} : place;
  return inView(place, action, extent);
}

/** What a typed character, or null for one taken back, makes of the filter. The cursor goes to the first cell that is left. */
export function typeFilter(place: Place, character: string | null): Place {
  const filter = character === null ? place.filter.slice(0, -1) : place.filter + character;
  return {...place, filter, row: 0, column: 0};
}
