import type { Completeness } from '../analysis.js';
import { denseSums } from '../dense-sums.js';
import type { NdArray } from '../ndarray.js';
import { neuronsOf, type ReadValue, responsesOf } from './contributions.js';
import type { ConvolutionLayer, DerivedLayer } from './layers.js';

/** Takes a sum over all neurons, and the pre-activation that it is to be. */
type Compare = (sum: number, preactivation: number) => void;

/** Σ_n c_{n→o} against what the engine computed, before any activation. */
export function measureLayer(layer: DerivedLayer, read: ReadValue): Completeness {
  const z = read(layer.preactivation);
  let largestError = 0;
  let largestPreactivation = 0;
  const compare: Compare = (sum, value) => {
    largestError = Math.max(largestError, Math.abs(sum - value));
    largestPreactivation = Math.max(largestPreactivation, Math.abs(value));
  };
  if (layer.kind === 'conv') compareConvolution(layer, read, z, compare);
  else compareDense(layer, read, z, compare);
  return { largestError, largestPreactivation };
}

function compareDense(
  layer: Exclude<DerivedLayer, ConvolutionLayer>,
  read: ReadValue,
  z: NdArray,
  compare: Compare,
): void {
  const { data: x, shape } = read(layer.input);
  const [rows, neurons] = shape;
  const outputs = z.data.length / rows;
  const [outputStep, neuronStep] = layer.outFirst ? [neurons, 1] : [1, outputs];
  const weight = read(layer.weight).data;
  const bias = layer.bias && read(layer.bias).data;
  denseSums({ x, neurons, weight, outputStep, neuronStep, bias, outputs }, 'float64', (sum, row, o) =>
    compare(sum, z.data[row * outputs + o]),
  );
}

function compareConvolution(layer: ConvolutionLayer, read: ReadValue, z: NdArray, compare: Compare): void {
  const response = responsesOf(layer, read);
  const [, outputs, height, width] = layer.operation.shape;
  const inputs = neuronsOf(layer) / outputs;
  for (let o = 0; o < outputs; o++) {
    const sums = new Float64Array(height * width);
    for (let i = 0; i < inputs; i++) {
      response(i * outputs + o).data.forEach((value, p) => {
        sums[p] += value;
      });
    }
    for (const [p, sum] of sums.entries()) compare(sum, z.data[o * height * width + p]);
  }
}
