/** A value to be pickled: arrays are lists, Maps dicts, and what JavaScript has no word for is one of {@link Special}. */
export type Writable =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Writable[]
  | Map<Writable, Writable>
  | Special;

/** Opcodes of its own, in place of a value. */
class Special {
  constructor(readonly parts: readonly (Uint8Array | Writable)[]) {}
}

const code = (opcode: string) => new Raw(Buffer.from(opcode, 'latin1'));

/** Opcode bytes, told apart from bytes as a value. */
class Raw extends Uint8Array {}

export const tuple = (...elements: Writable[]) => new Special([code('('), ...elements, code('t')]);
export const global = (module: string, name: string) => new Special([code(`c${module}\n${name}\n`)]);
/** What Python does on loading: `callable(*args)`, and then `result.__setstate__(state)`. */
export const call = (callable: Writable, args: readonly Writable[], state?: Writable) =>
  new Special([callable, tuple(...args), code('R'), ...(state === undefined ? [] : [state, code('b')])]);
export const persistent = (id: Writable) => new Special([id, code('Q')]);
export const orderedDict = (items: Map<Writable, Writable>) =>
  new Special([call(global('collections', 'OrderedDict'), []), code('('), ...[...items].flat(), code('u')]);
export const dict = (items: Readonly<Record<string, Writable>>) => new Map<Writable, Writable>(Object.entries(items));

/** Pickles a value with protocol 2. */
export function pickle(value: Writable): Uint8Array {
  return pickleOf('\x80\x02', value, '.');
}

/** Texts are opcodes in Latin-1, anything else is a value that is pickled in its place. */
export type PicklePart = Writable;

/** A pickle put together by hand. */
export function pickleOf(...parts: PicklePart[]): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (const part of parts) write(typeof part === 'string' ? code(part) : part, chunks);
  return new Uint8Array(Buffer.concat(chunks));
}

function write(value: Writable, chunks: Uint8Array[]): void {
  const put = (text: string) => chunks.push(Buffer.from(text, 'latin1'));
  if (value instanceof Raw) chunks.push(value);
  else if (value === null) put('N');
  else if (typeof value === 'boolean') put(value ? '\x88' : '\x89');
  else if (typeof value === 'number') writeNumber(value, chunks);
  else if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    put('X');
    chunks.push(sized(4, bytes.length), bytes);
  } else if (value instanceof Uint8Array) {
    put('B');
    chunks.push(sized(4, value.length), value);
  } else if (value instanceof Special) {
    for (const part of value.parts) write(part as Writable, chunks);
  } else if (value instanceof Map) {
    put('}(');
    for (const [key, entry] of value) {
      write(key, chunks);
      write(entry, chunks);
    }
    put('u');
  } else {
    put('](');
    for (const element of value) write(element, chunks);
    put('e');
  }
}

function writeNumber(value: number, chunks: Uint8Array[]): void {
  if (Number.isSafeInteger(value)) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    chunks.push(Buffer.from('\x8a\x08', 'latin1'), bytes);
    return;
  }
  const bytes = Buffer.alloc(9);
  bytes.write('G', 'latin1');
  bytes.writeDoubleBE(value, 1);
  chunks.push(bytes);
}

function sized(width: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntLE(length, 0, width);
  return bytes;
}
