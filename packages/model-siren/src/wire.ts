import { defineInr, type Ops, type Shape, type SignalShape, XincError } from '@xinc/core';
import { z } from 'zod';
import { type Dense, type Family, rateSettings, sharedSchema, torchDefault } from './family.js';
import { inferFromCoordinates } from './infer.js';
import { buildCoordinateNetwork } from './network.js';
import { ofVideosOnly, unshown } from './unshown.js';

const FORMS = ['real', 'complex', 'complex2d'] as const;

const RATES = { adam: 5e-3, soap: 1e-2, muon: 2e-2 };

const wireSchema = sharedSchema.extend({
  form: z
    .enum(FORMS)
    .default('real')
    .describe(
      'Hidden layers: real (cos(ω·u)·exp(−(s·v)²) of two real products), complex (exp(iω·z − |s·z|²) of one complex product), or complex2d (exp(iω·u − s²·(|u|² + |v|²)) of two)',
    ),
  omega: z.coerce.number().positive().default(20).describe('Frequency ω of the hidden layers'),
  firstOmega: z.coerce.number().positive().default(20).describe('Frequency ω of the first layer'),
  scale: z.coerce.number().positive().default(10).describe('Factor s of exp(−(s·v)²): how narrow the wavelets are'),
  ...rateSettings(RATES),
  decay: sharedSchema.shape.decay.unwrap().default(0.1).describe(sharedSchema.shape.decay.description!),
});
type WireConfig = z.infer<typeof wireSchema>;

const omegaAt = (position: number, { omega, firstOmega }: WireConfig) => (position === 0 ? firstOmega : omega);

/** What the products of a hidden layer are called inside it, in the published code. */
const PARTS: Readonly<Record<WireConfig['form'], readonly string[]>> = {
  real: ['freqs', 'scale'],
  complex: [],
  complex2d: ['linear', 'scale_orth'],
};

function products(
  { position, inputs, outputs }: Parameters<Family<WireConfig>['hidden']>[0],
  form: WireConfig['form'],
): Dense[] {
  const layer = `layer${position + 1}`;
  const names = PARTS[form].length === 0 ? [layer] : PARTS[form].map((part) => `${layer}.${part}`);
  // The coordinates that the first layer reads are real, and so are its weights.
  const complex = form !== 'real' && position > 0;
  return names.map((name) => ({
    name,
    inputs,
    outputs,
    ...torchDefault(inputs),
    ...(complex && { complex: 'both parts' as const }),
  }));
}

/** cos(ω·u)·exp(−(s·v)²) of two dense layers u, v. */
const wavelets: Family<WireConfig> = {
  features: (dimensions) => dimensions,
  hidden: (layer) => products(layer, 'real'),
  activate: (ops, [u, v], config, position) =>
    ops.mul(ops.cos(ops.mul(u, omegaAt(position, config))), ops.exp(ops.neg(ops.square(ops.mul(v, config.scale))))),
  last: torchDefault,
  rates: RATES,
  neurons: 'wavelets',
};

/**
 * exp(iω·z − s²·Σ|v|²), where the sum is over z and, in two dimensions, a second product. With z = a + ib that is
 * exp(−ω·b − s²·Σ|v|²) times cos(ω·a) and sin(ω·a), its real and imaginary parts.
 */
const complexWavelets: Family<WireConfig> = {
  ...wavelets,
  hidden: (layer, { form }) => products(layer, form),
  activate(ops, values, config, position) {
    const [[a, b], ...others] = values.map((value) => (position === 0 ? [value] : halves(ops, value)));
    const squares = [a, b, ...others.flat()].filter((part) => part !== undefined).map((part) => ops.square(part));
    const omega = omegaAt(position, config);
    const narrow = ops.mul(squares.reduce(ops.add), config.scale ** 2);
    const size = ops.exp(ops.neg(b === undefined ? narrow : ops.add(ops.mul(b, omega), narrow)));
    const angle = ops.mul(a, omega);
    return ops.concat([ops.mul(ops.cos(angle), size), ops.mul(ops.sin(angle), size)], 1);
  },
  last: (inputs) => ({ ...torchDefault(inputs), complex: 'real part' }),
  stated: ['omega_0', 'scale_0'],
};

