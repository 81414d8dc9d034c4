import {
  type FrameList,
  formatShape,
  frameCoordinate,
  type NdArray,
  ndarray,
  type Ops,
  pixelCoordinates,
  type Shape,
  type SignalShape,
  sizeOf,
  XincError,
} from '@xinc/core';
import type { OnnxConfig } from './config.js';
import type { OnnxInput } from './graph.js';

/** Where the values of one input come from, for one frame. */
export type Feed =
  /** Coordinates of the pixels asked for, [P, 2], or [P, 3] with the frame's. */
  | { readonly kind: 'coordinates'; readonly count: 2 | 3; readonly shape: FedShape }
  /** The same of all pixels of the frame. */
  | { readonly kind: 'grid'; readonly count: 2 | 3; readonly channelsFirst: boolean; readonly shape: FedShape }
  /** The user's array has a row for each pixel; of each frame, where it has several. */
  | { readonly kind: 'pixels'; readonly frames: number; readonly shape: FedShape }
  /** It has an entry for each frame; repeated for each pixel, where the shape has them. */
  | { readonly kind: 'entries'; readonly frames: number; readonly shape: FedShape }
  /** It is fed as it is. */
  | { readonly kind: 'whole'; readonly shape: FedShape };

/** The shape of what is fed; `null` is the number of pixels asked for. */
export type FedShape = readonly (number | null)[];

/**
 * What a network of pixels can be fed for this input: pixels on one axis of it.
 * @param repeated an entry of a frame is repeated for each pixel, where it is one row
 * @returns undefined where there is no way
 */
export function feedOfPixels(
  input: OnnxInput,
  array: Shape | undefined,
  signal: SignalShape,
  repeated: boolean,
): Feed | undefined {
  const { shape } = input;
  const last = array ? array[array.length - 1] : (shape[shape.length - 1] ?? 2);
  const form = (shape[shape.length - 1] ?? last) === last ? pixelForm(shape.length, last) : undefined;
  const area = signal.height * signal.width;
  if (!array) {
    return form && (last === 2 || last === 3) && leading(shape, area)
      ? { kind: 'coordinates', count: last, shape: form }
      : undefined;
  }
  const frames = sizeOf(array.slice(0, -1)) / area;
  if (form && Number.isInteger(frames) && frames > 0) return { kind: 'pixels', frames, shape: form };
  const entries = feedOfFrames(input, array, signal);
  return repeated && form && entries?.kind === 'entries' && sizeOf(entries.shape as Shape) === last
    ? { ...entries, shape: form }
    : entries;
}

/** What a network of frames can be fed for this input. @param whole an array is fed as it is, where it can be */
export function feedOfFrames(
  { shape }: OnnxInput,
  array: Shape | undefined,
  { height, width }: SignalShape,
  whole = false,
): Feed | undefined {
  if (!array) return gridFeed(shape, height, width);
  if (whole && matches(array, shape)) return { kind: 'whole', shape: array };
  if (array.length === shape.length && matches(array.slice(1), shape.slice(1))) {
    return { kind: 'entries', frames: array[0], shape: [1, ...array.slice(1)] };
  }
  if (array.length === shape.length + 1 && matches(array.slice(1), shape)) {
    return { kind: 'entries', frames: array[0], shape: array.slice(1) };
  }
  return matches(array, shape) ? { kind: 'whole', shape: array } : undefined;
}

