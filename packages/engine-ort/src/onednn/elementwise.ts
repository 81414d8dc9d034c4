import { type Shape, sameShape, sizeOf } from '@xinc/core';
import { moves } from '../passes/move-factors.js';
import { inARow, isPlain, liesAs, pixelStrides, plainStrides, type Value } from './layouts.js';
import type { Planner } from './planner.js';
import type { AfterOperation, BinaryKind, UnaryKind } from './primitives.js';
import type { StepNode, StepOp, StepOperation } from './step-graph.js';

/** What is done to each value alone, of one or of two values. Operands are places in the graph. */
type OfOne = { readonly kind: UnaryKind; readonly x: number; readonly alpha: number; readonly beta: number };
type OfTwo = { readonly kind: BinaryKind; readonly first: number; readonly second: number };
type Elementwise = OfOne | OfTwo;

/** A later operation of a chain, on the result so far and a value of its size or a single one. */
type Link = Omit<OfOne, 'x'> | { readonly kind: BinaryKind; readonly operand: number };

/** Operations value by value, each on the result of the one before alone: one call, so that nothing is written in between. */
export interface Chain {
  readonly base: Elementwise;
  readonly links: readonly Link[];
  /** The nodes that it computes, the last of which is its result. */
  readonly places: readonly number[];
}

type Describe<K extends StepOp> = (
  node: StepOperation<K>,
  number: (place: number) => number | undefined,
) => Elementwise;

const ofTwo =
  (kind: BinaryKind): Describe<StepOp> =>
  ({ inputs: [first, second] }) => ({ kind, first, second });

const ofOne =
  (kind: UnaryKind, alpha = 0, beta = 0): Describe<StepOp> =>
  ({ inputs: [x] }) => ({ kind, x, alpha, beta });

/** @param linear factor and summand of one operand, where the other is this number */
const orLinear =
  (kind: BinaryKind, linear: (value: number, isFirst: boolean) => readonly [number, number]): Describe<StepOp> =>
  ({ inputs: [first, second] }, number) => {
    const [a, b] = [number(first), number(second)];
    const value = b ?? a;
    if (value === undefined) return { kind, first, second };
    const [alpha, beta] = linear(value, b === undefined);
    return { kind: 'linear', x: b === undefined ? second : first, alpha, beta };
  };

const descriptions: { readonly [K in StepOp]?: Describe<K> } = {
  add: orLinear('add', (value) => [1, value]),
  sub: orLinear('sub', (value, isFirst) => (isFirst ? [-1, value] : [1, -value])),
  mul: orLinear('mul', (value) => [value, 0]),
  div: ofTwo('div'),
  maximum: ofTwo('maximum'),
  minimum: ofTwo('minimum'),
  greater: ofTwo('greater'),
  greaterEqual: ofTwo('greaterEqual'),
  equal: ofTwo('equal'),
  neg: ofOne('linear', -1),
  abs: ofOne('abs'),
  exp: ofOne('exp'),
  sqrt: ofOne('sqrt'),
  square: ofOne('square'),
  tanh: ofOne('tanh'),
  sigmoid: ofOne('sigmoid'),
  relu: ofOne('relu'),
  gelu: ofOne('gelu'),
  silu: ofOne('silu', 1),
  leakyRelu: ({ inputs: [x], attributes: { slope } }) => ({ kind: 'relu', x, alpha: slope, beta: 0 }),
  pow: ({ inputs: [x], attributes: { exponent } }) => ({ kind: 'pow', x, alpha: 1, beta: exponent }),
};

const COMMUTATIVE: ReadonlySet<BinaryKind> = new Set(['add', 'mul', 'equal']);

/** The node at `place` as a chain of its own; `undefined` where it is not computed value by value. */
export function chainOf(planner: Planner, node: StepNode, place: number): Chain | undefined {
  if (node.kind !== 'operation') return undefined;
  const describe = descriptions[node.op] as Describe<StepOp> | undefined;
  if (!describe) return undefined;
  const base = describe(node as StepOperation, (input) => planner.number(input));
  const isWhole = !('x' in base) || sameShape(planner.shape(base.x), node.shape);
  // A number repeated to a larger shape than the other operand's.
  if (!isWhole) return { base: { kind: node.op as BinaryKind, ...operandsOf(node) }, links: [], places: [place] };
  return { base, links: [], places: [place] };
}

