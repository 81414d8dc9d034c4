import { type Shape, sameShape, sizeOf } from '@xinc/core';
import { type Block, Blocks } from './blocks.js';
import { liesAs, pixelStrides, plainStrides, type Value } from './layouts.js';
import type { Pointer } from './library.js';
import type { AfterOperation, Arguments, Primitives } from './primitives.js';
import type { StepGraph, StepNode, StepOperation } from './step-graph.js';

/**
 * Where the values of a graph lie, and how, and the calls that compute them, while it is gone over once. What computes an operation
 * asks here for its operands as it wants them to lie, and for memory for its result.
 */
export class Planner {
  readonly primitives: Primitives;
  readonly blocks: Blocks;
  readonly #late: (place: number) => Value | undefined;
  readonly #calls: (() => void)[] = [];
  readonly #nodes: readonly StepNode[];
  readonly #outputs: Readonly<Record<string, number>>;
  /** The first name under which a node is an output, by its place. */
  readonly #outputAt = new Map<number, string>();
  readonly #readers: number[][];
  /** Readings to come of every node. */
  readonly #left: number[];
  readonly #values: (Value | undefined)[] = [];
  /** Nodes that lie in other ways as well, by place and strides. */
  readonly #copies = new Map<number, Map<string, Value>>();
  /** Nodes that another one's call computes along. */
  readonly #joined = new Set<number>();
  readonly #repeated = new Map<string, Block>();
  /** Outputs that are computed where the caller wants them. */
  readonly #delivered = new Set<number>();
  /** Memory for the operation under way alone. */
  #scratch: Block[] = [];

