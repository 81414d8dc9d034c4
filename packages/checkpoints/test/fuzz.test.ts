import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isXincError } from '@xinc/core';
import { encodeSafetensors } from '@xinc/core/formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Checkpoint, decodeCheckpoint, encodeNpz, possiblePlaces } from '../src/index.js';
import { fixture } from './fixtures.js';
import { call, dict, global, orderedDict, pickle, tuple, type Writable } from './pickle-writer.js';
import { stateDict, tensor, torchFile } from './torch-writer.js';
import { zipFile } from './zip-writer.js';

const MEMORY_LIMIT = 32 * 1024 * 1024;
/** A file of a few kilobytes that takes longer than this would hang when it were larger. */
const MOST_MILLISECONDS = 2000;

/** The checkpoint, its tensors converted; or `undefined` where it is refused as it should be. */
function readOrRefuse(bytes: Uint8Array): Checkpoint | undefined {
  const start = performance.now();
  try {
    const checkpoint = decodeCheckpoint(bytes, 'fuzz', { memoryLimit: MEMORY_LIMIT });
    let elements = 0;
    for (const { shape, float32 } of checkpoint.tensors.values()) {
      const values = valuesOrRefuse(float32);
      if (!values) continue;
      expect(values).toHaveLength(shape.reduce((a, b) => a * b, 1));
      elements += values.length;
    }
    expect(4 * elements).toBeLessThanOrEqual(MEMORY_LIMIT);
    JSON.stringify(checkpoint.metadata);
    possiblePlaces(checkpoint);
    return checkpoint;
  } catch (error) {
    refusedAsItShould(error);
    return undefined;
  } finally {
    expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
  }
}

function valuesOrRefuse(float32: () => Float32Array): Float32Array | undefined {
  try {
    return float32();
  } catch (error) {
    refusedAsItShould(error);
    return undefined;
  }
}

function refusedAsItShould(error: unknown): void {
  if (!isXincError(error)) throw error;
  expect(['invalid-file', 'unsupported']).toContain(error.code);
  expect(error.message).not.toMatch(/\p{Cc}/u);
}

/** An honest archive of any pickle, with the storages of the state dict below. */
const archiveOf = (dataPkl: Uint8Array) =>
  zipFile([
    { name: 'archive/data.pkl', content: dataPkl },
    ...Object.entries(storages).map(([key, { buffer }]) => ({
      name: `archive/data/${key}`,
      content: new Uint8Array(buffer),
    })),
  ]);

const shapes = { 'net.0.weight': [3, 4], 'net.0.bias': [3], 'net.1.weight': [1, 3] };
const { content, storages } = stateDict(shapes);
const torchContent = dict({
  state_dict: orderedDict(content),
  epoch: 3,
  hyper_parameters: call(global('omegaconf.dictconfig', 'DictConfig'), [], dict({ _content: dict({ width: 3 }) })),
  shared: tensor({ key: '0', shape: [2, 2], strides: [4, 1], offset: 5, elements: 12 }),
});
const torchBytes = torchFile({
  content: torchContent,
  storages,
  others: { byteorder: Buffer.from('little'), version: Buffer.from('3\n') },
});
const arrays = {
  weight: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  bias: { shape: [1], data: Float32Array.of(1) },
};

const seeds: Readonly<Record<string, Uint8Array>> = {
  'torch archives': torchBytes,
  'safetensors files': encodeSafetensors({ tensors: arrays, metadata: { a: 'b' } }),
  'plain npz files': encodeNpz(arrays),
  'compressed npz files': encodeNpz(arrays, { compress: true }),
  'npz files of NumPy': fixture('mixed.npz'),
  'npy files of NumPy': fixture('single.npy'),
  'Lightning checkpoints of PyTorch': fixture('torch/lightning.ckpt'),
  'modules of PyTorch': fixture('torch/module.pt'),
  'files of PyTorch before 1.6': fixture('forms/legacy_views.pt'),
  'tar archives of PyTorch': fixture('forms/tar.pt'),
  'sparse tensors of PyTorch': fixture('forms/sparse.pt'),
  'quantised tensors of PyTorch': fixture('forms/quantised.pt'),
  'programs of torch.export': fixture('forms/export.pt2'),
  'pickles of tensors': fixture('forms/tensors.pkl'),
  'pickles of arrays': fixture('forms/arrays.protocol0.pkl'),
  'dicts in npy files of NumPy': fixture('forms/dict.npy'),
};