/** [P, 2N] → the real parts and the imaginary parts, [P, N] each. */
function halves<T>(ops: Ops<T>, value: T): [T, T] {
  const [pixels, columns] = ops.shapeOf(value);
  const half = columns / 2;
  return [ops.slice(value, [0, 0], [pixels, half]), ops.slice(value, [0, half], [pixels, half])];
}

type Values = (name: string) => readonly number[] | undefined;

type Shapes = Readonly<Record<string, Shape>>;

/** Complex numbers, whose shape has a last axis of their two parts. */
const isPairs = (shape: Shape): boolean => shape.length === 3 && shape[2] === 2;

const isReal = (shapes: Shapes): boolean =>
  Object.keys(shapes).some((name) => /(^|\.)freqs\.(weight|bias)$/.test(name));

function inferReal(shapes: Shapes, signal: SignalShape): Partial<WireConfig> {
  const shown = inferFromCoordinates(shapes, signal, { products: 2 });
  return shown.width === undefined ? {} : { form: 'real', ...shown };
}

/** What shows of a complex network: its form by its second product, ω and s by the tensors that state them. */
function inferComplex(shapes: Shapes, signal: SignalShape, values: Values | undefined): Partial<WireConfig> {
  const form = Object.keys(shapes).some((name) => /(^|\.)scale_orth\.weight$/.test(name)) ? 'complex2d' : 'complex';
  const products = form === 'complex2d' ? 2 : 1;
  const { width, layers } = inferFromCoordinates(shapes, signal, { products, numbers: 'complex' });
  if (width === undefined || !Object.values(shapes).some(isPairs)) return {};
  const [firstOmega, ...omegas] = statedBy(shapes, 'omega_0', values);
  const scales = statedBy(shapes, 'scale_0', values);
  const omega = one(omegas, 'frequencies');
  const scale = one(scales, 'scales');
  return {
    form,
    width,
    layers,
    ...(firstOmega !== undefined && { firstOmega }),
    ...(omega !== undefined && { omega }),
    ...(scale !== undefined && { scale }),
  };
}

/** The numbers that tensors of this name state, layer by layer. */
function statedBy(shapes: Shapes, name: string, values: Values | undefined): readonly number[] {
  const natural = new Intl.Collator('en', { numeric: true });
  return Object.keys(shapes)
    .filter((tensor) => tensor === name || tensor.endsWith(`.${name}`))
    .sort(natural.compare)
    .flatMap((tensor) => values?.(tensor) ?? [])
    .map((value) => Number(value.toPrecision(7)));
}

function one(values: readonly number[], what: string): number | undefined {
  const [first, ...others] = new Set(values);
  if (others.length === 0) return first;
  throw new XincError('unsupported', `The hidden layers of this WIRE have ${what} of their own: ${values.join(', ')}`, {
    hint: `The model 'wire' has one for all of them. Train with one that is kept (trainable=False, as the published code has it).`,
  });
}

/** WIRE (Saragadam et al. 2023): the published code's `RealGaborLayer`, `ComplexGaborLayer` and `ComplexGaborLayer2D`. */
export default defineInr<WireConfig>({
  kind: 'inr',
  name: 'wire',
  title: 'WIRE',
  description:
    'Dense layers with real or complex Gabor wavelets as activations on pixel coordinates (Saragadam et al., CVPR 2023).',
  signals: ['image', 'video'],
  config: wireSchema,
  build: (config, signal) =>
    buildCoordinateNetwork(config.form === 'real' ? wavelets : complexWavelets, config, signal),
  infer(shapes, signal, values) {
    return isReal(shapes) ? inferReal(shapes, signal) : inferComplex(shapes, signal, values);
  },
  unshown: { ...unshown, omega: [20, 10, 30], firstOmega: [20, 10, 30], scale: [10, 30, 4] },
  ofVideosOnly,
});
