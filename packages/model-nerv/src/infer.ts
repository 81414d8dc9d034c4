import { type Shape, type SignalShape, sizeOf, XincError } from '@xinc/core';
import type { NervConfig } from './config.js';
import { hnervNaming, type Naming, ownNaming, publishedNamings } from './naming.js';
import { isWhole, repaired } from './nearest.js';
import { weightOf } from './parameters.js';

type KernelSizes = NervConfig['kernelSize'];

/**
 * The configuration that the tensors of a state dict (name → shape) tell of: widths, strides, kernel sizes and encoding
 * levels. Empty where they are not recognisably a NeRV's. Activation and output leave no trace in shapes.
 * @throws XincError `invalid-option` where the network draws pictures of another size than the signal's; `unsupported`
 *   for an HNeRV, which draws frames from embeddings.
 */
export function inferConfig(shapes: Readonly<Record<string, Shape>>, signal: SignalShape): Partial<NervConfig> {
  for (const naming of [...publishedNamings, ownNaming]) {
    const found = readShapes(shapes, naming);
    if (!found) continue;
    if (Object.keys(shapes).some((name) => name.startsWith('encoder.'))) throw embedded();
    // A stem of one cell makes its map from one number per channel: of an embedding, where the code is HNeRV's.
    if (naming === hnervNaming && found.stemCells === 1 && !isPicture(found, signal)) throw embedded();
    checkPicture(found, signal);
    return settingsOf(found, naming);
  }
  return inferNearest(shapes, signal);
}

/** Of what comes nearest to a network of the signal in tensors that make no whole one. */
function inferNearest(shapes: Readonly<Record<string, Shape>>, signal: SignalShape): Partial<NervConfig> {
  for (const naming of [...publishedNamings, ownNaming]) {
    for (const mended of repaired(shapes, naming)) {
      const found = readShapes(mended, naming);
      if (found && isPicture(found, signal)) return settingsOf(found, naming);
    }
  }
  return {};
}

function settingsOf(
  { widths, strides, kernelSize, encodingLevels, stemWidths }: ReadNetwork,
  { encodingOrder }: Naming,
): Partial<NervConfig> {
  return {
    ...{ widths, strides, kernelSize, encodingLevels },
    ...(stemWidths.length > 0 && { stemWidths }),
    ...(encodingOrder && { encodingOrder }),
  };
}

interface ReadNetwork {
  readonly widths: number[];
  readonly strides: number[];
  readonly kernelSize: KernelSizes;
  readonly encodingLevels: number;
  readonly stemWidths: number[];
  /** h₀·w₀ */
  readonly stemCells: number;
}

/** A block of C'·s² outputs, followed by a layer of C' inputs, has stride s. */
function readShapes(shapes: Readonly<Record<string, Shape>>, naming: Naming): ReadNetwork | undefined {
  const weight = (layer: string): Shape | undefined => shapes[weightOf(layer)];
  const hidden: Shape[] = [];
  for (;;) {
    const next = naming.hidden && weight(naming.hidden(hidden.length + 1));
    // Where the stem's name depends on what is before it, the last of the dense layers is the stem.
    if (!next || !weight(naming.stem(hidden.length + 1))) break;
    hidden.push(next);
  }
  const stem = weight(naming.stem(hidden.length));
  const blocks: Shape[] = [];
  for (let next = weight(naming.block(1)); next; next = weight(naming.block(blocks.length + 1))) blocks.push(next);
  const head = weight(naming.head(blocks.length));
  if (!stem || !head || blocks.length === 0) return undefined;
  const layers = [naming.stem(hidden.length), ...blocks.map((_, i) => naming.block(i + 1)), naming.head(blocks.length)];
  if (!layers.every((layer) => isWhole(shapes, layer))) return undefined;

  const kernels = [...blocks, head];
  const kernelSize = kernels.map(([, , k]) => k);
  const widths = kernels.map(([, inChannels]) => inChannels);
  const strides = blocks.map(([outChannels], i) => Math.sqrt(outChannels / widths[i + 1]));
  const dense = [...hidden, stem];
  const stemWidths = hidden.map(([outputs]) => outputs);
  const stemCells = stem[0] / widths[0];
  const encodingLevels = dense[0][1] / 2;
  const convolutions = kernels.every((shape) => shape.length === 4 && shape[2] === shape[3]);
  const chained = dense.every(
    (shape, i) => sizeOf(shape) === shape[0] * shape[1] && (i === 0 || shape[1] === stemWidths[i - 1]),
  );
  const whole = [...strides, ...stemWidths, stemCells, encodingLevels].every(
    (extent) => Number.isInteger(extent) && extent > 0,
  );
  if (!convolutions || !chained || !whole || !areKernelSizes(kernelSize)) return undefined;
  return { widths, strides, kernelSize, encodingLevels, stemWidths, stemCells };
}

function areKernelSizes(sizes: readonly number[]): sizes is KernelSizes {
  return sizes.every((size) => size === 1 || size === 3 || size === 5);
}

function embedded(): XincError {
  return new XincError(
    'unsupported',
    'nerv: the checkpoint is of an HNeRV, which draws a frame from what its encoder makes of that frame, not from its index',
    { subject: 'model', hint: 'Give a network trained on an encoding of the index, or add a plugin for this one.' },
  );
}

/** The stem's cells times what the blocks upsample by, squared, are the picture's pixels. */
function isPicture({ stemCells, strides }: ReadNetwork, { height, width }: SignalShape): boolean {
  const factor = product(strides);
  return stemCells * factor ** 2 === height * width && height % factor === 0 && width % factor === 0;
}

function checkPicture(network: ReadNetwork, signal: SignalShape): void {
  if (isPicture(network, signal)) return;
  const { stemCells, strides } = network;
  const { height, width } = signal;
  const factor = product(strides);
  const [rows, columns] = nearestStem(stemCells, height / width);
  throw new XincError(
    'invalid-option',
    `nerv: the checkpoint's network makes pictures of ${stemCells * factor ** 2} pixels with sides that are multiples of ${factor}, and the signal is ${height}×${width}`,
    {
      setting: 'size',
      hint: `Give the size it was trained at, such as \`size: ${rows * factor}x${columns * factor}\`.`,
    },
  );
}

const product = (factors: readonly number[]): number => factors.reduce((a, b) => a * b, 1);

/** The way to lay out so many cells in rows and columns whose aspect ratio is nearest. */
function nearestStem(cells: number, aspect: number): [rows: number, columns: number] {
  const off = (rows: number) => Math.abs(Math.log((rows * rows) / cells / aspect));
  const divisors: number[] = [];
  for (let rows = 1; rows * rows <= cells; rows++) if (cells % rows === 0) divisors.push(rows, cells / rows);
  const rows = divisors.reduce((best, candidate) => (off(candidate) < off(best) ? candidate : best));
  return [rows, cells / rows];
}
