import { KernelError } from '../errors.js';
import type {
  Activation,
  AxisSums,
  ConvSource,
  DenseSource,
  GatedSource,
  KernelLayer,
  PlaneStep,
  PlanesSource,
  PlanesStart,
} from '../layer.js';
import type { PointwiseProgram } from '../pointwise-program.js';
import type { Region } from '../region.js';
import { POINTWISE_CODES } from '../wasm/pointwise.js';

function check(condition: boolean, problem: string): void {
  if (!condition) throw new KernelError(problem);
}

const isCount = (value: number) => Number.isInteger(value) && value >= 1;

/** @throws KernelError where extents and lengths do not fit one another */
export function checkLayer(source: KernelLayer): void {
  if (source.kind === 'dense' || source.kind === 'gated') checkDense(source);
  if (source.kind === 'dense') checkScale(source);
  else if (source.kind === 'gated') checkGate(source);
  else if (source.kind === 'conv') checkConv(source);
  else checkPlanes(source);
}

type DenseInput = Pick<DenseSource, 'pixels' | 'neurons' | 'width' | 'input' | 'activation'>;

function checkDense({ pixels, neurons, width, input, activation }: DenseInput): void {
  check(isCount(pixels) && isCount(neurons), `A dense layer has ${pixels} pixels and ${neurons} neurons`);
  check(width === undefined || (isCount(width) && pixels % width === 0), `${pixels} pixels are not rows of ${width}`);
  check(input.length === pixels * neurons, `The input holds ${input.length} values, not ${pixels} × ${neurons}`);
  checkFunction(activation);
}

function checkScale({ neurons, scale }: DenseSource): void {
  check(scale.length === neurons, `There are ${scale.length} scales for ${neurons} neurons`);
}

function checkGate({ pixels, neurons, outputs, gate, weight, offset }: GatedSource): void {
  check(gate.length === pixels * outputs, `The gate holds ${gate.length} values, not ${pixels} × ${outputs}`);
  check(weight.length === outputs * neurons, `The weight holds ${weight.length} values, not ${outputs} × ${neurons}`);
  check(offset.length === pixels, `There are ${offset.length} offsets for ${pixels} pixels`);
}

function checkPlanes({ start, steps, picture }: PlanesSource): void {
  const { height, width } = start;
  check(isCount(height) && isCount(width), `The first plane has extents ${height}×${width}`);
  if (start.kind === 'values') {
    const { neurons, input } = start;
    const fits = isCount(neurons) && input.length === height * width * neurons;
    check(fits, `The input holds ${input.length} values, not ${height} × ${width} × ${neurons}`);
  } else checkConvolution(start);
  const known = Number.isInteger(picture) && picture >= 0 && picture <= steps.length;
  check(known, `The picture is plane ${picture}, of ${steps.length + 1}`);
  const extents: (readonly [number, number])[] = [[height, width]];
  for (const [i, step] of steps.entries()) {
    const read = step.kind === 'sum' ? step.of.map(({ plane }) => plane) : [step.of];
    const made = read.length > 0 && read.every((plane) => Number.isInteger(plane) && plane >= 0 && plane <= i);
    check(made, `Step ${i} reads planes ${read.join(', ')}, which are not made before it`);
    extents.push(
      checkStep(
        step,
        read.map((plane) => extents[plane]),
      ),
    );
  }
}

/** The extents of what a step makes. */
function checkStep(
  step: PlaneStep,
  [[height, width], ...others]: readonly (readonly [number, number])[],
): readonly [number, number] {
  switch (step.kind) {
    case 'function':
      checkFunction(step.f);
      return [height, width];
    case 'sum':
      check(
        others.every(([h, w]) => h === height && w === width),
        'Planes of different extents are added',
      );
      return [height, width];
    case 'factor':
      check(step.by.length === height * width, `A factor holds ${step.by.length} values, not ${height} × ${width}`);
      return [height, width];
    case 'scatter':
      check(isCount(step.scale), `A plane is scattered by ${step.scale}`);
      return [height * step.scale, width * step.scale];
    case 'weighted':
      checkSums(step.rows, height);
      checkSums(step.columns, width);
      return [step.rows.length, step.columns.length];
  }
}

function checkSums(sums: AxisSums, inputs: number): void {
  check(sums.length > 0, 'A plane has no extent');
  for (const taps of sums) {
    for (const [input] of taps) {
      check(Number.isInteger(input) && input >= 0 && input < inputs, `Place ${input} is read, of ${inputs}`);
    }
  }
}

function checkConvolution(start: Extract<PlanesStart, { kind: 'convolution' }>): void {
  const { input, inputShape, kernel, kernelSize, outputs, groups, stride, dilation, padding, bias } = start;
  const [channels, height, width] = inputShape;
  check(
    [...inputShape, ...kernelSize, outputs, groups, ...stride, ...dilation].every(isCount),
    'Extents are no counts',
  );
  check(channels % groups === 0 && outputs % groups === 0, `${channels} → ${outputs} channels are no ${groups} groups`);
  check(
    padding.every((zeros) => Number.isInteger(zeros) && zeros >= 0),
    `The padding is ${padding}`,
  );
  check(input.length === channels * height * width, `The input holds ${input.length} values, not ${inputShape}`);
  const weights = (outputs * channels * kernelSize[0] * kernelSize[1]) / groups;
  check(kernel.length === weights, `The kernels hold ${kernel.length} values, not ${weights}`);
  check(bias.length === outputs, `There are ${bias.length} biases for ${outputs} channels`);
}

function checkFunction(activation: Activation | PointwiseProgram | null): void {
  if (activation === null || typeof activation === 'string') return;
  check(activation.instructions.length > 0, 'A function has no instructions');
  for (const [i, { operation, a, b, c }] of activation.instructions.entries()) {
    check(Object.hasOwn(POINTWISE_CODES, operation), `There is no operation '${operation}'`);
    for (const operand of [a, b ?? a, c ?? a]) {
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