const operandsOf = ({ inputs: [first, second] }: StepOperation) => ({ first, second });

/** The chain with what the node of `next` does to its result, where that can go by the same call. */
export function joined(planner: Planner, chain: Chain, next: Chain): Chain | undefined {
  const result = chain.places.at(-1)!;
  const { base } = next;
  const links = linksOf(base, result);
  if (!links || !sameShape(planner.shape(result), planner.shape(next.places[0]))) return undefined;
  const fits = links.every((link) => !('operand' in link) || isOperand(planner, link.operand, planner.shape(result)));
  const all = withLinks(chain, links);
  return fits && all ? { base: chain.base, links: all, places: [...chain.places, ...next.places] } : undefined;
}

/** The library takes 32 operations after one, of which the base of a chain may become one and what is added two. */
const MOST_LINKS = 28;
/** Whether a number of two operations may stand in one. */
const isModerate = (number: number): boolean => number === 0 || moves(number);

/**
 * The links of a chain and further ones. Version 2.6 of the library computes something else where a chain has two operations of one
 * kind that differ in their numbers: two linear ones that follow each other become one, and otherwise it ends before the second.
 */
function withLinks(chain: Chain, further: readonly Link[]): readonly Link[] | undefined {
  if (chain.links.length >= MOST_LINKS) return undefined;
  const links = [...chain.links];
  const base = 'x' in chain.base ? chain.base.kind : undefined;
  for (const link of further) {
    const last = links.at(-1);
    if (last && isLinear(last) && isLinear(link)) {
      const [alpha, beta] = [last.alpha * link.alpha, last.beta * link.alpha + link.beta];
      if (!isModerate(alpha) || !isModerate(beta)) return undefined;
      links[links.length - 1] = { kind: 'linear', alpha, beta };
      continue;
    }
    const isOfOne = !('operand' in link);
    if (isOfOne && (base === link.kind || links.some(({ kind }) => kind === link.kind))) return undefined;
    links.push(link);
  }
  return links;
}

const isLinear = (link: Link): link is Omit<OfOne, 'x'> => link.kind === 'linear';

/** An operation as links after the value of `result`. */
function linksOf(base: Elementwise, result: number): readonly Link[] | undefined {
  if ('x' in base) return base.x === result ? [{ kind: base.kind, alpha: base.alpha, beta: base.beta }] : undefined;
  const { kind, first, second } = base;
  if (first === second) return undefined;
  if (first === result) return [{ kind, operand: second }];
  if (COMMUTATIVE.has(kind)) return [{ kind, operand: first }];
  // a − x = −x + a, to the last bit.
  return kind === 'sub'
    ? [
        { kind: 'linear', alpha: -1, beta: 0 },
        { kind: 'add', operand: first },
      ]
    : undefined;
}

const isOperand = (planner: Planner, place: number, shape: Shape): boolean =>
  sizeOf(planner.shape(place)) === 1 || sameShape(planner.shape(place), shape);

/** How a result lies that is made value by value: as a picture whose channels lie together, if one of its operands does. */
export function stridesFor(planner: Planner, inputs: readonly number[], shape: Shape): readonly number[] {
  const isPicture = inputs.some((input) => {
    if (planner.number(input) !== undefined || planner.shape(input).length !== 4) return false;
    const value = planner.value(input);
    return !isPlain(value) && liesAs(value, pixelStrides(value.dims));
  });
  return shape.length === 4 && isPicture ? pixelStrides(shape) : plainStrides(shape);
}

