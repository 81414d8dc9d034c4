import { formatJson } from '@xinc/core/formats';
import { formatNeurons, parseNeurons } from '../../state/neuron-list.js';
import { type SwitchedOff, sameOff } from '../../state/switched-off.js';

/** Neurons that a person wants to come back to, and what switching them off did when they were kept. */
export interface KeptMask {
  readonly name: string;
  readonly off: SwitchedOff;
  /** PSNR without them and of the whole network, dB. */
  readonly psnr: number;
  readonly before: number;
  readonly frame: number;
  readonly weightsVersion: number;
}

/** As many as one run keeps. */
export const MOST_MASKS = 60;
export const LONGEST_NAME = 80;

/** Masks, and what a person should know of how the last one was kept. */
export interface Keeping {
  readonly masks: readonly KeptMask[];
  readonly note?: string;
}

/**
 * With the mask first. One that is kept under this name already is measured anew; another one of this name stays, and the new one
 * gets a number. Where there is no more room, nothing is kept.
 */
export function keep(masks: readonly KeptMask[], mask: KeptMask): Keeping {
  const name = mask.name.trim().slice(0, LONGEST_NAME);
  const before = masks.find((one) => one.name === name);
  if (before && sameOff(before.off, mask.off)) {
    const others = masks.filter((one) => one !== before);
    return { masks: [{ ...mask, name }, ...others], note: `‘${name}’ was kept already, and is measured anew.` };
  }
  if (masks.length >= MOST_MASKS) {
    return { masks, note: `Nothing was kept: a run has room for ${MOST_MASKS}. Forget one first.` };
  }
  const free = freeName(name, masks);
  const note = free === name ? undefined : `There is another ‘${name}’: this one is kept as ‘${free}’.`;
  return { masks: [{ ...mask, name: free }, ...masks], ...(note && { note }) };
}

/** The name, or where it is taken the name with the first number that is free: `sky (2)`. */
function freeName(name: string, masks: readonly KeptMask[]): string {
  const taken = new Set(masks.map((one) => one.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) {
    const suffix = ` (${number})`;
    free = `${name.slice(0, LONGEST_NAME - suffix.length)}${suffix}`;
  }
  return free;
}

export function formatMasks(masks: readonly KeptMask[]): string {
  return formatJson(
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
  const masks: KeptMask[] = [];
  for (const mask of entries.flatMap((entry) => parseMask(entry) ?? []).slice(0, MOST_MASKS)) {
    masks.push({ ...mask, name: freeName(mask.name, masks) });
  }
  return masks;
}

function parseMask(entry: unknown): KeptMask | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { name, off, psnr, before, frame, weightsVersion } = entry as Record<string, unknown>;
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) return undefined;
  const decibels = { psnr: decibelsOf(psnr), before: decibelsOf(before) };
  if (typeof off !== 'object' || off === null) return undefined;
  if (decibels.psnr === undefined || decibels.before === undefined) return undefined;
  if (typeof frame !== 'number' || typeof weightsVersion !== 'number') return undefined;
  const layers = Object.entries(off).map(
    ([layer, neurons]) => [layer, typeof neurons === 'string' ? parseNeurons(neurons) : null] as const,
  );
  if (layers.length === 0 || layers.some(([, neurons]) => !neurons?.length)) return undefined;
  return {
    name,
    off: Object.fromEntries(layers) as SwitchedOff,
    psnr: decibels.psnr,
    before: decibels.before,
    frame,
    weightsVersion,
  };
}

/** A PSNR as it was kept; `null` was once written for a perfect picture. */
function decibelsOf(value: unknown): number | undefined {
  if (value === null) return Number.POSITIVE_INFINITY;
  const isNumber = typeof value === 'number' || ['NaN', 'Infinity', '-Infinity'].includes(value as string);
  return isNumber ? Number(value) : undefined;
}