/** What can happen to bytes: some overwritten, a piece cut out, doubled or replaced by noise. */
const mutation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      at: fc.nat(),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    }),
  },
  fc.record({ kind: fc.constant('ones' as const), at: fc.nat(), length: fc.constantFrom(2, 4, 8) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.nat(40) }),
  fc.record({ kind: fc.constant('double' as const), at: fc.nat(), length: fc.nat(40) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

function mutated(bytes: Uint8Array, mutations: readonly Mutation[], from = 0, to = bytes.length): Uint8Array {
  let result = bytes;
  for (const change of mutations) {
    const at = Math.min(result.length, from + (change.at % Math.max(1, to - from)));
    const [before, after] = [result.subarray(0, at), result.subarray(at)];
    if (change.kind === 'set') result = Buffer.concat([before, change.bytes, after.subarray(change.bytes.length)]);
    if (change.kind === 'ones') {
      result = Buffer.concat([before, new Uint8Array(change.length).fill(0xff), after.subarray(change.length)]);
    }
    if (change.kind === 'cut') result = Buffer.concat([before, after.subarray(change.length)]);
    if (change.kind === 'double') result = Buffer.concat([before, after.subarray(0, change.length), after]);
  }
  return result;
}

const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });

test('random bytes are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      expect(readOrRefuse(bytes)).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

test.each(Object.entries(seeds))('mutated %s are read or refused', (_, seed) => {
  expect(readOrRefuse(seed)?.tensors.size).toBeGreaterThan(0);
  fc.assert(
    fc.property(mutations, (changes) => {
      readOrRefuse(mutated(seed, changes));
    }),
    { numRuns: 1000 },
  );
});

test('random opcodes are read or refused', () => {
  // Every byte that is an opcode, with arguments likely to be small.
  const opcodes =
    '.(012FIJKLMNPQRSTUVXabcdeghijlopqrstu]})}\x80\x81\x82\x85\x86\x87\x88\x89\x8a\x8c\x8f\x90\x91\x92\x93\x94';
  const opcode = fc.constantFrom(...[...opcodes].map((character) => character.charCodeAt(0)));
  const byte = fc.oneof({ weight: 3, arbitrary: opcode }, { weight: 1, arbitrary: fc.nat(4) }, fc.constant(0x0a));
  let read = 0;
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 200 }), (bytes) => {
      if (readOrRefuse(archiveOf(Uint8Array.from([...bytes, 0x4e, 0x2e])))) read++;
    }),
    { numRuns: 3000 },
  );
  expect(read).toBeGreaterThan(0);
});

test('mutated pickles of PyTorch and CPython, in whole archives, are read or refused', () => {
  const protocols = [0, 1, 2, 3, 4, 5];
  const pickles = protocols.flatMap((p) => [
    pickle(torchContent),
    fixture(`values.protocol${p}.pkl`),
    fixture(`arrays.protocol${p}.pkl`),
  ]);
  fc.assert(
    fc.property(fc.constantFrom(...pickles), mutations, (bytes, changes) => {
      readOrRefuse(archiveOf(mutated(bytes, changes)));
    }),
    { numRuns: 3000 },
  );
});

