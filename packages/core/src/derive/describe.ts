import type { GraphNode } from '../graph/nodes.js';
import type { ConvolutionLayer, DerivedLayer } from './layers.js';
import { activationNamed, compilePointwise, functionNamed, nodesOf, type Pointwise } from './pointwise.js';
import type { Step } from './way.js';

/** A layer in a few words: "conv 3×3, 10 → 32". */
export function describeKind(layer: DerivedLayer): string {
  if (layer.kind === 'conv') return describeConvolution(layer);
  const [first, second] = layer.weight.shape;
  const [inputs, outputs] = layer.outFirst ? [second, first] : [first, second];
  if (layer.kind === 'dense-places') return `dense, ${inputs} → ${outputs}, at ${layer.height}×${layer.width} places`;
  const into = layer.kind === 'dense-picture' ? `${layer.channels}×${layer.height}×${layer.width}` : outputs;
  return `dense, ${inputs} → ${into}`;
}

function describeConvolution({ transposed, operation, weight }: ConvolutionLayer): string {
  const { stride, dilation, groups } = operation.attributes;
  const [first, second, k, l] = weight.shape;
  const [inputs, outputs] = transposed ? [first, second * groups] : [second * groups, first];
  const step = (name: string, [down, across]: readonly [number, number]) =>
    down === 1 && across === 1 ? [] : [`${name} ${down === across ? down : `${down}×${across}`}`];
  return [
    `${transposed ? 'transposed conv' : 'conv'} ${k}×${l}, ${inputs} → ${outputs}`,
    ...step('stride', stride),
    ...step('dilation', dilation),
    ...(groups > 1 ? [`${groups} groups`] : []),
  ].join(', ');
}

/** What was read off a layer: its kind, what follows it, and its way to the picture. */
export function describeLayer(layer: DerivedLayer): string {
  const parts = [describeKind(layer)];
  if ('gate' in layer && layer.gate) parts.push('times a gate');
  if (layer.activation) parts.push(describeFunction(layer.activation));
  const steps = layer.kind === 'dense' ? [] : layer.way.steps;
  const named = namedPlanes(steps);
  const words = [parts.join(' → '), ...steps.map((step, i) => describeStep(step, i))];
  return words.map((text, plane) => (named.has(plane) ? `${text} (plane ${plane})` : text)).join(' → ');
}

/** Planes that steps name: 0 is the layer's own, and k what step k gives. */
function namedPlanes(steps: readonly Step[]): ReadonlySet<number> {
  return new Set(
    steps.flatMap((step, position) => {
      if (step.kind === 'sum') return step.of.map(({ plane }) => plane);
      return step.of === position ? [] : [step.of];
    }),
  );
}

function describeStep(step: Step, position: number): string {
  const from = 'of' in step && typeof step.of === 'number' && step.of !== position ? ` of plane ${step.of}` : '';
  switch (step.kind) {
    case 'function':
      return describeFunction(step.f) + from;
    case 'sum':
      return step.of.length === 1
        ? `minus plane ${step.of[0].plane}`
        : `sum of planes ${step.of.map(({ plane, sign }) => `${sign < 0 ? '−' : ''}${plane}`).join(', ')}`;
    case 'scatter':
      return `own sub-pixel of ${step.scale}×${step.scale}${from}`;
    case 'upsample':
      return `nearest ×${step.scale}${from}`;
    case 'resize':
      return `${step.method.kind} to ${step.height}×${step.width}${from}`;
    case 'mean':
      return `mean of ${step.window.size.join('×')}${from}`;
    case 'spread':
      return `spread over ${step.window.size.join('×')}, stride ${step.window.stride.join('×')}${from}`;
    case 'factor':
      return `${step.divide ? 'divided by' : 'times'} a held value${from}`;
    case 'winner':
      return `largest of ${step.window.size.join('×')}, held${from}`;
    case 'choice':
      return `where a held condition is ${step.otherwise ? 'not so' : 'so'}${from}`;
    case 'sample':
      return `${step.sampling.mode} at held places, ${step.height}×${step.width}${from}`;
    case 'take':
      return `chosen rows and columns, ${step.rows.length}×${step.columns.length}${from}`;
    case 'mix':
      return `pixels mixed by held weights${from}`;
    case 'crop':
      return `cut to ${step.height}×${step.width}${from}`;
  }
}

function describeFunction(f: Pointwise): string {
  const compiled = compilePointwise(f);
  const name = activationNamed(compiled) ?? functionNamed(compiled);
  if (name) return name;
  return formula(f) ?? 'a function of several operations';
}

const LONGEST_FORMULA = 60;
const INFIX: Readonly<Record<string, string>> = { add: ' + ', sub: ' − ', mul: '·', div: ' / ' };

/** A pointwise function of u as people write it: `sin(30·u)`; nothing where that is long. */
function formula(f: Pointwise): string | undefined {
  const texts = new Map<GraphNode, string>([[f.from, 'u']]);
  for (const node of nodesOf(f)) {
    const operands = node.kind === 'operation' ? node.inputs.map((input) => texts.get(input)!) : [];
    const text = written(node, operands);
    if (text.length > LONGEST_FORMULA) return undefined;
    texts.set(node, text);
  }
  return texts.get(f.to);
}

function written(node: GraphNode, operands: readonly string[]): string {
  if (node.kind === 'constant') return String(Number(node.value.data[0].toPrecision(4)));
  if (node.kind === 'input') return node.name;
  const inner = operands.map((text) => (/ [+−] /.test(text) ? `(${text})` : text));
  if (node.op in INFIX) return inner.join(INFIX[node.op]);
  if (node.op === 'neg') return `−${inner[0]}`;
  if (node.op === 'abs') return `|${operands[0]}|`;
  if (node.op === 'square') return `(${operands[0]})²`;
  if (node.op === 'pow') return `(${operands[0]})^${node.attributes.exponent}`;
  return `${node.op}(${operands.join(', ')})`;
}
