import { describe, expect, test } from 'vitest';
import { call, dict, global, orderedDict, persistent, pickle, tuple, type Writable } from '../../test/pickle-writer.js';
import { refusal } from '../../test/refusals.js';
import { tensor, torchFile, type WrittenTorchFile } from '../../test/torch-writer.js';
import { zipFile } from '../../test/zip-writer.js';
import { decodeCheckpoint } from '../read-checkpoint.js';

const decode = (file: WrittenTorchFile) => decodeCheckpoint(torchFile(file), 'x.pt');
const refused = (file: WrittenTorchFile) => refusal('invalid-file', () => decode(file)).message;

/** Shape, dtype and values of the tensor that `written` describes. */
function read(written: Writable, storage: ArrayBufferView, others?: WrittenTorchFile['others']) {
  const { tensors } = decode({ content: dict({ w: written }), storages: { 0: storage }, ...(others && { others }) });
  const { shape, dtype, float32 } = tensors.get('w')!;
  return { shape, dtype, values: [...float32()] };
}

test('reads a state dict', () => {
  const content = orderedDict(dict({ 'net.0.weight': tensor({ key: '0', shape: [2, 3] }) }) as Map<Writable, Writable>);
  const checkpoint = decode({ content, storages: { 0: Float32Array.of(1, 2, 3, 4, 5, 6) } });
  expect(checkpoint.format).toBe('pytorch');
  expect([...checkpoint.tensors.keys()]).toEqual(['net.0.weight']);
  const weight = checkpoint.tensors.get('net.0.weight')!;
  expect(weight).toMatchObject({ shape: [2, 3], dtype: 'float32', parent: '' });
  expect(weight.float32()).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  expect(weight.float32()).toBe(weight.float32());
});

describe('storage types', () => {
  const float16 = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff);
  const bfloat16 = Uint16Array.of(0x3f80, 0xc000, 0x4049, 0x0000);
  test.each<[string, ArrayBufferView, string, number[]]>([
    ['DoubleStorage', Float64Array.of(1, -2, 0.1, 4), 'float64', [1, -2, Math.fround(0.1), 4]],
    ['FloatStorage', Float32Array.of(1, -2, 0.5, 4), 'float32', [1, -2, 0.5, 4]],
    ['HalfStorage', float16, 'float16', [1, -2, 2 ** -24, 65504]],
    ['BFloat16Storage', bfloat16, 'bfloat16', [1, -2, 3.140625, 0]],
    ['LongStorage', BigInt64Array.of(1n, -2n, 3n, 2n ** 40n), 'int64', [1, -2, 3, 2 ** 40]],
    ['IntStorage', Int32Array.of(1, -2, 3, -4), 'int32', [1, -2, 3, -4]],
    ['ShortStorage', Int16Array.of(1, -2, 3, -4), 'int16', [1, -2, 3, -4]],
    ['CharStorage', Int8Array.of(1, -2, 3, -4), 'int8', [1, -2, 3, -4]],
    ['ByteStorage', Uint8Array.of(1, 2, 3, 255), 'uint8', [1, 2, 3, 255]],
    ['BoolStorage', Uint8Array.of(1, 0, 1, 2), 'bool', [1, 0, 1, 1]],
  ])('%s', (type, storage, dtype, values) => {
    expect(read(tensor({ key: '0', shape: [4], type }), storage)).toEqual({ shape: [4], dtype, values });
  });

  test('infinities and NaN of half precision stay what they are', () => {
    const { values } = read(
      tensor({ key: '0', shape: [3], type: 'HalfStorage' }),
      Uint16Array.of(0x7c00, 0xfc00, 0x7e00),
    );
    expect(values).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
  });

  test.each([
    ['ComplexFloatStorage', 'drop their imaginary parts'],
    ['QInt8Storage', 'tensor.dequantize()'],
    ['QUInt4x2Storage', 'tensor.float()'],
  ])('%s is refused when its values are asked for', (type, advice) => {
    const content = dict({ w: tensor({ key: '0', shape: [1], type }) });
    const { tensors } = decode({ content, storages: { 0: new Uint8Array(8) } });
    expect(refusal('unsupported', () => tensors.get('w')!.float32()).hint).toContain(advice);
  });
});

test('follows strides, offsets and the byte order', () => {
  const storage = Float32Array.of(9, 1, 2, 3, 4, 5, 6);
  const transposed = tensor({ key: '0', shape: [3, 2], strides: [1, 3], offset: 1, elements: 7 });
  expect(read(transposed, storage).values).toEqual([1, 4, 2, 5, 3, 6]);
  const expanded = tensor({ key: '0', shape: [2, 2], strides: [0, 1], offset: 5, elements: 7 });
  expect(read(expanded, storage).values).toEqual([5, 6, 5, 6]);
  const bigEndian = new DataView(new ArrayBuffer(8));
  bigEndian.setFloat32(0, 1.5);
  bigEndian.setFloat32(4, -2);
  const others = { byteorder: new TextEncoder().encode('big') };
  expect(read(tensor({ key: '0', shape: [2] }), bigEndian, others).values).toEqual([1.5, -2]);
});

test('tensors share storages', () => {
  const content = dict({
    all: tensor({ key: '0', shape: [4] }),
    tail: tensor({ key: '0', shape: [2], offset: 2, elements: 4 }),
  });
  const { tensors } = decode({ content, storages: { 0: Float32Array.of(1, 2, 3, 4) } });
  expect([...tensors.get('tail')!.float32()]).toEqual([3, 4]);
  tensors.get('all')!.float32()[2] = 99;
  expect([...tensors.get('tail')!.float32()]).toEqual([3, 4]);
});

