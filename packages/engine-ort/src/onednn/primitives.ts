import type { OneDnn, Pointer } from './library.js';

/** Argument numbers of `dnnl_primitive_execute` (dnnl_types.h). */
const ARGUMENTS = {
  source: 1,
  secondSource: 2,
  result: 17,
  weights: 33,
  bias: 41,
  sourceGradient: 129,
  resultGradient: 145,
  weightsGradient: 161,
} as const;
/** Operations after another one have their second operands under multiples of this, in versions 2 and 3. */
const AFTER = [16384, 32768];

export type Arguments = Partial<Readonly<Record<keyof typeof ARGUMENTS, Pointer>>>;

/** Of two values. */
const BINARY_KINDS = {
  add: 0x1fff0,
  mul: 0x1fff1,
  maximum: 0x1fff2,
  minimum: 0x1fff3,
  div: 0x1fff4,
  sub: 0x1fff5,
  greaterEqual: 0x1fff6,
  greater: 0x1fff7,
  equal: 0x1fffa,
} as const;

export type BinaryKind = keyof typeof BINARY_KINDS;

/** What is done to each value of a result before it is written. A second operand is of the result's extents, or of 1 each. */
export type AfterOperation =
  | { readonly kind: UnaryKind; readonly alpha: number; readonly beta: number }
  | { readonly kind: BinaryKind; readonly layout: Pointer; readonly memory: Pointer };

/** Of one value: the numbers in versions 2 and 3. `linear` is alpha·x + beta, `pow` alpha·x^beta, `relu` alpha·x below 0. */
const UNARY_KINDS = {
  relu: [0x1f, 0x20],
  tanh: [0x2f, 0x21],
  square: [0x4f, 0x23],
  abs: [0x5f, 0x24],
  sqrt: [0x6f, 0x25],
  linear: [0x7f, 0x26],
  sigmoid: [0xaf, 0x29],
  exp: [0xbf, 0x2a],
  silu: [0xdf, 0x2c],
  pow: [0x20, 0x30],
  gelu: [0x30, 0x31],
} as const;

export type UnaryKind = keyof typeof UNARY_KINDS;

/** Other numbers of dnnl_types.h. */
const FLOAT = 3;
const FORWARD_TRAINING = 64;
const DIRECT = 1;
const REDUCTION_SUM = 0x2fff4;
const FORMAT_ANY = 1;
const WEIGHTS = 131;
const WEIGHTS_GRADIENT = 132;
/** More bytes than a descriptor of version 2 has, whose memory is the caller's. */
const MEMORY_DESCRIPTOR_BYTES = 2048;
const OPERATION_DESCRIPTOR_BYTES = 16384;

/** Extents of a tensor and how many elements apart its neighbours lie; `any` where the library may choose. */
export interface Layout {
  readonly dims: readonly number[];
  readonly strides: readonly number[] | 'any';
}

/** Strides, dilations (0 is none) and zeros around the picture of a convolution, rows first. */
export interface Geometry {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** What is made of the library for one plan, and given back with it. */
export class Primitives {
  readonly #library: OneDnn;
  readonly #destructors: (() => void)[] = [];
  /** Memory that the library knows by its address: kept from being collected. */
  readonly #kept: unknown[] = [];
  readonly #layouts = new Map<string, Pointer>();

  constructor(library: OneDnn) {
    this.#library = library;
  }

  // Memory

  layout(layout: Layout): Pointer {
    // The library has no tensors without axes.
    const { dims, strides } = layout.dims.length > 0 ? layout : { dims: [1], strides: [1] };
    const key = `${dims}/${strides}`;
    const known = this.#layouts.get(key);
    if (known) return known;
    const common = 'int rank, void* dims, int type';
    const args = [dims.length, int64(dims), FLOAT];
    const made =
      strides === 'any'
        ? this.#descriptor('init_by_tag', 'create_with_tag', `${common}, int tag`, ...args, FORMAT_ANY)
        : this.#descriptor(
            'init_by_strides',
            'create_with_strides',
            `${common}, void* strides`,
            ...args,
            int64(strides),
          );
    this.#layouts.set(key, made);
    return made;
  }

