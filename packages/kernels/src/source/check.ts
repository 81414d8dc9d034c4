import { KernelError } from '../errors.js';
import type { ConvSource, DenseSource } from '../layer.js';
import type { Region } from '../region.js';

function check(condition: boolean, problem: string): void {
  if (!condition) throw new KernelError(problem);
}

const isCount = (value: number) => Number.isInteger(value) && value >= 1;

/** @throws KernelError where extents and lengths do not fit one another */
export function checkLayer(source: DenseSource | ConvSource): void {
  if (source.kind === 'dense') checkDense(source);
  else checkConv(source);
}

function checkDense({ pixels, neurons, width, input, scale }: DenseSource): void {
  check(isCount(pixels) && isCount(neurons), `A dense layer has ${pixels} pixels and ${neurons} neurons`);
  check(width === undefined || (isCount(width) && pixels % width === 0), `${pixels} pixels are not rows of ${width}`);
  check(input.length === pixels * neurons, `The input holds ${input.length} values, not ${pixels} × ${neurons}`);
  check(scale.length === neurons, `There are ${scale.length} scales for ${neurons} neurons`);
}

function checkConv(source: ConvSource): void {
  const { inputShape, outChannels, kernelSize, shuffle, input, kernel, bias, path } = source;
  const [channels, height, width] = inputShape;
  check(inputShape.every(isCount) && isCount(outChannels), `A convolution has extents ${inputShape} → ${outChannels}`);
  check(isCount(kernelSize) && kernelSize % 2 === 1, `The kernel size is ${kernelSize}, not odd`);
  check(isCount(shuffle) && outChannels % shuffle ** 2 === 0, `${outChannels} channels do not shuffle by ${shuffle}`);
  check(input.length === channels * height * width, `The input holds ${input.length} values, not ${inputShape}`);
  const weights = outChannels * channels * kernelSize ** 2;
  check(kernel.length === weights, `The kernels hold ${kernel.length} values, not ${weights}`);
  check(bias.length === outChannels, `There are ${bias.length} biases for ${outChannels} channels`);
  for (const stage of path) {
    if (stage.kind === 'box')
      check(isCount(stage.size) && stage.size % 2 === 1, `A box has size ${stage.size}, not odd`);
    if (stage.kind === 'upsample') check(isCount(stage.scale), `An upsampling is by ${stage.scale}`);
  }
}

/** @throws KernelError for a region outside the picture */
export function checkRegion({ top, left, height, width }: Region, rows: number, columns: number): void {
  const inside =
    isCount(height) &&
    isCount(width) &&
    Number.isInteger(top) &&
    Number.isInteger(left) &&
    top >= 0 &&
    left >= 0 &&
    top + height <= rows &&
    left + width <= columns;
  check(inside, `The region ${height}×${width} at (${top}, ${left}) is not inside ${rows}×${columns}`);
}

/** @throws KernelError for an index out of range */
export function checkNeurons(neurons: ArrayLike<number>, count: number): void {
  for (let i = 0; i < neurons.length; i++) {
    const neuron = neurons[i];
    check(Number.isInteger(neuron) && neuron >= 0 && neuron < count, `There is no neuron ${neuron}, of ${count}`);
  }
}

/** @throws KernelError for neurons start … end − 1 that are not all there */
export function checkRange(start: number, end: number, count: number): void {
  const inside = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= count;
  check(inside, `Neurons ${start} to ${end} are not among the ${count}`);
}
