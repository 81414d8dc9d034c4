import { type NeuronNumbering, neuronNames, parseNeuron, XincError } from '@xinc/core';

/** @throws XincError `invalid-option` */
export function parseWhole(text: string, option: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
  throw new XincError('invalid-option', `${option} ${text}: that is not a whole number ${range}`, { subject: option });
}

/** A PSNR in dB. @throws XincError `invalid-option` */
export function parsePsnr(text: string, option: string): number {
  const value = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : 0;
  if (value > 0 && Number.isFinite(value)) return value;
  throw new XincError('invalid-option', `${option} ${text}: that is not a PSNR in dB, such as 30 or 27.5`, {
    subject: option,
  });
}

/**
 * Seeds: `0:5` (0 to 4), `0,3,7`, or several of these.
 * @throws XincError `invalid-option`
 */
export function parseSeeds(text: string): number[] {
  const seeds = text.split(',').flatMap((part) => {
    const range = /^\s*(\d{1,10})\s*:\s*(\d{1,10})\s*$/.exec(part);
    if (!range) return [parseWhole(part, '--seeds', 0, MOST_SEED)];
    const [start, end] = [Number(range[1]), Number(range[2])];
    if (end > start && end - 1 <= MOST_SEED && end - start <= MOST_SEEDS) {
      return Array.from({ length: end - start }, (_, i) => start + i);
    }
    throw new XincError('invalid-option', `--seeds ${part.trim()}: that is no range of seeds`, {
      subject: '--seeds',
      hint: 'Write FIRST:END, such as 0:5 for 0 to 4.',
    });
  });
  return [...new Set(seeds)];
}

/** As for one run. */
const MOST_SEED = 2 ** 31 - 1;
const MOST_SEEDS = 100_000;

/**
 * Neurons of a layer: `0,17,207`, `0:64`, `0:64:8`, kernels as `6→497` or `6->497` too, or several of these.
 * @throws XincError `invalid-option`
 */
export function parseNeurons(text: string, layer: NeuronNumbering): number[] {
  const { neurons } = layer;
  const chosen = text.split(',').flatMap((part) => {
    const range = /^\s*(\d*)\s*:\s*(\d*)\s*(?::\s*(\d+)\s*)?$/.exec(part);
    if (!range) {
      const neuron = parseNeuron(part, layer);
      if (neuron !== null) return [neuron];
      // Without quotes, a shell takes what follows `>` for the name of a file.
      const cut = layer.outputs !== undefined && /^\s*\d+-\s*$/.test(part);
      throw new XincError('invalid-option', `--neurons ${part.trim()}: that names no neuron of the layer`, {
        subject: '--neurons',
        hint: cut ? `Write a kernel in double quotes, such as "${part.trim()}>0".` : `It has ${neuronNames(layer)}.`,
      });
    }
    const [start, end] = [Number(range[1] || 0), Math.min(Number(range[2] || neurons), neurons)];
    const step = Number(range[3] ?? 1);
    if (step < 1) throw new XincError('invalid-option', `--neurons ${part}: the step is 0`, { subject: '--neurons' });
    return Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, i) => start + i * step);
  });
  if (chosen.length > 0) return chosen;
  throw new XincError('invalid-option', `--neurons ${text}: that names no neuron`, {
    subject: '--neurons',
    hint: `The layer has ${neuronNames(layer)}.`,
  });
}
