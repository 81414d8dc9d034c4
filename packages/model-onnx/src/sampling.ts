import { formatShape, isXincError, type Ops, type Shape, type SignalShape, sizeOf, XincError } from '@xinc/core';
import { createOps } from '@xinc/core/graph';
import type { StoredNetwork } from './config.js';
import { type FedShape, type Feed, feedOfFrames, feedOfPixels, refuseInput } from './feed.js';
import { runGraph } from './run-graph.js';

/** How a network is asked for a picture, and what it gives. */
export interface Sampling {
  readonly kind: 'pixels' | 'frames';
  /** By the name of the input. */
  readonly feeds: Readonly<Record<string, Feed>>;
  /** What the output is turned into [P, 3] or [1, 3, H, W] by: colours last or first, 3 of them or one grey. */
  readonly colours: { readonly first: boolean; readonly count: 1 | 3 };
}

/** Pixels of a shape that is tried: a number that no extent of a network is. */
const TRIED_PIXELS = 10_007;
/** Values of a network are of this many numbers at the most: 2 GB. */
const LARGEST = 2 ** 29;
/** Operations that a network may take; a node can be several. */
const MOST_OPERATIONS = 500_000;

/** Operations that mix pixels: a network that has one draws whole frames. */
const OF_PICTURES: ReadonlySet<string> = new Set([
  'conv2d',
  'convTranspose2d',
  'averagePool',
  'maxPool',
  'depthToSpace',
  'spaceToDepth',
  'upsampleNearest',
  'resize',
]);

/**
 * Whether a network draws pixels or frames, and how it is fed, told from the shapes alone.
 * @throws XincError `invalid-option` for arrays that do not fit and for pictures of another size, `unsupported` for an output
 *   that is no picture
 */
export function samplingOf(network: StoredNetwork, signal: SignalShape): Sampling {
  const { graph, arrays } = network;
  const ways: readonly (readonly [Sampling['kind'], (input: (typeof graph.inputs)[number]) => Feed | undefined])[] = [
    ['pixels', (input) => feedOfPixels(input, arrays[input.name], signal, true)],
    ['pixels', (input) => feedOfPixels(input, arrays[input.name], signal, false)],
    ['frames', (input) => feedOfFrames(input, arrays[input.name], signal)],
    ['frames', (input) => feedOfFrames(input, arrays[input.name], signal, true)],
  ];
  let problem: unknown;
  for (const [kind, feedOf] of ways) {
    const feeds: Record<string, Feed> = {};
    const strange = graph.inputs.find((input) => {
      // No coordinates are made for what is whole numbers.
      const given = arrays[input.name] !== undefined || !graph.whole?.includes(input.name);
      const feed = given ? feedOf(input) : undefined;
      if (feed) feeds[input.name] = feed;
      return !feed;
    });
    if (strange) {
      problem ??= refuseInput(strange, arrays[strange.name], signal);
      continue;
    }
    if (
      kind === 'pixels' &&
      !Object.values(feeds).some((feed) => feed.kind === 'coordinates' || feed.kind === 'pixels')
    ) {
      continue;
    }
    try {
      const { output, pictures } = outputOf(network, feeds);
      if (kind === 'pixels' && pictures) continue;
      return {
        kind,
        feeds,
        colours: kind === 'pixels' ? coloursOfPixels(output) : coloursOfFrame(output, signal),
      };
    } catch (error) {
      if (!isXincError(error) && !(error instanceof NoPicture)) throw error;
      // What is said of the last way that was tried is the plainest: it is fed whole arrays.
      if (!(error instanceof NoPicture)) problem = error;
      else if (kind === 'frames' || problem === undefined)
        problem = noPicture(graph.output, error.shape, network, signal);
    }
  }
  throw problem;
}

/** The shape of a network's output, and whether it mixes pixels. */
function outputOf({ graph, weights }: StoredNetwork, feeds: Sampling['feeds']) {
  let pictures = false;
  let operations = 0;
  const ops: Ops<Shape> = createOps<Shape>({
    constant: ({ shape }) => shape,
    shapeOf: (shape) => shape,
    apply(op, _inputs, _attributes, shape) {
      pictures ||= OF_PICTURES.has(op);
      if (++operations > MOST_OPERATIONS) {
        throw new XincError('unsupported', `The network takes more than ${MOST_OPERATIONS} operations`, {});
      }
      if (!(sizeOf(shape) <= LARGEST)) {
        throw new XincError(
          'shape',
          `it makes an array of ${formatShape(shape)}; up to ${LARGEST} numbers are computed`,
        );
      }
      return shape;
    },
  });
  const fed = Object.entries(feeds).map(([name, { shape }]) => [name, withPixels(shape)] as const);
  return { output: runGraph(graph, ops, { ...weights, ...Object.fromEntries(fed) }), pictures };
}

