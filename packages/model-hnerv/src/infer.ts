import { formatShape, type SignalShape, XincError } from '@xinc/core';
import { type CheckpointPlace, findPlace, isWhole, type Shapes } from './checkpoint-place.js';
import { type HnervConfig, hnervConfig } from './config.js';
import { ENCODER } from './encoder.js';
import { repairedPlaces } from './nearest.js';
import { product } from './strides.js';

/**
 * The configuration that the tensors of a state dict (name → shape) tell of: embeddings, widths, strides and kernel sizes.
 * Empty where they are not recognisably an HNeRV's. Activation and output leave no trace in shapes.
 * @throws XincError `invalid-option` where the network draws pictures of another size than the signal's; `unsupported` for
 *   normalised blocks.
 */
export function inferConfig(shapes: Shapes, signal: SignalShape): Partial<HnervConfig> {
  const place = findPlace(shapes);
  const read = place && isWhole(shapes, place) ? readKernels(place) : undefined;
  if (!place || !read) return inferNearest(shapes, signal);
  const encoded = Object.keys(shapes).some((name) => name.startsWith(place.prefix + ENCODER));
  if (!place.embeddings) {
    // They may lie around this place: what is looked at is then the place itself, not one that encloses it. The stem of a NeRV in
    // the same code makes many cells of one vector.
    if (place.prefix !== '' || (read.stemScale !== 1 && !encoded)) return {};
  }
  const norm = Object.keys(shapes).find((name) => /^decoder\.\d+\.norm\./.test(name.slice(place.prefix.length)));
  if (norm !== undefined) {
    throw new XincError(
      'unsupported',
      `hnerv: the checkpoint's blocks are normalised ('${norm}'), which is not computed`,
      {
        subject: 'model',
        hint: 'Export the decoder to ONNX and import that (docs/networks.md).',
      },
    );
  }
  if (place.embeddings) checkPicture(place.embeddings, read, signal);
  else checkMultiple(read, signal);
  return settingsOf(read, place.embeddings, signal);
}

/** Of what comes nearest to a network of the signal in tensors that make no whole one. */
function inferNearest(shapes: Shapes, signal: SignalShape): Partial<HnervConfig> {
  for (const place of repairedPlaces(shapes)) {
    const read = readKernels(place);
    if (read && place.embeddings && draws(place.embeddings, read, signal)) {
      return settingsOf(read, place.embeddings, signal);
    }
  }
  return {};
}

function settingsOf(
  { stemScale, ...inferred }: Read,
  embeddings: CheckpointPlace['embeddings'],
  { frames }: SignalShape,
): Partial<HnervConfig> {
  return {
    ...inferred,
    ...(stemScale > 1 && { stemScale }),
    ...(embeddings && embeddings[0] !== frames && { embeddings: embeddings[0] }),
  };
}

type Read = Pick<HnervConfig, 'embeddingChannels' | 'stemScale'> &
  Required<Pick<HnervConfig, 'widths' | 'strides' | 'kernelSizes'>>;

/** A block of C'·s² outputs, followed by a layer of C' inputs, has stride s. */
function readKernels({ kernels, embeddings }: CheckpointPlace): Read | undefined {
  const [stem, ...others] = kernels;
  const scales = kernels.slice(0, -1).map(([outputs], i) => Math.sqrt(outputs / kernels[i + 1][1]));
  const [stemScale, ...strides] = scales;
  const settings = hnervConfig.shape;
  const widths = settings.widths.safeParse(others.map(([, inputs]) => inputs));
  const sizes = settings.kernelSizes.safeParse(others.map(([, , side]) => side));
  const upsampling = settings.strides.safeParse(strides);
  const whole = Number.isInteger(stemScale) && stem[2] === 1 && others[others.length - 1][0] === 3;
  const fits = embeddings === undefined || embeddings[1] === stem[1];
  if (!whole || !fits || !widths.data || !sizes.data || !upsampling.data) return undefined;
  return {
    embeddingChannels: stem[1],
    widths: widths.data,
    strides: upsampling.data,
    kernelSizes: sizes.data,
    stemScale,
  };
}

type Scales = Pick<Read, 'strides' | 'stemScale'>;

/** Whether frames of the signal's size are made of such embeddings. */
function draws([, , rows, columns]: readonly number[], { strides, stemScale }: Scales, signal: SignalShape): boolean {
  const factor = product(strides) * stemScale;
  return rows * factor === signal.height && columns * factor === signal.width;
}

function checkPicture(embeddings: readonly number[], { strides, stemScale }: Scales, signal: SignalShape): void {
  if (draws(embeddings, { strides, stemScale }, signal)) return;
  const factor = product(strides) * stemScale;
  const [height, width] = [embeddings[2] * factor, embeddings[3] * factor];
  throw new XincError(
    'invalid-option',
    `hnerv: the checkpoint's network makes pictures of ${height}×${width} from embeddings of ${formatShape(embeddings.slice(1))}, and the signal is ${signal.height}×${signal.width}`,
    { setting: 'size', hint: `Give that size: \`size: ${height}x${width}\`.` },
  );
}

function checkMultiple({ strides, stemScale }: Read, { height, width }: SignalShape): void {
  const factor = product(strides) * stemScale;
  if (height % factor === 0 && width % factor === 0) return;
  const nearest = [height, width].map((side) => Math.max(Math.round(side / factor), 1) * factor);
  throw new XincError(
    'invalid-option',
    `hnerv: the checkpoint's network makes pictures whose sides are multiples of ${factor}, and the signal is ${height}×${width}`,
    { setting: 'size', hint: `Give the size it was trained at, such as \`size: ${nearest.join('x')}\`.` },
  );
}