  /** @param data may be given later, by `setData` */
  memory(layout: Pointer, data: Float32Array | null): Pointer {
    this.#kept.push(data);
    const memory = this.#library.create(
      'dnnl_memory_create',
      'void* layout, void* engine, void* data',
      layout,
      this.#library.engine,
      data,
    );
    return this.#owned(memory, 'dnnl_memory_destroy');
  }

  setData(memory: Pointer, data: Float32Array): void {
    this.#library.setData(memory, data);
  }

  /** Memory for floats, on a boundary of cache lines, which vectors of 64 bytes then do not cross. */
  allocate(floats: number): Float32Array {
    const line = 64;
    const bytes = new Uint8Array(4 * floats + line);
    const beyond = Number(this.#library.addressOf(bytes) % BigInt(line));
    return new Float32Array(bytes.buffer, (line - beyond) % line, floats);
  }

  floats(layout: Pointer): number {
    return Number(this.#library.call('size_t dnnl_memory_desc_get_size(void* layout)', layout)) / 4;
  }

  // Descriptors of operations

  /** source · weights + bias, over the last two axes. */
  matMul(
    source: Pointer,
    weights: Pointer,
    bias: Pointer | null,
    result: Pointer,
    after: readonly AfterOperation[] = [],
  ): Pointer {
    const parameters = 'void* source, void* weights, void* bias, void* result';
    return this.#operation('matmul', parameters, [source, weights, bias, result], { after });
  }

  convolution(
    source: Pointer,
    weights: Pointer,
    bias: Pointer | null,
    result: Pointer,
    geometry: Geometry,
    after: readonly AfterOperation[] = [],
  ): Pointer {
    const parameters = `int kind, int algorithm, void* source, void* weights, void* bias, void* result, ${GEOMETRY}`;
    const args = [FORWARD_TRAINING, DIRECT, source, weights, bias, result, ...numbersOf(geometry)];
    return this.#operation(this.#convolutionName('forward'), parameters, args, { after });
  }

  /** @param forward the convolution */
  convolutionSource(source: Pointer, weights: Pointer, result: Pointer, geometry: Geometry, forward: Pointer): Pointer {
    const parameters = `int algorithm, void* source, void* weights, void* result, ${GEOMETRY}`;
    const args = [DIRECT, source, weights, result, ...numbersOf(geometry)];
    return this.#operation(this.#convolutionName('backward_data'), parameters, args, { forward });
  }

  /** @param forward the convolution */
  convolutionWeights(
    source: Pointer,
    weights: Pointer,
    result: Pointer,
    geometry: Geometry,
    forward: Pointer,
  ): Pointer {
    const parameters = `int algorithm, void* source, void* weights, void* bias, void* result, ${GEOMETRY}`;
    const args = [DIRECT, source, weights, null, result, ...numbersOf(geometry)];
    return this.#operation(this.#convolutionName('backward_weights'), parameters, args, { forward });
  }

  unary(kind: UnaryKind, layout: Pointer, alpha: number, beta: number): Pointer {
    const layouts = this.#library.major === 2 ? [layout] : [layout, layout];
    const parameters = `int kind, int algorithm, ${layouts.map((_, i) => `void* layout${i}`).join(', ')}, float alpha, float beta`;
    const args = [FORWARD_TRAINING, this.#unaryKind(kind), ...layouts, alpha, beta];
    return this.#operation('eltwise_forward', parameters, args);
  }

  /** The gradient of a `unary`, given what went into it. */
  unaryGradient(kind: UnaryKind, layout: Pointer): Pointer {
    const forward = this.unary(kind, layout, 0, 0);
    const layouts = this.#library.major === 2 ? [layout, layout] : [layout, layout, layout];
    const parameters = `int algorithm, ${layouts.map((_, i) => `void* layout${i}`).join(', ')}, float alpha, float beta`;
    return this.#operation('eltwise_backward', parameters, [this.#unaryKind(kind), ...layouts, 0, 0], { forward });
  }

  /** The second operand may have extents of 1 where the first has more. */
  binary(
    kind: BinaryKind,
    first: Pointer,
    second: Pointer,
    result: Pointer,
    after: readonly AfterOperation[] = [],
  ): Pointer {
    const parameters = 'int algorithm, void* first, void* second, void* result';
    return this.#operation('binary', parameters, [BINARY_KINDS[kind], first, second, result], { after });
  }

  /** Sums along the axes of which the result has an extent of 1. */
  sums(source: Pointer, result: Pointer): Pointer {
    const parameters = 'int algorithm, void* source, void* result, float power, float epsilon';
    return this.#operation('reduction', parameters, [REDUCTION_SUM, source, result, 0, 0]);
  }

  /** A copy that lies otherwise. */
  reorder(from: Pointer, to: Pointer): Pointer {
    const { engine } = this.#library;
    const parameters = 'void* from, void* engine, void* to, void* engine2, void* attributes';
    const made = this.#library.create('dnnl_reorder_primitive_desc_create', parameters, from, engine, to, engine, null);
    return this.#owned(made, 'dnnl_primitive_desc_destroy');
  }

  /** How the library wants the weights of an operation to lie, or gives their gradient. */
  weightsOf(operation: Pointer, gradient = false): Pointer {
    const declaration = 'void* dnnl_primitive_desc_query_md(void* operation, int what, int index)';
    return this.#library.call(declaration, operation, gradient ? WEIGHTS_GRADIENT : WEIGHTS, 0);
  }

  /** An operation with its operands, and those of what comes after it, as a function that does it. */
  primitive(operation: Pointer, operands: Arguments, after: readonly AfterOperation[] = []): () => void {
    const library = this.#library;
    const made = library.create('dnnl_primitive_create', 'void* operation', operation);
    const primitive = this.#owned(made, 'dnnl_primitive_destroy');
    const entries: [number, Pointer][] = [
      ...(Object.entries(operands) as [keyof typeof ARGUMENTS, Pointer][]).map(([name, memory]): [number, Pointer] => [
        ARGUMENTS[name],
        memory,
      ]),
      ...after.flatMap((one, i): [number, Pointer][] =>
        'memory' in one ? [[AFTER[library.major - 2] * (i + 1) + ARGUMENTS.secondSource, one.memory]] : [],
      ),
    ];
    // An array of { int argument; void* memory; }.
    const size = 16;
    const args = Buffer.alloc(size * entries.length);
    for (const [i, [argument, memory]] of entries.entries()) {
      args.writeInt32LE(argument, size * i);
      args.writeBigUInt64LE(library.addressOf(memory), size * i + 8);
    }
    return () => library.execute(primitive, entries.length, args);
  }

  dispose(): void {
    for (const destroy of this.#destructors.reverse()) destroy();
    this.#destructors.length = 0;
    this.#kept.length = 0;
    this.#layouts.clear();
  }

  #convolutionName(direction: string): string {
    return this.#library.major === 2 ? `dilated_convolution_${direction}` : `convolution_${direction}`;
  }

  #unaryKind(kind: UnaryKind): number {
    return UNARY_KINDS[kind][this.#library.major - 2];
  }

  #descriptor(second: string, third: string, parameters: string, ...args: unknown[]): Pointer {
    this.#kept.push(args);
    if (this.#library.major === 3) {
      const made = this.#library.create(`dnnl_memory_desc_${third}`, parameters, ...args);
      return this.#owned(made, 'dnnl_memory_desc_destroy');
    }
    const descriptor = Buffer.alloc(MEMORY_DESCRIPTOR_BYTES);
    this.#library.run(`dnnl_memory_desc_${second}`, `void* descriptor, ${parameters}`, descriptor, ...args);
    return descriptor;
  }

  #operation(
    name: string,
    parameters: string,
    args: readonly unknown[],
    { after = [], forward }: { after?: readonly AfterOperation[]; forward?: Pointer } = {},
  ): Pointer {
    const library = this.#library;
    const attributes = after.length > 0 ? this.#attributes(after) : null;
    if (library.major === 3) {
      const made = library.create(
        `dnnl_${name}_primitive_desc_create`,
        `void* engine, ${parameters}${forward === undefined ? '' : ', void* forward'}, void* attributes`,
        library.engine,
        ...args,
        ...(forward === undefined ? [] : [forward]),
        attributes,
      );
      return this.#owned(made, 'dnnl_primitive_desc_destroy');
    }
    const descriptor = Buffer.alloc(OPERATION_DESCRIPTOR_BYTES);
    library.run(`dnnl_${name}_desc_init`, `void* descriptor, ${parameters}`, descriptor, ...args);
    const made = library.create(
      'dnnl_primitive_desc_create',
      'void* descriptor, void* attributes, void* engine, void* forward',
      descriptor,
      attributes,
      library.engine,
      forward ?? null,
    );
    return this.#owned(made, 'dnnl_primitive_desc_destroy');
  }

  #attributes(after: readonly AfterOperation[]): Pointer {
    const library = this.#library;
    const list = this.#owned(library.create('dnnl_post_ops_create'), 'dnnl_post_ops_destroy');
    for (const one of after) {
      if ('layout' in one) {
        const args = [list, BINARY_KINDS[one.kind], one.layout];
        library.run('dnnl_post_ops_append_binary', 'void* list, int algorithm, void* layout', ...args);
      } else {
        const scale = library.major === 2 ? { parameter: 'float scale, ', args: [1] } : { parameter: '', args: [] };
        const parameters = `void* list, ${scale.parameter}int algorithm, float alpha, float beta`;
        const args = [list, ...scale.args, this.#unaryKind(one.kind), one.alpha, one.beta];
        library.run('dnnl_post_ops_append_eltwise', parameters, ...args);
      }
    }
    const attributes = this.#owned(library.create('dnnl_primitive_attr_create'), 'dnnl_primitive_attr_destroy');
    library.run('dnnl_primitive_attr_set_post_ops', 'void* attributes, void* list', attributes, list);
    return attributes;
  }

  #owned(pointer: Pointer, destructor: string): Pointer {
    // What cannot be given back is left.
    this.#destructors.push(() => this.#library.call(`int ${destructor}(void* pointer)`, pointer));
    return pointer;
  }
}

const GEOMETRY = 'void* strides, void* dilations, void* before, void* after';

const numbersOf = ({ strides, dilations, before, after }: Geometry): BigInt64Array[] =>
  [strides, dilations, before, after].map(int64);

const int64 = (numbers: readonly number[]): BigInt64Array => BigInt64Array.from(numbers, BigInt);
