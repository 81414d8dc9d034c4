import { ByteReader } from '../byte-reader.js';
import { latin1Text } from '../latin1.js';
import type { MemoryBudget } from '../memory-budget.js';
import { malformed } from '../refusal.js';
import { GlobalName, InertRecord, type PickledValue } from '../value.js';
import { type Constructors, STANDARD_CONSTRUCTORS } from './constructors.js';
import { floatFromText, integerFromBytes, integerFromText, stringFromRawUnicode, stringFromRepr } from './literals.js';

/** What the pickle's surroundings give it. */
export interface UnpickleContext {
  readonly budget: MemoryBudget;
  /** What a persistent id stands for: in PyTorch's archives, a storage. */
  resolve(id: PickledValue): PickledValue;
  /** Classes and functions known beyond Python's own containers. */
  readonly constructors: Constructors;
}

/**
 * Reads a pickle of protocol 0 to 5. It is a program for a stack machine; here the machine can build values and
 * nothing else. What it would import becomes a {@link GlobalName}, what it would call an {@link InertRecord}, except
 * for the named constructors. Every opcode, memo entry and container is paid for from the budget, so a short pickle
 * cannot become a large object.
 */
export function unpickle(bytes: Uint8Array, context: UnpickleContext): PickledValue {
  return unpickleAt(bytes, 0, context).value;
}

/** {@link unpickle} of a pickle that begins at an offset and may be followed by other bytes; `end` is where it ends. */
export function unpickleAt(
  bytes: Uint8Array,
  offset: number,
  context: UnpickleContext,
): { readonly value: PickledValue; readonly end: number } {
  const machine = new Machine(bytes, offset, context);
  for (;;) {
    const at = machine.reader.offset;
    const opcode = machine.reader.u8();
    if (opcode === STOP) return { value: machine.pop(), end: machine.reader.offset };
    const run = OPCODES[opcode];
    if (!run) throw malformed(`the pickle holds the unknown opcode 0x${opcode.toString(16)} at byte ${at}`);
    context.budget.spend(OPCODE_BYTES, 'the pickle');
    run(machine);
  }
}

/** Rough memory of what opcodes make: a stack slot with a small value, an empty container or record, a memo entry. */
const OPCODE_BYTES = 24;
const CONTAINER_BYTES = 256;
const MEMO_BYTES = 64;
const NEWEST_PROTOCOL = 5;
const LONGEST_GLOBAL = 1000;
const STOP = '.'.charCodeAt(0);

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const utf8Text = (bytes: Uint8Array) => utf8.decode(bytes);

class Machine {
  readonly reader: ByteReader;
  readonly #context: UnpickleContext;
  readonly #constructors: Constructors;
  readonly #stack: PickledValue[] = [];
  /** Stack heights at which marks lie. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickledValue>();

  constructor(bytes: Uint8Array, offset: number, context: UnpickleContext) {
    this.reader = new ByteReader(bytes, 'the pickle', offset);
    this.#context = context;
    this.#constructors = { ...STANDARD_CONSTRUCTORS, ...context.constructors };
  }

  push(value: PickledValue): void {
    this.#stack.push(value);
  }

  /** For values that take more than a stack slot. */
  pushContainer(value: PickledValue): void {
    this.#context.budget.spend(CONTAINER_BYTES, 'the pickle');
    this.#stack.push(value);
  }

  spend(bytes: number): void {
    this.#context.budget.spend(bytes, 'the pickle');
  }

  pop(): PickledValue {
    this.#needs(1);
    return this.#stack.pop()!;
  }

  /** The last `count` values, oldest first. */
  popMany(count: number): PickledValue[] {
    this.#needs(count);
    return this.#stack.splice(this.#stack.length - count);
  }