  /** @param late computes a value that something asks for, where that waited */
  constructor(primitives: Primitives, { nodes, outputs }: StepGraph, late: (place: number) => Value | undefined) {
    this.primitives = primitives;
    this.#late = late;
    this.blocks = new Blocks(primitives);
    this.#nodes = nodes;
    this.#outputs = outputs;
    this.#readers = nodes.map(() => []);
    nodes.forEach((node, place) => {
      if (node.kind === 'operation') for (const input of node.inputs) this.#readers[input].push(place);
    });
    this.#left = this.#readers.map(({ length }) => length);
    for (const [name, place] of Object.entries(outputs)) {
      this.#left[place]++;
      if (!this.#outputAt.has(place)) this.#outputAt.set(place, name);
    }
  }

  get calls(): readonly (() => void)[] {
    return this.#calls;
  }

  /** The nodes that read one, and none where it is an output as well. */
  readersOf(place: number): readonly number[] {
    return this.#outputAt.has(place) ? [] : this.#readers[place];
  }

  isJoined(place: number): boolean {
    return this.#joined.has(place);
  }

  /** Gives back what was for the operation alone that was planned. */
  endOperation(): void {
    for (const block of this.#scratch) this.blocks.release(block);
    this.#scratch = [];
  }

  /** A value that was not computed where its output goes is copied there: an input, or one that lies otherwise. */
  deliver(): void {
    for (const [name, place] of Object.entries(this.#outputs)) {
      if (this.#delivered.has(place) && this.#outputAt.get(place) === name) continue;
      const value = this.value(place);
      const { dims } = value;
      const to = { block: this.blocks.callers('output', name, sizeOf(dims)), dims, strides: plainStrides(dims) };
      this.copy(value, to);
    }
  }

  /** The number that a node has at every place, where that is known. */
  number(place: number): number | undefined {
    const node = this.#nodes[place];
    if (node.kind === 'constant') return node.data.length === 1 ? node.data[0] : undefined;
    if (node.kind !== 'operation' || (node.op !== 'broadcastTo' && node.op !== 'reshape')) return undefined;
    return this.number(node.inputs[0]);
  }

  shape(place: number): Shape {
    return this.#nodes[place].shape;
  }

  value(place: number): Value {
    const known = this.#values[place] ?? this.#late(place);
    return known ?? this.keep(place, this.#given(this.#nodes[place], place));
  }

  /** A node's value as it has to lie. */
  lying(place: number, strides: readonly number[]): Value {
    const value = this.value(place);
    if (liesAs(value, strides)) return { ...value, strides };
    const key = String(strides);
    const copies = this.#copies.get(place) ?? new Map<string, Value>();
    this.#copies.set(place, copies);
    const known = copies.get(key);
    if (known) return known;
    const copy: Value = { block: this.blocks.shared(sizeOf(value.dims)), dims: value.dims, strides };
    this.blocks.hold(copy.block);
    this.copy(value, copy);
    copies.set(key, copy);
    return copy;
  }

  plain(place: number): Value {
    return this.lying(place, plainStrides(this.shape(place)));
  }

  /** A picture's value, the channels of a pixel together. */
  pixels(place: number): Value {
    return this.lying(place, pixelStrides(this.shape(place)));
  }

  /**
   * Memory for the result of the node at `place`.
   * @param over values whose memory may be written over, if nothing else reads them
   * @param readers the nodes that are planned together
   */
  result(
    place: number,
    strides: readonly number[],
    over: readonly number[] = [],
    readers: readonly number[] = [place],
  ): Value {
    const dims = this.shape(place);
    const output = this.#outputAt.get(place);
    if (output !== undefined && liesAs({ dims, strides }, plainStrides(dims))) {
      this.#delivered.add(place);
      return { block: this.blocks.callers('output', output, sizeOf(dims)), dims, strides };
    }
    const taken = over.find((input) => this.#isEnding(input, readers, dims, strides));
    const block = taken === undefined ? this.blocks.shared(sizeOf(dims)) : this.value(taken).block;
    return { block, dims, strides };
  }

  /** Memory that holds these values from run to run. */
  kept(data: Float32Array, dims: Shape): Value {
    const aligned = this.primitives.allocate(data.length);
    aligned.set(data);
    return { block: this.blocks.kept(aligned), dims, strides: plainStrides(dims) };
  }

  /** A number repeated, in memory that all of its uses share. */
  repeated(number: number, dims: Shape): Value {
    const size = sizeOf(dims);
    const key = `${Object.is(number, -0) ? '-0' : number} ${size}`;
    const block = this.#repeated.get(key) ?? this.kept(new Float32Array(size).fill(number), dims).block;
    this.#repeated.set(key, block);
    return { block, dims, strides: plainStrides(dims) };
  }

  /** Memory until the operation under way is planned. */
  scratch(dims: Shape): Value {
    return { block: this.#scratchBlock(sizeOf(dims)), dims, strides: plainStrides(dims) };
  }

  layout({ dims, strides }: Pick<Value, 'dims' | 'strides'>): Pointer {
    return this.primitives.layout({ dims, strides });
  }

  memory(value: Value, offset = 0): Pointer {
    return this.blocks.memory(value.block, this.layout(value), offset);
  }

  /** Memory of a layout that the library chose, until the operation under way is planned. */
  scratchMemory(layout: Pointer): Pointer {
    return this.blocks.memory(this.#scratchBlock(this.primitives.floats(layout)), layout, 0);
  }

  /** A kernel in an order that the library chose, until the operation under way is planned. */
  arranged(kernel: Value, wanted: Pointer): Pointer {
    const memory = this.scratchMemory(wanted);
    this.call(this.primitives.reorder(this.layout(kernel), wanted), { source: this.memory(kernel), result: memory });
    return memory;
  }

  /** Has a function fill the memory of `result` from that of `operands`, which the library has no call for. */
  compute(
    operands: readonly Value[],
    result: Value,
    fill: (from: readonly Float32Array[], into: Float32Array) => void,
  ) {
    const floats = ({ block }: Value) => this.blocks.floats(block);
    this.#calls.push(() => fill(operands.map(floats), floats(result)));
  }

  call(operation: Pointer, operands: Arguments, after: readonly AfterOperation[] = []): void {
    this.#calls.push(this.primitives.primitive(operation, operands, after));
  }

  copy(from: Value, to: Value, offsets: { readonly from?: number; readonly to?: number } = {}): void {
    this.call(this.primitives.reorder(this.layout(from), this.layout(to)), {
      source: this.memory(from, offsets.from),
      result: this.memory(to, offsets.to),
    });
  }

  /** Whether the one reader of a node is a ReLU, whose values are then in place of the node's. */
  joinRelu(place: number): boolean {
    const readers = this.readersOf(place);
    const [node] = readers.map((reader) => this.#nodes[reader]);
    const joins = readers.length === 1 && node.kind === 'operation' && node.op === 'relu';
    if (joins) this.#joined.add(readers[0]);
    return joins;
  }

  #given(node: StepNode, place: number): Value {
    const { shape } = node;
    const number = this.number(place);
    if (number !== undefined) return this.repeated(number, shape);
    if (node.kind === 'constant') return this.kept(node.data, shape);
    const { name } = node as Extract<StepNode, { kind: 'input' }>;
    return { block: this.blocks.callers('input', name, sizeOf(shape)), dims: shape, strides: plainStrides(shape) };
  }

  /** Makes known what was planned for a node. */
  keep(place: number, value: Value): Value {
    this.#values[place] = value;
    this.blocks.hold(value.block);
    return value;
  }

  /** What the node at `place` reads is read once more. */
  readBy(place: number): void {
    const node = this.#nodes[place] as StepOperation;
    for (const input of node.inputs) {
      this.#left[input]--;
      if (this.#left[input] > 0) continue;
      const value = this.#values[input];
      if (value) this.blocks.release(value.block);
      for (const copy of this.#copies.get(input)?.values() ?? []) this.blocks.release(copy.block);
    }
  }

  /** Whether a value's memory is read for the last time by these nodes, and their result fits there. */
  #isEnding(place: number, readers: readonly number[], dims: Shape, strides: readonly number[]): boolean {
    const value = this.#values[place];
    if (!value?.block.isShared || value.block.holders > 1) return false;
    const readings = this.#readers[place].filter((at) => readers.includes(at)).length;
    return this.#left[place] === readings && sameShape(value.dims, dims) && liesAs(value, strides);
  }

  #scratchBlock(floats: number): Block {
    const block = this.blocks.shared(floats);
    this.blocks.hold(block);
    this.#scratch.push(block);
    return block;
  }
}
