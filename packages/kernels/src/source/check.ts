import { KernelError } from '../errors.js';
import type { Activation, ConvSource, DenseSource, KernelLayer } from '../layer.js';
import type { PointwiseProgram } from '../pointwise-program.js';
import type { Grouping, ReduceRequest } from '../reduce-request.js';
import type { Region } from '../region.js';
import { POINTWISE_CODES } from '../wasm/pointwise.js';

function check(condition: boolean, problem: string): void {
  if (!condition) throw new KernelError(problem);
}

const isCount = (value: number) => Number.isInteger(value) && value >= 1;

/** @throws KernelError where extents and lengths do not fit one another */
export function checkLayer(source: KernelLayer): void {
  if (source.kind === 'dense') checkDense(source);
  else checkConv(source);
}

function checkDense({ pixels, neurons, width, input, scale, activation }: DenseSource): void {
  check(isCount(pixels) && isCount(neurons), `A dense layer has ${pixels} pixels and ${neurons} neurons`);
  check(width === undefined || (isCount(width) && pixels % width === 0), `${pixels} pixels are not rows of ${width}`);
  check(input.length === pixels * neurons, `The input holds ${input.length} values, not ${pixels} × ${neurons}`);
  check(scale.length === neurons, `There are ${scale.length} scales for ${neurons} neurons`);
  checkFunction(activation);
}

function checkFunction(activation: Activation | PointwiseProgram | null): void {
  if (activation === null || typeof activation === 'string') return;
  check(activation.instructions.length > 0, 'A function has no instructions');
  for (const [i, { operation, a, b }] of activation.instructions.entries()) {
    check(Object.hasOwn(POINTWISE_CODES, operation), `There is no operation '${operation}'`);
    for (const operand of [a, b ?? a]) {
      if ('value' in operand) {
        const known = Number.isInteger(operand.value) && operand.value >= 0 && operand.value <= i;
        check(known, `Instruction ${i} reads value ${operand.value}, which is not made before it`);
      } else check(typeof operand.constant === 'number', `Instruction ${i} reads no number`);
    }
  }
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

/** @throws KernelError for labels that do not fit the region */
export function checkGroupings(groupings: readonly Grouping[], pixels: number): void {
  for (const { labels, groups } of groupings) {
    check(labels.length === pixels, `A grouping has ${labels.length} labels for ${pixels} pixels`);
    let largest = 0;
    for (let p = 0; p < labels.length; p++) if (labels[p] > largest) largest = labels[p];
    check(isCount(groups) && largest < groups, `A label is ${largest}, and there are ${groups} groups`);
  }
}

/** @throws KernelError for thresholds that do not fit the region */
export function checkThresholds({ pixelThreshold, taus = [] }: ReduceRequest, pixels: number): void {
  const thresholds = pixelThreshold?.length ?? pixels;
  check(thresholds === pixels, `There are ${thresholds} thresholds for ${pixels} pixels`);
  check(!taus.some(Number.isNaN), 'A threshold is not a number');
}
