import { formatDuration } from '@xinc/core/formats';
import { superscript } from '../typeset.js';

const GROUPED = new Intl.NumberFormat('en', { maximumFractionDigits: 20 });
/** Keeps a number and its unit on one line. */
const NBSP = '\u00a0';

/** A whole number with its thousands set apart, as charts have them too: `18,352`. */
export const wholeNumber = (value: number): string =>
  Number.isFinite(value) ? GROUPED.format(value).replace('-', '−') : plainNumber(value);

/** What is shown for NaN, which is no number and not the same as none. */
const NOT_DEFINED = 'not defined';

/** `digits` significant digits: `0.01234`, `−3.5`, `1.2×10⁻⁵`, `12,350`; `∞`, and `not defined` for NaN. */
export function plainNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return NOT_DEFINED;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.abs(rounded);
  if (rounded === 0 || (magnitude >= 1e-3 && magnitude < 1e6)) return GROUPED.format(rounded).replace('-', '−');
  const [mantissa, exponent] = rounded.toExponential().split('e');
  return `${mantissa.replace('-', '−')}×10${superscript(exponent)}`;
}

/** `10⁻⁴`, `3×10⁻⁴`; 1 and 10 as they are. */
export function powerOfTen(value: number): string {
  const [mantissa, exponent] = value.toExponential().split('e');
  if (exponent === '+0' || value === 10) return String(value);
  return `${mantissa === '1' ? '' : `${mantissa}×`}10${superscript(exponent)}`;
}

/** An amount in a table: whole numbers in full, others with four significant digits. */
export const tableNumber = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e15 ? wholeNumber(value) : plainNumber(value);

/** `36.19 dB`; `∞ dB` where nothing differs, `not defined` where it is NaN. */
export function decibels(psnr: number): string {
  if (Number.isNaN(psnr)) return NOT_DEFINED;
  return `${Number.isFinite(psnr) ? psnr.toFixed(2).replace('-', '−') : plainNumber(psnr)}${NBSP}dB`;
}

/** `0.42 s`, `3 min 20 s`, `2 h 05 min`, kept on one line. */
export const duration = (seconds: number): string => formatDuration(seconds).replaceAll(' ', NBSP);
