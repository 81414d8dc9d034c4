/** A dense layer on some rows: x [rows, N], W[o,n] at `o · outputStep + n · neuronStep`, and a bias of one number per output, or for all. */
export interface DenseProduct {
  readonly x: Float32Array;
  readonly neurons: number;
  readonly weight: Float32Array;
  readonly outputStep: number;
  readonly neuronStep: number;
  readonly bias: Float32Array | undefined;
  readonly outputs: number;
}

/** Outputs whose sums are made at once: their additions do not wait for one another. */
const TOGETHER = 4;

/**
 * Σ_n (x_n · W[o,n] + b[o] / N) of every row and output, n in order, added up in float64.
 * @param terms in which precision each term is computed: `float32` is what the kernels do
 * @param take called once for each row and output
 */
export function denseSums(
  { x, neurons, weight, outputStep, neuronStep, bias, outputs }: DenseProduct,
  terms: 'float32' | 'float64',
  take: (sum: number, row: number, output: number) => void,
): void {
  const rows = x.length / neurons;
  const addUp = terms === 'float32' ? addRounded : addExact;
  // What is beyond the last output stays 0.
  const columns = new Float32Array(neurons * TOGETHER);
  const shares = new Float64Array(TOGETHER);
  const sums = new Float64Array(TOGETHER);
  for (let first = 0; first < outputs; first += TOGETHER) {
    const count = Math.min(TOGETHER, outputs - first);
    for (let i = 0; i < count; i++) {
      const o = first + i;
      for (let n = 0; n < neurons; n++) columns[n * TOGETHER + i] = weight[o * outputStep + n * neuronStep];
      shares[i] = bias ? bias[bias.length === 1 ? 0 : o] / neurons : 0;
    }
    for (let row = 0; row < rows; row++) {
      addUp(x, row * neurons, columns, shares, sums);
      for (let i = 0; i < count; i++) take(sums[i], row, first + i);
    }
  }
}

type AddUp = (x: Float32Array, from: number, columns: Float32Array, shares: Float64Array, sums: Float64Array) => void;

const addExact: AddUp = (x, from, columns, shares, sums) => {
  const [share0, share1, share2, share3] = shares;
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let at = 0, n = from; at < columns.length; at += TOGETHER, n++) {
    const value = x[n];
    sum0 += value * columns[at] + share0;
    sum1 += value * columns[at + 1] + share1;
    sum2 += value * columns[at + 2] + share2;
    sum3 += value * columns[at + 3] + share3;
  }
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
};

const { fround } = Math;

const addRounded: AddUp = (x, from, columns, shares, sums) => {
  const share0 = fround(shares[0]);
  const share1 = fround(shares[1]);
  const share2 = fround(shares[2]);
  const share3 = fround(shares[3]);
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let at = 0, n = from; at < columns.length; at += TOGETHER, n++) {
    const value = x[n];
    sum0 += fround(fround(value * columns[at]) + share0);
    sum1 += fround(fround(value * columns[at + 1]) + share1);
    sum2 += fround(fround(value * columns[at + 2]) + share2);
    sum3 += fround(fround(value * columns[at + 3]) + share3);
  }
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
};
