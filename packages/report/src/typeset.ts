const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/**
 * Plain text of results as a page shows it: minus signs and powers of ten as in print, and no line break between a number and
 * its per cent sign or decibels.
 */
export const typeset = (text: string): string =>
  text
    .replace(/(?<![\w.])-(?=\d)/g, '−')
    .replace(
      /(?<![\w.])(\d+(?:\.\d+)?)e([+-]?\d+)\b/g,
      (_, mantissa: string, exponent: string) => `${mantissa}×10${superscript(exponent)}`,
    )
    .replace(/(\d) (?=%|dB\b)/g, '$1\u00a0');

/** A whole number as an exponent: `-4` as `⁻⁴`. */
export const superscript = (exponent: string): string =>
  exponent
    .replace('+', '')
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