function gridFeed(shape: OnnxInput['shape'], height: number, width: number): Feed | undefined {
  const fits = (extent: number | null, wanted: number) => (extent ?? wanted) === wanted;
  const count = (extent: number | null): 2 | 3 | undefined => (extent === 2 || extent === 3 ? extent : undefined);
  if (shape.length === 4) {
    const [, first, second, third] = shape;
    const ahead = count(first);
    if (ahead && fits(second, height) && fits(third, width)) {
      return { kind: 'grid', count: ahead, channelsFirst: true, shape: [1, ahead, height, width] };
    }
  }
  const behind = count(shape[shape.length - 1] ?? null);
  if (!behind || shape.length < 2) return undefined;
  const places = shape.slice(0, -1);
  const two = [...Array<number>(places.length).fill(1), height, width].slice(-places.length);
  const one = [...Array<number>(places.length).fill(1), height * width].slice(-places.length);
  const at = [two, one].find((wanted) => wanted.every((extent, axis) => fits(places[axis], extent)));
  return at && sizeOf(at) === height * width
    ? { kind: 'grid', count: behind, channelsFirst: false, shape: [...at, behind] }
    : undefined;
}

/** [P, n], [1, P, n] or [1, P, 1, n] */
function pixelForm(rank: number, last: number): FedShape | undefined {
  if (rank < 2 || rank > 4) return undefined;
  return rank === 4 ? [1, null, 1, last] : rank === 3 ? [1, null, last] : [null, last];
}

/** Whether the axes before the last may hold the pixels of a picture, or of the example that the network was exported with. */
function leading(shape: OnnxInput['shape'], area: number): boolean {
  const extents = shape.slice(0, -1);
  return shape.length < 4 || extents.includes(null) || sizeOf(extents as Shape) === area;
}

const matches = (array: Shape, declared: OnnxInput['shape']): boolean =>
  array.length === declared.length && declared.every((extent, axis) => extent === null || extent === array[axis]);

/** @throws XincError `invalid-option` naming the input, and what it may be fed */
export function refuseInput(
  { name, shape }: OnnxInput,
  array: Shape | undefined,
  { height, width }: SignalShape,
): XincError {
  const declared = describeShape(shape);
  if (!array) {
    return new XincError('invalid-option', `The network reads '${name}' (${declared}), which is not given`, {
      subject: 'inputs',
      hint: 'Give the arrays it is fed, by name, as an .npz file: `inputs: inputs.npz`.',
    });
  }
  const rest = describeShape(shape.slice(1));
  return new XincError(
    'invalid-option',
    `The array '${name}' is ${formatShape(array)}, and the network's input of that name is ${declared}`,
    {
      subject: 'inputs',
      hint: `Give [frames${rest === '' ? '' : `, ${rest.replaceAll('×', ', ')}`}], or a row for each of the ${height}×${width} pixels.`,
    },
  );
}

/** An open extent is written `n`. */
const describeShape = (shape: readonly (number | null)[]): string => shape.map((extent) => extent ?? 'n').join('×');

/**
 * The frame of the network that each frame of the signal is, and of how many.
 * @throws XincError `invalid-option` where they cannot be told apart, or there are too few
 */
