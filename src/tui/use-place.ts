// The place and the keys that change it.
import {useInput, type Key} from 'ink';
import {useRef, useState} from 'react';
import {actionOf} from './keys.ts';
import {navigate, START, type Extent, type Place} from './navigation.ts';

interface PlaceKeys {
  readonly isActive: boolean;
  readonly leave: () => void;
  /** How far one can go in what was drawn last. */
  readonly extent: () => Extent;
}

/** The place to draw; `leave` is called for the keys that leave. */
export function usePlace({isActive, leave, extent}: PlaceKeys): Place {
  const [place, setPlace] = useState(START);
  // Why: two keys may be read before the next frame; the second must meet the place that the first one made.
  const latest = useRef(place);
  const press = (input: string, key: Key): void => {
    const action = actionOf(input, key);
    const {help} = latest.current;
    if (action === 'stop' || (action === 'quit' && !help)) leave();
    else if (action !== null || help) latest.current = navigate(latest.current, action ?? 'help', extent());
    setPlace(latest.current);
  };
  useInput((input, key) => {
    // Why: keys pressed faster than they are read arrive as one string.
    for (const character of input.length > 1 ? input : [input]) press(character, key);
  }, {isActive});
  return place;
}
