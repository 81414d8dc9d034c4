import { multiples, roundStep } from '../../color/round-ticks.js';

/** A step of training, and where it is. */
export interface CurvePoint {
  readonly step: number;
  readonly psnr: number;
  readonly seconds: number;
}

/** From a value to its place in a room, and the values to label. */
export interface Scale {
  place(value: number): number;
  readonly ticks: readonly number[];
}

/** @param range places of the ends, in pixels */
export function linearScale([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  const extent = high - low || 1;
  const step = roundStep(extent / 5);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return {
    place: (value) => from + ((value - low) / extent) * (to - from),
    ticks: multiples(step, first, last),
  };
}

/** Logarithmic, of values from 1: decades are labelled; where fewer than two are in the room, 2 and 5 times these too, and else round steps. */
export function logScale([low, high]: readonly [number, number], range: readonly [number, number]): Scale {
  const log = (value: number) => Math.log10(Math.max(value, 1));
  const { place } = linearScale([log(low), log(high)], range);
  const inside = (digits: readonly number[]) => {
    const ticks: number[] = [];
    for (let decade = Math.floor(log(low)); decade <= log(high) + 1e-9; decade++)
      for (const digit of digits) ticks.push(digit * 10 ** decade);
    return ticks.filter((tick) => tick >= low && tick <= high * (1 + 1e-9));
  };
  const ladders = [inside([1]), inside([1, 2, 5]), linearScale([low, high], range).ticks];
  return { place: (value) => place(log(value)), ticks: ladders.find(({ length }) => length >= 2) ?? ladders[2] };
}

/** The point of the curve whose step is at the least distance in the room; `null` for an empty curve. */
export function nearestPoint(curve: readonly CurvePoint[], x: number, scale: Scale): CurvePoint | null {
  let best: CurvePoint | null = null;
  for (const point of curve) {
    if (!best || Math.abs(scale.place(point.step) - x) < Math.abs(scale.place(best.step) - x)) best = point;
  }
  return best;
}
