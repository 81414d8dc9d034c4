import { ndarray, type Ops, type Shape, sizeOf, XincError } from '@xinc/core';
import type { OnnxNode, Static } from './graph.js';

/** What a name stands for while a network is read: numbers known already, or a value of the program. */
export type Value<T> =
  | { readonly kind: 'static'; readonly value: Static }
  | { readonly kind: 'tensor'; readonly value: T };

/** One node as its rule sees it. */
export class NodeReader<T> {
  constructor(
    readonly ops: Ops<T>,
    readonly node: OnnxNode,
    /** Rows that the network was exported with, where the file fixes them: pixels of the example. */
    readonly exampleRows: ReadonlySet<number>,
    readonly values: readonly (Value<T> | undefined)[],
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
    return this.ops.constant(ndarray(value.value.shape, Float32Array.from(value.value.values)));
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

export const tensor = <T>(value: T): Value<T> => ({ kind: 'tensor', value });

export function numbers<T>(shape: Shape, values: readonly number[]): Value<T> {
  if (sizeOf(shape) !== values.length)
    throw new XincError('shape', `${values.length} numbers are no ${shape.join('×')}`);
  return { kind: 'static', value: { shape, values } };
}

/** What one node gives, in the order of its outputs. */
export type Rule = <T>(node: NodeReader<T>) => readonly Value<T>[];