  top(): PickledValue {
    this.#needs(1);
    return this.#stack.at(-1)!;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** Everything above the last mark, oldest first; the mark goes too. */
  popToMark(): PickledValue[] {
    const height = this.#marks.pop();
    if (height === undefined) throw this.#damaged();
    return this.#stack.splice(height);
  }

  /** Python's POP takes a mark when there is nothing above it. */
  discard(): void {
    if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.pop();
  }

  memoize(index: number): void {
    this.#context.budget.spend(MEMO_BYTES, 'the pickle');
    this.#memo.set(index, this.top());
  }

  get memoSize(): number {
    return this.#memo.size;
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw malformed(`the pickle refers to its object ${index}, which is not there`);
    this.push(value);
  }

  persistent(id: PickledValue): void {
    this.pushContainer(this.#context.resolve(id));
  }

  /** What calling or instantiating `callable` would give, without doing so. */
  construct(callable: PickledValue, args: PickledValue): void {
    if (!Array.isArray(args)) throw this.#damaged();
    const path = callable instanceof GlobalName ? callable.path : 'something computed';
    const known = Object.hasOwn(this.#constructors, path) ? this.#constructors[path] : undefined;
    this.pushContainer(known?.(args, this.#context.budget) ?? new InertRecord(path, args));
  }

  extend(target: PickledValue, elements: readonly PickledValue[]): void {
    const list = target instanceof InertRecord ? target.elements : target;
    if (list instanceof Set) for (const element of elements) list.add(element);
    else if (Array.isArray(list)) for (const element of elements) list.push(element);
    else throw this.#damaged();
  }

  assign(target: PickledValue, keysAndValues: readonly PickledValue[]): void {
    const items = target instanceof InertRecord ? target.items : target;
    if (!(items instanceof Map) || keysAndValues.length % 2 !== 0) throw this.#damaged();
    for (let i = 0; i < keysAndValues.length; i += 2) items.set(keysAndValues[i], keysAndValues[i + 1]);
  }

  line(decode: (bytes: Uint8Array) => string = latin1Text): string {
    return decode(this.reader.line());
  }

  #needs(count: number): void {
    // Below a mark, values belong to an unfinished container.
    if (this.#stack.length - (this.#marks.at(-1) ?? 0) < count) throw this.#damaged();
  }

  #damaged(): Error {
    return malformed(`the pickle is damaged before byte ${this.reader.offset}`);
  }
}

type Run = (machine: Machine) => void;

function global(machine: Machine): GlobalName {
  const module = machine.line(utf8Text);
  return globalName(machine, module, machine.line(utf8Text));
}

function globalName(machine: Machine, module: PickledValue, name: PickledValue): GlobalName {
  if (typeof module !== 'string' || typeof name !== 'string') throw malformed('the pickle names a class by no text');
  // Long names would be looked up again and again.
  if (module.length + name.length > LONGEST_GLOBAL) throw malformed('the pickle names a class by an endless text');
  machine.spend(module.length + name.length);
  return new GlobalName(`${module}.${name}`);
}

function pairs(machine: Machine): Map<PickledValue, PickledValue> {
  const dict = new Map<PickledValue, PickledValue>();
  machine.assign(dict, machine.popToMark());
  return dict;
}

const extension = (code: number) => new GlobalName(`copyreg.extension_${code}`);

/** Opcodes under the names of Python's pickletools, by their first byte. */
const OPCODES: readonly (Run | undefined)[] = byCode({
  // Framing.
  '\x80': (m) => {
    const protocol = m.reader.u8();
    if (protocol > NEWEST_PROTOCOL) throw malformed(`the pickle is of the unknown protocol ${protocol}`);
  }, // PROTO
  '\x95': (m) => {
    const length = m.reader.u64();
    if (length > m.reader.bytes.length - m.reader.offset) throw malformed('the pickle is cut short');
  }, // FRAME

  // Numbers and constants.
  N: (m) => m.push(null), // NONE
  '\x88': (m) => m.push(true), // NEWTRUE
  '\x89': (m) => m.push(false), // NEWFALSE
  I: (m) => m.push(integerFromText(m.line())), // INT
  J: (m) => m.push(m.reader.i32()), // BININT
  K: (m) => m.push(m.reader.u8()), // BININT1
  M: (m) => m.push(m.reader.u16()), // BININT2
  L: (m) => m.push(integerFromText(m.line())), // LONG
  '\x8a': (m) => m.push(integerFromBytes(m.reader.take(m.reader.u8()))), // LONG1
  '\x8b': (m) => m.push(integerFromBytes(m.reader.take(m.reader.i32()))), // LONG4
  F: (m) => m.push(floatFromText(m.line())), // FLOAT
  G: (m) => m.push(m.reader.f64BigEndian()), // BINFLOAT

  // Text and bytes.
  S: (m) => m.push(stringFromRepr(m.line())), // STRING
  // Python 2's strings are bytes: of names in ASCII, of arrays any.
  T: (m) => m.push(latin1Text(m.reader.take(m.reader.i32()))), // BINSTRING
  U: (m) => m.push(latin1Text(m.reader.take(m.reader.u8()))), // SHORT_BINSTRING
  V: (m) => m.push(stringFromRawUnicode(m.line())), // UNICODE
  X: (m) => m.push(utf8.decode(m.reader.take(m.reader.u32()))), // BINUNICODE
  '\x8c': (m) => m.push(utf8.decode(m.reader.take(m.reader.u8()))), // SHORT_BINUNICODE
  '\x8d': (m) => m.push(utf8.decode(m.reader.take(m.reader.u64()))), // BINUNICODE8
  B: (m) => m.push(m.reader.take(m.reader.u32())), // BINBYTES
  C: (m) => m.push(m.reader.take(m.reader.u8())), // SHORT_BINBYTES
  '\x8e': (m) => m.push(m.reader.take(m.reader.u64())), // BINBYTES8
  '\x96': (m) => m.push(m.reader.take(m.reader.u64())), // BYTEARRAY8

  // Containers; tuples are arrays, frozensets Sets.
  ')': (m) => m.pushContainer([]), // EMPTY_TUPLE
  ']': (m) => m.pushContainer([]), // EMPTY_LIST
  '}': (m) => m.pushContainer(new Map()), // EMPTY_DICT
  '\x8f': (m) => m.pushContainer(new Set()), // EMPTY_SET
  t: (m) => m.pushContainer(m.popToMark()), // TUPLE
  l: (m) => m.pushContainer(m.popToMark()), // LIST
  '\x85': (m) => m.pushContainer(m.popMany(1)), // TUPLE1
  '\x86': (m) => m.pushContainer(m.popMany(2)), // TUPLE2
  '\x87': (m) => m.pushContainer(m.popMany(3)), // TUPLE3
  d: (m) => m.pushContainer(pairs(m)), // DICT
  '\x91': (m) => m.pushContainer(new Set(m.popToMark())), // FROZENSET
  a: (m) => {
    const element = m.pop();
    m.extend(m.top(), [element]);
  }, // APPEND
  e: (m) => {
    const elements = m.popToMark();
    m.extend(m.top(), elements);
  }, // APPENDS
  '\x90': (m) => {
    const elements = m.popToMark();
    m.extend(m.top(), elements);
  }, // ADDITEMS
  s: (m) => {
    const item = m.popMany(2);
    m.assign(m.top(), item);
  }, // SETITEM
  u: (m) => {
    const items = m.popToMark();
    m.assign(m.top(), items);
  }, // SETITEMS

  // The stack and the memo.
  '(': (m) => m.mark(), // MARK
  '0': (m) => m.discard(), // POP
  '1': (m) => void m.popToMark(), // POP_MARK
  '2': (m) => m.push(m.top()), // DUP
  p: (m) => m.memoize(Number(integerFromText(m.line()))), // PUT
  q: (m) => m.memoize(m.reader.u8()), // BINPUT
  r: (m) => m.memoize(m.reader.u32()), // LONG_BINPUT
  '\x94': (m) => m.memoize(m.memoSize), // MEMOIZE
  g: (m) => m.recall(Number(integerFromText(m.line()))), // GET
  h: (m) => m.recall(m.reader.u8()), // BINGET
  j: (m) => m.recall(m.reader.u32()), // LONG_BINGET

  // What Python would import, call or instantiate.
  c: (m) => m.pushContainer(global(m)), // GLOBAL
  '\x93': (m) => {
    const [module, name] = m.popMany(2);
    m.pushContainer(globalName(m, module, name));
  }, // STACK_GLOBAL
  '\x82': (m) => m.pushContainer(extension(m.reader.u8())), // EXT1
  '\x83': (m) => m.pushContainer(extension(m.reader.u16())), // EXT2
  '\x84': (m) => m.pushContainer(extension(m.reader.i32())), // EXT4
  R: (m) => {
    const [callable, args] = m.popMany(2);
    m.construct(callable, args);
  }, // REDUCE
  '\x81': (m) => {
    const [type, args] = m.popMany(2);
    m.construct(type, args);
  }, // NEWOBJ
  '\x92': (m) => {
    const [type, args, keywords] = m.popMany(3);
    m.construct(type, [args, keywords]);
  }, // NEWOBJ_EX
  i: (m) => {
    const type = global(m);
    m.construct(type, m.popToMark());
  }, // INST
  o: (m) => {
    const [type = null, ...args] = m.popToMark();
    m.construct(type, args);
  }, // OBJ
  b: (m) => {
    const state = m.pop();
    const target = m.top();
    // State of what is not a record is attributes of a known class (an OrderedDict's `_metadata`): of no use here.
    if (target instanceof InertRecord) target.state = state;
  }, // BUILD
  P: (m) => m.persistent(m.line(utf8Text)), // PERSID
  Q: (m) => m.persistent(m.pop()), // BINPERSID
  '\x97': () => {
    throw malformed('the pickle keeps part of its contents outside the file');
  }, // NEXT_BUFFER
  '\x98': () => undefined, // READONLY_BUFFER
});

function byCode(table: Readonly<Record<string, Run>>): (Run | undefined)[] {
  const runs = new Array<Run | undefined>(256).fill(undefined);
  for (const [code, run] of Object.entries(table)) runs[code.charCodeAt(0)] = run;
  return runs;
}
