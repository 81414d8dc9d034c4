import { ndarray, type Ops, type Shape, sizeOf, XincError } from '@xinc/core';
import type { OnnxNode, Static } from './graph.js';

/** What a name stands for while a network is read: numbers known already, or a value of the program. */
export type Value<T> =
  | { readonly kind: 'static'; readonly value: Static }
  | {
      readonly kind: 'tensor';
      readonly value: T;
      readonly type?: ValueType;
      /** What it was before it was seen under another shape. */
      readonly before?: T;
    };

/** What a file says of numbers that are float32 in a program; nothing is said of fractions. */
export type ValueType = 'integer' | 'truth';

/** The most numbers that are known before a network runs, of one value: shapes and places, not weights. */
export const MOST_NUMBERS = 100_000;

/** One node as its rule sees it. */
export class NodeReader<T> {
  constructor(
    readonly ops: Ops<T>,
    readonly node: OnnxNode,
    /** Rows that the network was exported with, where the file fixes them: pixels of the example. */
    readonly exampleRows: ReadonlySet<number>,
    readonly values: readonly (Value<T> | undefined)[],
    /** The file's version of the ONNX standard. */
    readonly opset: number,
  ) {}

  has(index: number): boolean {
    return this.values[index] !== undefined;
  }

  isExampleRows(extent: number): boolean {
    return this.exampleRows.has(extent);
  }

  /** An operand as a value of the program. */
  tensor(index: number): T {
    const value = this.#required(index);
    if (value.kind === 'tensor') return value.value;
    const { shape, values } = value.value;
    const inexact = values.find((number) => Number.isInteger(number) && Math.fround(number) !== number);
    if (inexact !== undefined && !value.value.floats) {
      throw this.refuse(`it computes with the whole number ${inexact}, which float32 does not hold exactly`);
    }
    return this.ops.constant(ndarray(shape, Float32Array.from(values)));
  }

  /** Whether an operand is whole numbers or truth values. */
  type(index: number): ValueType | undefined {
    const value = this.#required(index);
    if (value.kind === 'tensor') return value.type;
    // Runs of before this was kept say nothing of fractions.
    return value.value.floats || value.value.values.some((number) => !Number.isInteger(number)) ? undefined : 'integer';
  }

  /** What an operand was before it was seen under another shape, where it was. */
  before(index: number): T | undefined {
    const value = this.#required(index);
    return value.kind === 'tensor' ? value.before : undefined;
  }

  /** All operands as values of the program: one at the least. */
  tensors(): readonly [T, ...T[]] {
    const [first, ...others] = this.values.map((_, i) => this.tensor(i));
    return [first ?? this.tensor(0), ...others];
  }

  /** Whole numbers, if all operands are. */
  commonType(): ValueType | undefined {
    return this.values.every((_, i) => this.type(i) !== undefined) ? 'integer' : undefined;
  }

  /** An operand whose numbers have to be known. */
  numbers(index: number): readonly number[] {
    return this.static(index).values;
  }

  static(index: number): Static {
    const value = this.#required(index);
    if (value.kind === 'static') return value.value;
    throw this.refuse(
      `its input ${index + 1} is computed while the network runs; only numbers in the file are read here`,
    );
  }

  isStatic(index: number): boolean {
    return this.values[index]?.kind === 'static';
  }

  allStatic(): boolean {
    return this.values.every((value) => value === undefined || value.kind === 'static');
  }

  shape(index: number): Shape {
    const value = this.#required(index);
    return value.kind === 'static' ? value.value.shape : this.ops.shapeOf(value.value);
  }

  number(name: string, otherwise: number): number {
    const value = this.node.attributes[name];
    return typeof value === 'number' ? value : otherwise;
  }

  text(name: string, otherwise: string): string {
    const value = this.node.attributes[name];
    return typeof value === 'string' ? value : otherwise;
  }

  integers(name: string): readonly number[] | undefined {
    const value = this.node.attributes[name];
    return Array.isArray(value) ? (value as readonly number[]) : undefined;
  }

  /** An attribute that is a tensor. */
  numbersOf(name: string): Static | undefined {
    const value = this.node.attributes[name];
    return typeof value === 'object' && 'values' in value && !Array.isArray(value) ? (value as Static) : undefined;
  }

  /** An axis from 0, where the file may count from the end. */
  axis(axis: number, rank: number): number {
    const from0 = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(from0) || from0 < 0 || from0 >= rank) throw this.refuse(`it names axis ${axis} of ${rank}`);
    return from0;
  }

  refuse(why: string): XincError {
    const { op, name } = this.node;
    return new XincError('unsupported', `The node '${name}' (${op}) cannot be read: ${why}`, { subject: name });
  }

  #required(index: number): Value<T> {
    const value = this.values[index];
    if (value) return value;
    throw this.refuse(`its input ${index + 1} is missing`);
  }
}

export const tensor = <T>(value: T, type?: ValueType, before?: T): Value<T> => ({
  kind: 'tensor',
  value,
  ...(type && { type }),
  ...(before !== undefined && { before }),
});

export function numbers<T>(shape: Shape, values: readonly number[], floats = false): Value<T> {
  if (sizeOf(shape) !== values.length)
    throw new XincError('shape', `${values.length} numbers are no ${shape.join('×')}`);
  return { kind: 'static', value: { shape, values, ...(floats && { floats }) } };
}

/** Numbers that are known, value by value with NumPy's broadcasting: shapes that a program computes as it runs. */
export function foldStatic<T>(node: NodeReader<T>, evaluate: (...values: number[]) => number): Value<T> {
  const count = Math.max(1, evaluate.length, node.values.length);
  const operands = Array.from({ length: count }, (_, i) => node.static(i));
  const rank = Math.max(...operands.map(({ shape }) => shape.length));
  const shape = Array.from({ length: rank }, (_, axis) => {
    const extents = operands.map((operand) => operand.shape[axis - rank + operand.shape.length] ?? 1);
    const extent = extents.find((candidate) => candidate !== 1) ?? 1;
    if (extents.some((other) => other !== 1 && other !== extent)) {
      throw node.refuse(`numbers of ${operands.map((operand) => operand.shape.join('×')).join(' and ')} do not fit`);
    }
    return extent;
  });
  if (!(sizeOf(shape) <= MOST_NUMBERS)) throw node.refuse(`it makes ${shape.join('×')} numbers`);
  const values = Array.from({ length: sizeOf(shape) }, (_, index) =>
    evaluate(...operands.map((operand) => operand.values[broadcastIndex(index, shape, operand.shape)])),
  );
  const whole = node.values.every((_, i) => node.type(i) !== undefined);
  return numbers(shape, values, !whole);
}

/** Where the element at `index` of a value of `shape` is in one that is spread out to it. */
function broadcastIndex(index: number, shape: Shape, from: Shape): number {
  let rest = index;
  let step = 1;
  let at = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = from[axis - shape.length + from.length];
    if (extent !== undefined) {
      if (extent !== 1) at += (rest % shape[axis]) * step;
      step *= extent;
    }
    rest = Math.floor(rest / shape[axis]);
  }
  return at;
}

/** What one node gives, in the order of its outputs. */
export type Rule = <T>(node: NodeReader<T>) => readonly Value<T>[];
