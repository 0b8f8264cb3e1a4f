// The help over whichever screen is open: keys, marks, figures; scrolled where the terminal is short.
import {keyLine, titleLine} from './frame-lines.ts';
import {helpLines} from './help-lines.ts';
import {EMPTY_LINE} from './line.ts';
import {SHORT, stack, type Screen, type ScreenInput} from './screen.ts';

export function helpScreen({place, columns, rows}: ScreenInput): Screen {
  const blank = rows < SHORT ? [] : [EMPTY_LINE];
  const content = helpLines(columns);
  const frame = {top: [titleLine('help', '', columns), ...blank], bottom: [...blank, keyLine(place, columns)]};
  let height = 1;
  const lines = stack({rows, columns}, frame, (room) => {
    height = room;
    const scroll = Math.max(0, Math.min(place.helpScroll, content.length - room));
    return content.slice(scroll, scroll + room);
  });
  return {lines, extent: {rows: 0, techniques: [], costs: [], page: Math.max(1, height - 1), scrollable: Math.max(0, content.length - height)}};
}
