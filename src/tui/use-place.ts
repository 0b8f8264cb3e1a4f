// The place and the keys that change it.
import {useInput, type Key} from 'ink';
import {useRef, useState} from 'react';
import {actionOf, type Action} from './keys.ts';
import {navigate, START, typeFilter, type Extent, type Place} from './navigation.ts';

interface PlaceKeys {
  readonly isActive: boolean;
  readonly leave: () => void;
  readonly pause: () => void;
  readonly exportReports: () => void;
  /** How far one can go in what was drawn last. */
  readonly extent: () => Extent;
}

/** A key while the filter is typed; Enter keeps it, Escape drops it. */
function edit(place: Place, input: string, key: Key): Place {
  if (key.return) return {...place, editing: false};
  if (key.escape) return {...place, editing: false, filter: ''};
  if (key.backspace || key.delete) return typeFilter(place, null);
  return key.ctrl || key.meta || !/^[\u0020-\u007E]$/.test(input) ? place : typeFilter(place, input);
}

/** The place to draw; `leave`, `pause` and `exportReports` are called for their keys. */
export function usePlace({isActive, leave, pause, exportReports, extent}: PlaceKeys): Place {
  const [place, setPlace] = useState(START);
  // Why: two keys may be read before the next frame; the second must meet the place that the first one made.
  const latest = useRef(place);
  const act = (action: Action | null): void => {
    const {help} = latest.current;
    if (action === 'quit' && !help) leave();
    else if (action === 'pause' && !help) pause();
    else if (action === 'export' && !help) exportReports();
    else if (action !== null || help) latest.current = navigate(latest.current, action ?? 'help', extent());
  };
  const press = (input: string, key: Key): void => {
    const action = actionOf(input, key);
    if (action === 'stop') leave();
    else if (latest.current.editing) latest.current = edit(latest.current, input, key);
    else act(action);
    setPlace(latest.current);
  };
  useInput((input, key) => {
    // Why: keys pressed faster than they are read arrive as one string.
    for (const character of input.length > 1 ? input : [input]) press(character, key);
  }, {isActive});
  return place;
}
