// Keys of a US keyboard by their scan codes of set 1: the character each gives alone and with shift, and the keys that change others.

const PLAIN: ReadonlyArray<readonly [first: number, characters: string, shifted: string]> = [
  [0x02, '1234567890-=', '!@#$%^&*()_+'], [0x10, 'qwertyuiop[]', 'QWERTYUIOP{}'], [0x1e, "asdfghjkl;'`", 'ASDFGHJKL:"~'], [0x2b, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
  [0x39, ' ', ' '], [0x37, '*', '*'], [0x4a, '-', '-'], [0x4e, '+', '+'],
];
const CONTROLS: ReadonlyArray<readonly [key: number, character: number]> = [[0x01, 0x1b], [0x0e, 0x08], [0x0f, 0x09], [0x1c, 0x0d]];
const KEYPAD = new Map(Array.from('789-456+1230.', (character, at): [number, string] => [0x47 + at, character]));

const table = (which: 1 | 2): ReadonlyMap<number, string> =>
  new Map(PLAIN.flatMap(row => Array.from(row[which], (character, at): [number, string] => [row[0] + at, character])));
const ALONE = table(1), SHIFTED = table(2), CONTROL_KEYS = new Map(CONTROLS);

const RIGHT_SHIFT = 0x01, LEFT_SHIFT = 0x02, CONTROL = 0x04, ALTERNATE = 0x08, NUMBERS = 0x20, CAPITALS = 0x40;
const HELD = new Map([[0x36, RIGHT_SHIFT], [0x2a, LEFT_SHIFT], [0x1d, CONTROL], [0x38, ALTERNATE]]);
const LOCKS = new Map([[0x46, 0x10], [0x45, NUMBERS], [0x3a, CAPITALS]]);

/** Bits of the shift flags that a key sets while it is held, or turns over. */
export const modifierOf = (key: number): {readonly held: number; readonly lock: number} => ({held: HELD.get(key) ?? 0, lock: LOCKS.get(key) ?? 0});

/** The character of a key, 0 for one that has none. */
export function characterOf(key: number, flags: number, extended: boolean): number {
  const fixed = CONTROL_KEYS.get(key);
  if (fixed !== undefined) return fixed;
  if ((flags & ALTERNATE) !== 0) return 0;
  if (!extended && KEYPAD.has(key) && (flags & NUMBERS) !== 0) return KEYPAD.get(key)!.charCodeAt(0);
  const shift = (flags & (LEFT_SHIFT | RIGHT_SHIFT)) !== 0;
  const alone = ALONE.get(key);
  if (alone === undefined) return 0;
  const letter = /[a-z]/.test(alone);
  const character = shift !== (letter && (flags & CAPITALS) !== 0) ? SHIFTED.get(key)! : alone;
  return (flags & CONTROL) !== 0 && letter ? alone.charCodeAt(0) & 0x1f : character.charCodeAt(0);
}

/** Scan codes that type a character: pressed and let go, with shift around where it takes one; none for what the keyboard has not. */
export function typing(character: string): readonly number[] {
  const code = character === '\n' ? 0x1c : character === '\t' ? 0x0f : character === '\u001b' ? 0x01 : character === '\b' ? 0x0e : keyOf(ALONE, character);
  if (code !== undefined) return [code, code | 0x80];
  const shifted = keyOf(SHIFTED, character);
  return shifted === undefined ? [] : [0x2a, shifted, shifted | 0x80, 0xaa];
}

const keyOf = (keys: ReadonlyMap<number, string>, character: string): number | undefined => [...keys].find(([, each]) => each === character)?.[0];