export function framesOf(feeds: Readonly<Record<string, Feed>>, at: FrameList | null, { frames }: SignalShape) {
  const counts = Object.entries(feeds).flatMap(([name, feed]) =>
    'frames' in feed && feed.frames > 1 ? [{ name, count: feed.frames }] : [],
  );
  const [first] = counts;
  const other = counts.find(({ count }) => count !== first.count);
  if (other) {
    throw new XincError(
      'invalid-option',
      `The array '${first.name}' has ${first.count} frames, and '${other.name}' has ${other.count}`,
      { subject: 'inputs', hint: 'Give all of them for the same frames.' },
    );
  }
  const of = first?.count ?? at?.of ?? (at ? Math.max(...at.frames) + 1 : frames);
  const taken = at?.frames ?? Array.from({ length: frames }, (_, frame) => frame);
  const says = first ? `the array '${first.name}' has ${of} frames` : `the network has ${of} frames`;
  if (!at && first && of !== frames) {
    throw new XincError('invalid-option', `The signal has ${countFrames(frames)}, and ${says}`, {
      subject: 'at',
      hint: `Say which of them they are, as \`at: 0:${frames}\`; or take as many of the signal with \`frames\`.`,
    });
  }
  if (taken.length !== frames) {
    throw new XincError('invalid-option', `\`at\` names ${countFrames(taken.length)}, and the signal has ${frames}`, {
      subject: 'at',
      hint: 'Name one frame of the network for each of the signal.',
    });
  }
  const beyond = taken.find((frame) => frame >= of);
  if (beyond !== undefined) {
    throw new XincError('invalid-option', `\`at\` names frame ${beyond}, and ${says}: 0 to ${of - 1}`, {
      subject: 'at',
    });
  }
  const timed = Object.values(feeds).some((feed) => 'count' in feed && feed.count === 3);
  if (frames > 1 && !first && !timed) {
    throw new XincError('invalid-option', 'The network is fed the same for every frame, and the signal is a video', {
      subject: 'inputs',
      hint: 'Give an entry for each frame with `inputs: inputs.npz`, or a picture as `signal`.',
    });
  }
  if (at && timed && !first && at.of === null) {
    throw new XincError('invalid-option', '`at` does not say of how many frames the network is', {
      subject: 'at',
      hint: `Its time runs over all of them: write \`at: ${taken[0]}:${taken[taken.length - 1] + 1}/COUNT\`.`,
    });
  }
  return { taken, of };
}

const countFrames = (count: number): string => (count === 1 ? 'one frame' : `${count} frames`);

/**
 * One frame's values of an input: a row for each pixel, [P, n], where its shape has them.
 * @param array absent where only shapes are asked for
 * @param pixels absent for whole frames
 */
export function feed(
  plan: Feed,
  array: NdArray | undefined,
  { frame, of }: { readonly frame: number; readonly of: number },
  pixels: Uint32Array | undefined,
  signal: SignalShape,
  config: OnnxConfig,
): NdArray {
  const perPixel = plan.shape.includes(null);
  const shape = perPixel ? [pixels!.length, plan.shape.at(-1)!] : (plan.shape as Shape);
  const values = new Float32Array(sizeOf(shape));
  const area = signal.height * signal.width;
  switch (plan.kind) {
    case 'coordinates':
    case 'grid': {
      const all = pixels ?? Uint32Array.from({ length: area }, (_, p) => p);
      const flat = pixelCoordinates(signal, all, config);
      const time = frameCoordinate(frame, of, config.coordinates);
      const [step, apart] = plan.kind === 'grid' && plan.channelsFirst ? [1, area] : [plan.count, 1];
      for (let p = 0; p < all.length; p++) {
        values[p * step] = flat[2 * p];
        values[p * step + apart] = flat[2 * p + 1];
        if (plan.count === 3) values[p * step + 2 * apart] = time;
      }
      break;
    }
    case 'pixels': {
      const start = plan.frames > 1 ? frame * area : 0;
      setRows(values, array, pixels!.length, (i) => start + pixels![i]);
      break;
    }
    case 'entries':
      setRows(values, array, perPixel ? pixels!.length : 1, () => (plan.frames > 1 ? frame : 0));
      break;
    case 'whole':
      if (array) values.set(array.data);
  }
  return ndarray(shape, values);
}

/** Rows of an array; where only shapes are asked for, rows have to differ all the same. */
function setRows(values: Float32Array, array: NdArray | undefined, rows: number, row: (i: number) => number): void {
  const size = values.length / rows;
  for (let i = 0; i < rows; i++) {
    const at = row(i);
    if (array) values.set(array.data.subarray(at * size, (at + 1) * size), i * size);
    else values.fill(at, i * size, (i + 1) * size);
  }
}

/** What `feed` gives, in the shape that the network reads. */
export function asFed<T>(ops: Ops<T>, value: T, { shape }: Feed): T {
  const found = ops.shapeOf(value);
  if (!shape.includes(null) || shape.length === found.length) return value;
  return ops.reshape(
    value,
    shape.map((extent) => extent ?? found[0]),
  );
}
