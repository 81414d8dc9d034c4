import { XincError } from '@xinc/core';

/** @throws XincError `invalid-option` */
export function parseWhole(text: string, option: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
  throw new XincError('invalid-option', `${option} ${text}: that is not a whole number ${range}`, { subject: option });
}

/**
 * Neuron indices: `0,17,207`, `0:64`, `0:64:8`, or several of these.
 * @throws XincError `invalid-option`
 */
export function parseNeurons(text: string, neurons: number): number[] {
  const chosen = text.split(',').flatMap((part) => {
    const range = /^\s*(\d*)\s*:\s*(\d*)\s*(?::\s*(\d+)\s*)?$/.exec(part);
    if (!range) return [parseWhole(part, '--neurons', 0)];
    const [start, end] = [Number(range[1] || 0), Math.min(Number(range[2] || neurons), neurons)];
    const step = Number(range[3] ?? 1);
    if (step < 1) throw new XincError('invalid-option', `--neurons ${part}: the step is 0`, { subject: '--neurons' });
    return Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, i) => start + i * step);
  });
  if (chosen.length > 0) return chosen;
  throw new XincError('invalid-option', `--neurons ${text}: that names no neuron`, {
    subject: '--neurons',
    hint: `The layer has neurons 0 to ${neurons - 1}.`,
  });
}
