// The ten time registers of an MC146818 and the century byte, between a moment and the bytes that status B's format makes of it.
// Motorola MC146818 datasheet, "Time, Calendar, and Alarm Locations".

export const STATUS_B_24_HOURS = 0x02, STATUS_B_BINARY = 0x04;
export const SECONDS = 0, SECONDS_ALARM = 1, MINUTES = 2, MINUTES_ALARM = 3, HOURS = 4, HOURS_ALARM = 5, WEEKDAY = 6, DAY = 7, MONTH = 8, YEAR = 9;
/** A byte of the RAM, by the PC AT's convention. */
export const CENTURY = 0x32;
const AFTERNOON = 0x80;
const DATE_REGISTERS = [SECONDS, MINUTES, HOURS, WEEKDAY, DAY, MONTH, YEAR, CENTURY];

export const isDateRegister = (address: number): boolean => DATE_REGISTERS.includes(address);

/** The registers as a guest reads them: seconds since 1970 in the format of status B. */
export function registersOf(second: number, format: number): Map<number, number> {
  const date = new Date(second * 1000);
  const year = date.getUTCFullYear();
  const plain: ReadonlyArray<readonly [register: number, value: number]> = [
    [SECONDS, date.getUTCSeconds()], [MINUTES, date.getUTCMinutes()], [WEEKDAY, date.getUTCDay() + 1], [DAY, date.getUTCDate()],
    [MONTH, date.getUTCMonth() + 1], [YEAR, year % 100], [CENTURY, Math.floor(year / 100)],
  ];
  const bytes = new Map(plain.map(([register, value]) => [register, encode(value, format)]));
  return bytes.set(HOURS, encodeHours(date.getUTCHours(), format));
}

/** The moment that registers name, in seconds since 1970; fields out of range run over into the next, as Date has it. */
export function secondOf(bytes: ReadonlyMap<number, number>, format: number): number {
  const field = (register: number): number => decode(bytes.get(register) ?? 0, format);
  const hours = decodeHours(bytes.get(HOURS) ?? 0, format);
  const year = field(CENTURY) * 100 + field(YEAR);
  const date = new Date(0);
  date.setUTCFullYear(year, field(MONTH) - 1, field(DAY));
  date.setUTCHours(hours, field(MINUTES), field(SECONDS));
  return date.getTime() / 1000;
}

/** Values of 0xC0 and above match every time. */
export const matches = (alarm: number, value: number): boolean => alarm >= 0xc0 || alarm === value;

const encode = (value: number, format: number): number => ((format & STATUS_B_BINARY) !== 0 ? value : (Math.floor(value / 10) << 4) | (value % 10));
const decode = (byte: number, format: number): number => ((format & STATUS_B_BINARY) !== 0 ? byte : (byte >> 4) * 10 + (byte & 0x0f));

function encodeHours(hours: number, format: number): number {
  if ((format & STATUS_B_24_HOURS) !== 0) return encode(hours, format);
  return encode(hours % 12 === 0 ? 12 : hours % 12, format) | (hours >= 12 ? AFTERNOON : 0);
}

function decodeHours(byte: number, format: number): number {
  if ((format & STATUS_B_24_HOURS) !== 0) return decode(byte, format);
  return (decode(byte & ~AFTERNOON, format) % 12) + ((byte & AFTERNOON) !== 0 ? 12 : 0);
}
