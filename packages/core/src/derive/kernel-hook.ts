import type { Activation, ConvHook, DenseHook, Stage } from '../inr.js';
import { hasUnitSteps } from '../ops/convolution.js';
import type { LayerValues } from './layer-values.js';
import type { ConvolutionLayer, DensePixelsLayer, DerivedLayer } from './layers.js';
import { activationNamed, compilePointwise, type Pointwise } from './pointwise.js';
import type { Step } from './way.js';

type Named<H> = Omit<H, 'id' | 'label' | 'reading' | 'channels'>;

/** The layer as the kernels know it, if they do: `undefined` for what only the tables describe. */
export function kernelHook(layer: DerivedLayer, names: LayerValues): Named<DenseHook> | Named<ConvHook> | undefined {
  if (!layer.bias || names.parameterOf(layer.weight) === undefined) return undefined;
  if (layer.kind === 'dense') return denseHook(layer, names);
  return layer.kind === 'conv' && !layer.transposed ? convHook(layer, names) : undefined;
}

function denseHook(layer: DensePixelsLayer, names: LayerValues): Named<DenseHook> | undefined {
  const activation = layer.activation && nameOf(layer.activation);
  const bias = biasParameter(layer, names);
  if (!layer.outFirst || layer.gate || bias === undefined || (layer.activation && !activation)) return undefined;
  return {
    kind: 'dense',
    input: names.record('input', layer.input),
    weight: names.parameterOf(layer.weight)!,
    bias,
    preactivation: names.record('preactivation', layer.preactivation),
    activation: activation ?? null,
  };
}

function convHook(layer: ConvolutionLayer, names: LayerValues): Named<ConvHook> | undefined {
  const [, , k, l] = layer.weight.shape;
  const { attributes } = layer.operation;
  const bias = biasParameter(layer, names);
  const keepsExtents = k === l && k % 2 === 1 && attributes.padding.every((side) => side === (k - 1) / 2);
  const stages = stagesOf(layer.way.steps);
  if (!hasUnitSteps(attributes) || !keepsExtents || bias === undefined || !stages) return undefined;
  return {
    kind: 'conv',
    input: names.record('input', layer.input),
    kernel: names.parameterOf(layer.weight)!,
    bias,
    preactivation: names.record('preactivation', layer.preactivation),
    ...stages,
  };
}

/** A bias that is a parameter, one number per output, however it is reshaped. */
function biasParameter({ bias, preactivation, kind }: DerivedLayer, names: LayerValues): string | undefined {
  let node = bias!;
  while (node.kind === 'operation' && node.op === 'reshape') [node] = node.inputs;
  const outputs = preactivation.shape[kind === 'dense' ? preactivation.shape.length - 1 : 1];
  return node.shape.length === 1 && node.shape[0] === outputs ? names.parameterOf(node) : undefined;
}

/** Steps one after the other that the kernels have: a shuffle and an activation, then means, upsamplings and activations. */
function stagesOf(steps: readonly Step[]): Pick<ConvHook, 'shuffle' | 'activation' | 'path'> | undefined {
  let shuffle = 1;
  let activation: Activation | null = null;
  const path: Stage[] = [];
  for (const [i, step] of steps.entries()) {
    if (step.kind === 'sum' || step.of !== i) return undefined;
    if (step.kind === 'scatter' && path.length === 0) shuffle = step.scale;
    else if (step.kind === 'function') {
      const name = nameOf(step.f);
      if (!name) return undefined;
      if (path.length === 0 && activation === null) activation = name;
      else path.push({ kind: 'activation', activation: name });
    } else if (step.kind === 'upsample') pushUpsample(path, step.scale);
    else if (step.kind === 'mean' && isBox(step)) path.push({ kind: 'box', size: step.window.size[0] });
    else return undefined;
  }
  return { shuffle, activation, path };
}

/** Functions commute with nearest upsampling, and come after it in the kernels' language. */
function pushUpsample(path: Stage[], scale: number): void {
  const functions = path.length - 1 - path.findLastIndex(({ kind }) => kind !== 'activation');
  path.splice(path.length - functions, 0, { kind: 'upsample', scale });
}

function isBox({ window: { size, stride, dilation, padding } }: Extract<Step, { kind: 'mean' }>): boolean {
  const [k, l] = size;
  const unit = [...stride, ...dilation].every((step) => step === 1);
  return unit && k === l && k % 2 === 1 && padding.every((side) => side === (k - 1) / 2);
}

const nameOf = (f: Pointwise): Activation | undefined => activationNamed(compilePointwise(f));
