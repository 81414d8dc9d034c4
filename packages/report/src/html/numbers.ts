import { type Content, html } from './markup.js';

const GROUPED = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A whole number with its thousands set apart; below 10,000 they are not, since such numbers are often indices. */
export const wholeNumber = (value: number): string =>
  !Number.isFinite(value) ? plainNumber(value) : Math.abs(value) < 10_000 ? String(value) : GROUPED.format(value);

/** Four significant digits as plain text, for axes, colour bars and attributes: `0.01234`, `1.2e-5`. */
export function plainNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.abs(rounded);
  const text = rounded === 0 || (magnitude >= 1e-3 && magnitude < 1e6) ? String(rounded) : rounded.toExponential();
  return text.replace(/-/g, '−');
}

/** A number in a table: whole numbers in full, others with four significant digits, powers of ten set high. */
export function tableNumber(value: number): Content {
  if (Number.isInteger(value)) return wholeNumber(value).replace('-', '−');
  const [mantissa, exponent] = plainNumber(value).split('e');
  return exponent === undefined ? mantissa : html`${mantissa} × 10<sup>${exponent.replace('+', '')}</sup>`;
}

/** `36.19 dB`. */
export const decibels = (psnr: number): string =>
  Number.isFinite(psnr) ? `${psnr.toFixed(2)} dB` : `${plainNumber(psnr)} dB`;

/** `0.42 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return plainNumber(seconds);
  if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
}

/** `1 frame`, `30 frames`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${wholeNumber(count)} ${count === 1 ? one : many}`;