describe('structured pickles', () => {
  const callables = fc.constantFrom(
    ...['torch._utils _rebuild_tensor_v2', 'torch._utils _rebuild_tensor_v3', 'torch._tensor _rebuild_from_type_v2'],
    ...['torch._utils _rebuild_parameter', 'collections OrderedDict', 'collections defaultdict', 'builtins list'],
    ...['builtins set', 'builtins dict', '_codecs encode', 'numpy.core.multiarray _reconstruct', 'os system'],
    ...['numpy.core.multiarray scalar', 'numpy.core.numeric _frombuffer', 'numpy dtype', 'torch Size', 'builtins eval'],
  );
  const { value } = fc.letrec<{ value: Writable }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<Writable[]>(
        null,
        true,
        0,
        1,
        -1,
        2 ** 40,
        0.5,
        'latin1',
        'f4',
        '<',
        '__proto__',
        '_parameters',
        '_content',
      ),
      fc.integer(),
      fc.string(),
      fc.uint8Array({ maxLength: 16 }),
      fc
        .record({
          key: fc.constantFrom('0', '1', '9'),
          shape: fc.array(fc.integer({ min: -1, max: 1e6 }), { maxLength: 4 }),
          strides: fc.array(fc.integer({ min: -1, max: 1e6 }), { maxLength: 4 }),
          offset: fc.integer({ min: -1, max: 20 }),
          elements: fc.integer({ min: -1, max: 20 }),
          type: fc.constantFrom(
            'FloatStorage',
            'HalfStorage',
            'BFloat16Storage',
            'LongStorage',
            'ComplexFloatStorage',
            'Odd',
          ),
        })
        .map(tensor),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(tie('value'), { maxLength: 4 }).map((elements) => tuple(...elements)),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((items) => new Map(items)),
      fc.tuple(callables, fc.array(tie('value'), { maxLength: 8 }), tie('value')).map(([path, args, state]) => {
        const [module, name] = path.split(' ');
        return call(global(module, name), args, state);
      }),
    ),
  }));

  test('are read or refused', () => {
    let read = 0;
    fc.assert(
      fc.property(value, (root) => {
        if (
          readOrRefuse(torchFile({ content: root, storages: { 0: Float32Array.of(1, 2, 3), 1: new Uint8Array(64) } }))
        )
          read++;
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(300);
  });
});

test('every state dict that is written is read as it was', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}(\.[a-z0-9]{1,4}){0,3}$/);
  const shape = fc.array(fc.nat(4), { maxLength: 4 });
  fc.assert(
    fc.property(fc.dictionary(name, shape, { maxKeys: 6 }), (written) => {
      const dictionary = stateDict(written);
      const checkpoint = decodeCheckpoint(torchFile(dictionary), 'x');
      const read = [...checkpoint.tensors].map(([key, { shape: extents, float32 }]) => [key, extents, float32()]);
      expect(read).toEqual(Object.entries(written).map(([key, extents], i) => [key, extents, dictionary.storages[i]]));
    }),
    { numRuns: 300 },
  );
});

test('every strided view holds what indexing gives', () => {
  const view = fc
    .array(fc.record({ extent: fc.integer({ min: 1, max: 4 }), stride: fc.nat(5) }), { maxLength: 3 })
    .chain((axes) => fc.record({ axes: fc.constant(axes), offset: fc.nat(3), slack: fc.nat(2) }));
  fc.assert(
    fc.property(view, ({ axes, offset, slack }) => {
      const elements = axes.reduce((last, { extent, stride }) => last + (extent - 1) * stride, offset) + 1 + slack;
      const storage = Float64Array.from({ length: elements }, (_, i) => i * 3 - 7);
      const written = tensor({
        key: '0',
        shape: axes.map(({ extent }) => extent),
        strides: axes.map(({ stride }) => stride),
        offset,
        elements,
        type: 'DoubleStorage',
      });
      const { tensors } = decodeCheckpoint(torchFile({ content: dict({ written }), storages: { 0: storage } }), 'x');
      const indices = axes.reduce<number[]>(
        (starts, { extent, stride }) =>
          starts.flatMap((at) => Array.from({ length: extent }, (_, i) => at + i * stride)),
        [offset],
      );
      expect([...tensors.get('written')!.float32()]).toEqual(indices.map((at) => storage[at]));
    }),
    { numRuns: 500 },
  );
});

const reference =
  process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference/', import.meta.url));

describe.each(['ffn-0005/best_model.ckpt', 'nerv-1001/nerv1001.pth'])('%s', (path) => {
  test.runIf(existsSync(`${reference}/${path}`))('mutated where its structure is, is read or refused', () => {
    const bytes = new Uint8Array(readFileSync(`${reference}/${path}`));
    expect(readOrRefuse(bytes)?.tensors.size).toBeGreaterThan(0);
    // The pickle is first in the archive, the directory last.
    const structure = fc.constantFrom<[number, number]>([0, 2000], [bytes.length - 2500, bytes.length]);
    fc.assert(
      fc.property(structure, mutations, ([from, to], changes) => {
        readOrRefuse(mutated(bytes, changes, from, to));
      }),
      { numRuns: 100 },
    );
  });
});

test('a pickle with the names of everything dangerous does nothing', () => {
  const names = ['os.system', 'posix.system', 'builtins.exec', 'builtins.eval', 'subprocess.run', 'runpy._run_code'];
  const evil = names.map((name) => {
    const dot = name.lastIndexOf('.');
    return call(global(name.slice(0, dot), name.slice(dot + 1)), ['process.exit(1)']);
  });
  const { metadata } = decodeCheckpoint(archiveOf(pickle(dict({ evil }))), 'x');
  expect(metadata.evil).toEqual(names.map((type) => ({ type, args: ['process.exit(1)'] })));
});
