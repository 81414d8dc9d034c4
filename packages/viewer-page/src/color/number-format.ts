import { whole } from '@xinc/core';

/*
 * Numbers as people read them: three significant digits, a true minus sign, no more than a few characters, so that columns
 * of them line up.
 */
const PLAIN = new Intl.NumberFormat('en', {
  maximumSignificantDigits: 3,
  minimumSignificantDigits: 3,
  useGrouping: false,
});
/** Keeps a number and its unit on one line. */
const NBSP = '\u00a0';

/** A contribution or a sum of contributions, which has no unit: `0.0123`, `−1.40`, `3.1e−7`. */
export function formatValue(value: number): string {
  if (value === 0) return '0';
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text =
    size >= 1e5 || size < 1e-3
      ? value.toExponential(1).replace('e+', 'e').replace('e-', 'e−')
      : PLAIN.format(size >= 1000 ? Math.round(value) : value);
  return text.replace(/^-/, '−');
}

/** A share in [0, 1] as `12.3 %`, small ones as `< 0.1 %`. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return '–';
  if (share > 0 && share < 0.0005) return `<${NBSP}0.1${NBSP}%`;
  return `${(100 * share).toFixed(1)}${NBSP}%`;
}

/**
 * `34.29 dB`; `∞ dB` for a perfect picture, `PSNR not defined: 12 pixels are NaN` for one with NaN.
 * @param nanPixels how many they are, where that is known
 */
export function formatPsnr(psnr: number, nanPixels?: number): string {
  if (Number.isNaN(psnr)) {
    const why = nanPixels ? `: ${whole(nanPixels)} ${nanPixels === 1 ? 'pixel is' : 'pixels are'} NaN` : '';
    return `PSNR not defined${why}`;
  }
  return psnr === Number.POSITIVE_INFINITY ? `∞${NBSP}dB` : `${psnr.toFixed(2)}${NBSP}dB`;
}

/** A change of PSNR: `−1.25 dB`; from or to a perfect picture, or one with NaN, it has no size. */
export function formatPsnrChange(before: number, after: number): string {
  if (!Number.isFinite(before) || !Number.isFinite(after)) return before === after ? `±0${NBSP}dB` : '–';
  const change = after - before;
  const size = Math.abs(change);
  if (size < 0.005) return `${size === 0 ? '±0' : '±0.00'}${NBSP}dB`;
  return `${change < 0 ? '−' : '+'}${size.toFixed(2)}${NBSP}dB`;
}

export { whole as formatCount };