const withPixels = (shape: FedShape): Shape => shape.map((extent) => extent ?? TRIED_PIXELS);

/** An output that is no picture in the way that was tried. */
class NoPicture extends Error {
  constructor(readonly shape: Shape) {
    super('no picture');
  }
}

function coloursOfPixels(output: Shape): Sampling['colours'] {
  const axis = output.indexOf(TRIED_PIXELS);
  const count = sizeOf(output) / TRIED_PIXELS;
  if (axis < 0 || (count !== 1 && count !== 3)) throw new NoPicture(output);
  return { first: count === 3 && sizeOf(output.slice(0, axis)) === 3, count };
}

/** [1, c, H, W], [1, H, W, c], [1, H·W, c], each also without the axis of one frame. */
function coloursOfFrame(output: Shape, { height, width }: SignalShape): Sampling['colours'] {
  const shape = output.length > 2 && output[0] === 1 ? output.slice(1) : output;
  const [first, second, third] = shape;
  const isCount = (extent: number): extent is 1 | 3 => extent === 1 || extent === 3;
  if (shape.length === 3 && isCount(first) && second === height && third === width)
    return { first: true, count: first };
  if (shape.length === 3 && isCount(third) && first === height && second === width)
    return { first: false, count: third };
  if (shape.length === 2 && isCount(second) && first === height * width) return { first: false, count: second };
  if (shape.length === 2 && isCount(first) && second === height * width) return { first: true, count: first };
  const places = isCount(first) ? [second, third] : isCount(third) ? [first, second] : undefined;
  if (shape.length === 3 && places) {
    const [rows, columns] = places;
    throw new XincError(
      'invalid-option',
      `The network draws ${rows}×${columns} pixels, and the signal has ${height}×${width}`,
      { subject: 'size', hint: `Give the signal that size: \`size: ${rows}x${columns}\`.` },
    );
  }
  throw new NoPicture(output);
}

function noPicture(name: string, shape: Shape, { arrays }: StoredNetwork, { height, width }: SignalShape): XincError {
  const four = shape.includes(4) ? '; opacity is not read' : '';
  const open = shape.map((extent) => (extent === TRIED_PIXELS ? 'P' : extent));
  const is = shape.length === 0 ? 'a single number' : open.join('×');
  // Rows that are no pixels are taken for entries of frames.
  const strange = Object.entries(arrays).find(
    ([, array]) => array.length === 2 && array[0] % (height * width) !== 0 && shape.length <= 2,
  );
  if (strange) {
    return new XincError(
      'invalid-option',
      `The array '${strange[0]}' is ${formatShape(strange[1])}, and the picture has ${height}×${width} pixels`,
      { subject: 'inputs', hint: `Give a row for each of the ${height * width} pixels.` },
    );
  }
  return new XincError('unsupported', `The network's output '${name}' is ${is}, no picture${four}`, {
    subject: name,
    hint: 'A network of pixels gives [P, 3], one of frames [B, 3, H, W] or [B, H, W, 3]; grey pictures have 1 in place of 3.',
  });
}

/** A network's output as [P, 3] or [B, 3, H, W]; grey is all three colours. */
export function asPicture<T>(ops: Ops<T>, output: T, { kind, colours }: Sampling, { height, width }: SignalShape): T {
  const { first, count } = colours;
  const shape = ops.shapeOf(output);
  if (kind === 'pixels') {
    const pixels = sizeOf(shape) / count;
    const seen = reshaped(ops, output, first ? [count, pixels] : [pixels, count]);
    const rows = first ? ops.transpose(seen, [1, 0]) : seen;
    return count === 3 ? rows : ops.broadcastTo(rows, [pixels, 3]);
  }
  const frames = sizeOf(shape) / (count * height * width);
  const seen = reshaped(ops, output, first ? [frames, count, height, width] : [frames, height, width, count]);
  const picture = first ? seen : ops.transpose(seen, [0, 3, 1, 2]);
  return count === 3 ? picture : ops.broadcastTo(picture, [frames, 3, height, width]);
}

function reshaped<T>(ops: Ops<T>, x: T, shape: Shape): T {
  return formatShape(ops.shapeOf(x)) === formatShape(shape) ? x : ops.reshape(x, shape);
}