/** Plans a chain's call. */
export function planChain(planner: Planner, { base, links, places }: Chain): Value {
  const place = places.at(-1)!;
  const shape = planner.shape(place);
  const operands = links.flatMap((link) => ('operand' in link ? [link.operand] : []));
  const strides = stridesFor(planner, ['x' in base ? base.x : [base.first, base.second], operands].flat(2), shape);
  if ('x' in base && links.length === 0) return planUnary(planner, base, place, strides);
  const { kind, left, right, over, before } =
    'x' in base ? asOfTwo(planner, base, strides) : whole(planner, base, shape, strides);
  const result = planner.result(
    place,
    strides,
    over.filter((input) => !operands.includes(input)),
    places,
  );
  // Memory that is written over is the first operand's.
  const [first, second] = result.block === right.block ? [right, left] : [left, right];
  const inRow = sameShape(second.dims, shape) || sizeOf(second.dims) === 1;
  const lay = (value: Value) => (inRow ? rowOf(value) : withRank(value, shape.length));
  const after = [...before, ...links].map((link): AfterOperation => {
    if (!('operand' in link)) return link;
    const { operand } = link;
    const isSingle = sizeOf(planner.shape(operand)) === 1;
    const value = lay(isSingle ? planner.plain(operand) : planner.lying(operand, strides));
    return { kind: link.kind, layout: planner.layout(value), memory: planner.memory(value) };
  });
  combine(planner, kind, [lay(first), lay(second), lay(result)], after);
  return result;
}

interface TwoOperands {
  readonly kind: BinaryKind;
  readonly left: Value;
  readonly right: Value;
  /** Places whose memory may be written over. */
  readonly over: readonly number[];
  /** Links before those of the chain. */
  readonly before: readonly Link[];
}

/** An operation of one value as one of two, which the library goes on from faster: x·x, or x times a number. */
function asOfTwo(planner: Planner, { kind, x, alpha, beta }: OfOne, strides: readonly number[]): TwoOperands {
  const left = planner.lying(x, strides);
  if (kind === 'square') return { kind: 'mul', left, right: left, over: [x], before: [] };
  const isFactor = kind === 'linear' && beta === 0;
  const right = planner.repeated(isFactor ? alpha : 1, [1]);
  return { kind: 'mul', left, right, over: [x], before: isFactor ? [] : [{ kind, alpha, beta }] };
}

/** The operands with the first one as large as the result: the library repeats its second alone. */
function whole(planner: Planner, base: OfTwo, shape: Shape, strides: readonly number[]): TwoOperands {
  const { kind } = base;
  const isWhole = (input: number) => sameShape(planner.shape(input), shape);
  let { first, second } = base;
  if (!isWhole(first) && isWhole(second) && COMMUTATIVE.has(kind)) [first, second] = [second, first];
  const left = isWhole(first)
    ? planner.lying(first, strides)
    : spread(planner, first, shape, { ...planner.scratch(shape), strides });
  const right = isWhole(second) ? planner.lying(second, strides) : planner.plain(second);
  const over = COMMUTATIVE.has(kind) && isWhole(second) ? [first, second] : [first];
  return { kind, left, right, over: over.filter(isWhole), before: [] };
}

function planUnary(
  planner: Planner,
  { kind, x, alpha, beta }: OfOne,
  place: number,
  strides: readonly number[],
): Value {
  const source = inARow(planner.lying(x, strides));
  const result = planner.result(place, strides, [x]);
  planner.call(planner.primitives.unary(kind, planner.layout(source), alpha, beta), {
    source: planner.memory(source),
    result: planner.memory(inARow(result)),
  });
  return result;
}

/** @param offset where the second operand begins in its memory */
export function combine(
  planner: Planner,
  kind: BinaryKind,
  [first, second, result]: readonly Value[],
  after: readonly AfterOperation[] = [],
  offset = 0,
): void {
  const layouts = [first, second, result].map((value) => planner.layout(value));
  planner.call(
    planner.primitives.binary(kind, layouts[0], layouts[1], layouts[2], after),
    { source: planner.memory(first), secondSource: planner.memory(second, offset), result: planner.memory(result) },
    after,
  );
}

/** A value repeated to a shape, as a product with ones. */
export function spread(planner: Planner, x: number, shape: Shape, result: Value): Value {
  const ones = { ...planner.repeated(1, shape), strides: result.strides };
  combine(planner, 'mul', [ones, withRank(planner.plain(x), shape.length), result]);
  return result;
}

/** In a row of all elements, or as the one element that it is. */
function rowOf(value: Value): Value {
  return sizeOf(value.dims) === 1 ? { ...value, dims: [1, 1], strides: [1, 1] } : inARow(value);
}

/** Axes of one element before the others. */
export function withRank({ block, dims, strides }: Value, rank: number): Value {
  const more = rank - dims.length;
  return {
    block,
    dims: [...Array<number>(more).fill(1), ...dims],
    strides: [...Array<number>(more).fill(sizeOf(dims)), ...strides],
  };
}
