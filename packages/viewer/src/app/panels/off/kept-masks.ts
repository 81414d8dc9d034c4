import { formatNeurons, parseNeurons } from '../../state/neuron-list.js';
import type { SwitchedOff } from '../../state/switched-off.js';

/** Neurons that a person wants to come back to, and what switching them off did when they were kept. */
export interface KeptMask {
  readonly name: string;
  readonly off: SwitchedOff;
  /** PSNR without them and of the whole network, dB; `null` for ∞. */
  readonly psnr: number | null;
  readonly before: number | null;
  readonly frame: number;
  readonly weightsVersion: number;
}

/** As many as one run keeps. */
export const MOST_MASKS = 60;
export const LONGEST_NAME = 80;

/** With the mask first; one of the same name is replaced. */
export function keep(masks: readonly KeptMask[], mask: KeptMask): KeptMask[] {
  const name = mask.name.trim().slice(0, LONGEST_NAME);
  return [{ ...mask, name }, ...masks.filter((one) => one.name !== name)].slice(0, MOST_MASKS);
}

export function formatMasks(masks: readonly KeptMask[]): string {
  return JSON.stringify(
    masks.map(({ off, ...rest }) => ({
      ...rest,
      off: Object.fromEntries(Object.entries(off).map(([layer, neurons]) => [layer, formatNeurons(neurons)])),
    })),
  );
}

/** What `formatMasks` wrote; anything can be in a browser's storage, so what is malformed is left out. */
export function parseMasks(text: string): KeptMask[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry) => parseMask(entry) ?? []).slice(0, MOST_MASKS);
}

function parseMask(entry: unknown): KeptMask | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { name, off, psnr, before, frame, weightsVersion } = entry as Record<string, unknown>;
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) return undefined;
  if (typeof off !== 'object' || off === null || !isDecibels(psnr) || !isDecibels(before)) return undefined;
  if (typeof frame !== 'number' || typeof weightsVersion !== 'number') return undefined;
  const layers = Object.entries(off).map(
    ([layer, neurons]) => [layer, typeof neurons === 'string' ? parseNeurons(neurons) : null] as const,
  );
  if (layers.length === 0 || layers.some(([, neurons]) => !neurons?.length)) return undefined;
  return { name, off: Object.fromEntries(layers) as SwitchedOff, psnr, before, frame, weightsVersion };
}

function isDecibels(value: unknown): value is number | null {
  return value === null || (typeof value === 'number' && Number.isFinite(value));
}
