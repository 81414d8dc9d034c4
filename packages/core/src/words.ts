const GROUPED = new Intl.NumberFormat('en');

/** A number for people: three significant digits, no exponent between 0.001 and a million, thousands set apart. */
export function inWords(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const magnitude = Math.abs(rounded);
  if (magnitude >= 1000 && magnitude < 1e6) return GROUPED.format(rounded);
  return rounded === 0 || (magnitude >= 1e-3 && magnitude < 1e6) ? String(rounded) : rounded.toExponential();
}

/** A whole number with its thousands set apart: `18,352`. */
export const whole = (count: number): string => GROUPED.format(count);

/** `1 frame`, `1,200 frames`, `2 analyses`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`;

/** A share of one as a percentage: `12.3 %`. */
export const percent = (share: number): string => `${inWords(100 * share)} %`;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
