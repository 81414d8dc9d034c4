import { loadKernels } from '@xinc/kernels';
import { expect, test } from 'vitest';
import { denseSums } from './dense-sums.js';
import { randomStream } from './random.js';

const { uniform } = randomStream(3, 'dense sums');
const draw = (length: number) => Float32Array.from({ length }, () => 2 * uniform() - 1);

/** [rows, outputs] */
function sumsOf(product: Parameters<typeof denseSums>[0], terms: 'float32' | 'float64'): number[] {
  const sums: number[] = [];
  denseSums(product, terms, (sum, row, output) => {
    sums[row * product.outputs + output] = sum;
  });
  return sums;
}

test.each([1, 3, 4, 9])(
  'sums of float32 terms are those of what the kernels give, to the last bit: %i outputs',
  async (outputs) => {
    const [rows, neurons] = [7, 13];
    const [x, weight, bias] = [draw(rows * neurons), draw(outputs * neurons), draw(outputs)];
    const kernels = await loadKernels();
    const expected: number[] = [];
    for (let o = 0; o < outputs; o++) {
      const scale = weight.slice(o * neurons, (o + 1) * neurons);
      const offset = bias[o] / neurons;
      const source = kernels.open({ kind: 'dense', input: x, pixels: rows, neurons, scale, offset, activation: null });
      const responses = source.responses(Array.from({ length: neurons }, (_, n) => n));
      for (let row = 0; row < rows; row++) {
        expected[row * outputs + o] = 0;
        for (let n = 0; n < neurons; n++) expected[row * outputs + o] += responses[n * rows + row];
      }
    }
    kernels.dispose();
    expect(sumsOf({ x, neurons, weight, outputStep: neurons, neuronStep: 1, bias, outputs }, 'float32')).toEqual(
      expected,
    );
  },
);

test('sums of float64 terms are those of the definition, for weights stored either way, and a bias of one number or none', () => {
  const [rows, neurons, outputs] = [5, 6, 7];
  const [x, weight] = [draw(rows * neurons), draw(outputs * neurons)];
  for (const bias of [draw(outputs), draw(1), undefined]) {
    for (const [outputStep, neuronStep] of [
      [neurons, 1],
      [1, outputs],
    ]) {
      const expected = Array.from({ length: rows * outputs }, (_, i) => {
        const [row, o] = [Math.floor(i / outputs), i % outputs];
        let sum = 0;
        for (let n = 0; n < neurons; n++) {
          const share = bias ? bias[bias.length === 1 ? 0 : o] / neurons : 0;
          sum += x[row * neurons + n] * weight[o * outputStep + n * neuronStep] + share;
        }
        return sum;
      });
      expect(sumsOf({ x, neurons, weight, outputStep, neuronStep, bias, outputs }, 'float64')).toEqual(expected);
    }
  }
});