test('scalars and tensors without elements', () => {
  expect(read(tensor({ key: '0', shape: [] }), Float32Array.of(7))).toMatchObject({ shape: [], values: [7] });
  expect(read(tensor({ key: '0', shape: [0, 3] }), new Float32Array())).toMatchObject({ shape: [0, 3], values: [] });
});

test('parameters, negated views, tensors with attributes and untyped storages', () => {
  const weight = tensor({ key: '0', shape: [2] });
  const storage = Float32Array.of(1, 2);
  const hooks = call(global('collections', 'OrderedDict'), []);
  const parameter = call(global('torch._utils', '_rebuild_parameter'), [weight, true, hooks]);
  expect(read(parameter, storage).values).toEqual([1, 2]);

  const typed = persistent(tuple('storage', global('torch', 'FloatStorage'), '0', 'cpu', 2));
  const layout = [0, tuple(2), tuple(1), false, hooks];
  const v2 = global('torch._utils', '_rebuild_tensor_v2');
  expect(read(call(v2, [typed, ...layout, dict({ neg: true })]), storage).values).toEqual([-1, -2]);

  const fromType = global('torch._tensor', '_rebuild_from_type_v2');
  const attributed = call(fromType, [v2, global('my', 'Tensor'), tuple(typed, ...layout), dict({ tag: 1 })]);
  expect(read(attributed, storage).values).toEqual([1, 2]);

  const untyped = persistent(tuple('storage', global('torch.storage', 'UntypedStorage'), '0', 'cpu', 4));
  const v3 = call(global('torch._utils', '_rebuild_tensor_v3'), [untyped, ...layout, global('torch', 'bfloat16')]);
  expect(read(v3, Uint16Array.of(0x3f80, 0x4000))).toEqual({ shape: [2], dtype: 'bfloat16', values: [1, 2] });
});

describe('refuses, without taking memory', () => {
  const small = { 0: Float32Array.of(1, 2, 3, 4) };
  test.each<[string, Writable, RegExp]>([
    [
      'a storage larger than its file',
      tensor({ key: '0', shape: [4], elements: 2.5e9 }),
      /declares 10000000000 bytes and has 16/,
    ],
    [
      'a tensor larger than its storage',
      tensor({ key: '0', shape: [50_000, 50_000], elements: 4 }),
      /reaches element 2499999999 of a storage that holds 4/,
    ],
    [
      'an expanded tensor of 10 GB',
      tensor({ key: '0', shape: [50_000, 50_000], strides: [0, 0], elements: 4 }),
      /beyond the 64\.0 MB of memory/,
    ],
    [
      'an impossible shape',
      tensor({ key: '0', shape: [2 ** 40, 2 ** 40], strides: [0, 0], elements: 4 }),
      /impossible shape/,
    ],
    ['an offset outside', tensor({ key: '0', shape: [1], offset: 4, elements: 4 }), /reaches element 4/],
    [
      'negative strides',
      tensor({ key: '0', shape: [2], strides: [-1], offset: 1, elements: 4 }),
      /negative or fractional/,
    ],
    ['fractional extents', tensor({ key: '0', shape: [1.5], strides: [1], elements: 4 }), /not a count/],
    ['missing strides', tensor({ key: '0', shape: [2, 2], strides: [1], elements: 4 }), /has 1 strides/],
    ['65 axes', tensor({ key: '0', shape: new Array(65).fill(1), elements: 4 }), /described without its shape/],
    ['a storage that is not there', tensor({ key: '7', shape: [1] }), /lacks the storage 'data\/7'/],
    ['a persistent id of another kind', persistent(tuple('module', 'x')), /not a storage/],
    [
      'a tensor without storage',
      call(global('torch._utils', '_rebuild_tensor_v2'), [1, 0, tuple(), tuple()]),
      /without its storage/,
    ],
  ])('%s', (_, w, message) => {
    expect(refused({ content: dict({ w }), storages: small })).toMatch(message);
  });

  test('many tensors that are small each', () => {
    const view = tensor({ key: '0', shape: [1000, 1000], strides: [0, 0], elements: 4 });
    expect(refused({ content: new Array(50).fill(view), storages: small })).toContain('a tensor of shape 1000×1000');
  });
});

test('a larger memory limit is obeyed', () => {
  const bytes = torchFile({
    content: dict({ w: tensor({ key: '0', shape: [5000, 5000], strides: [0, 0], elements: 1 }) }),
    storages: { 0: Float32Array.of(3) },
  });
  refusal('invalid-file', () => decodeCheckpoint(bytes, 'x.pt'));
  expect(decodeCheckpoint(bytes, 'x.pt', { memoryLimit: 2e8 }).tensors.get('w')!.shape).toEqual([5000, 5000]);
  refusal('invalid-option', () => decodeCheckpoint(bytes, 'x.pt', { memoryLimit: -1 }));
});

test('a tensor within the limit but beyond the machine is refused when its values are asked for', () => {
  const bytes = torchFile({
    content: dict({ w: tensor({ key: '0', shape: [2 ** 45], strides: [0], elements: 1 }) }),
    storages: { 0: Float32Array.of(3) },
  });
  const { tensors } = decodeCheckpoint(bytes, 'x.pt', { memoryLimit: 2 ** 50 });
  const { message } = refusal('unsupported', () => tensors.get('w')!.float32());
  expect(message).toBe('A tensor of shape 35184372088832 does not fit into memory');
});

test('refuses odd byte orders, and two pickles', () => {
  const content = dict({});
  expect(refused({ content, others: { byteorder: new TextEncoder().encode('middle') } })).toContain("'middle'");
  const two = zipFile(['a', 'b'].map((folder) => ({ name: `${folder}/data.pkl`, content: pickle(null) })));
  expect(refusal('invalid-file', () => decodeCheckpoint(two, 'x')).message).toContain('2 pickles');
});
