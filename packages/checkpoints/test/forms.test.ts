import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Checkpoint, decodeCheckpoint, readCheckpoint } from '../src/index.js';
import { fixture } from './fixtures.js';
import { call, dict, global, tuple } from './pickle-writer.js';
import { refusal } from './refusals.js';
import { torchFile } from './torch-writer.js';

/* Files that PyTorch 2.15 and torchao 0.18 have written (fixtures/make_forms.py), and what PyTorch computes with. */
interface Expected {
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}
const expected: Readonly<Record<string, Readonly<Record<string, Expected>>>> = JSON.parse(
  readFileSync(new URL('fixtures/forms/expected.json', import.meta.url), 'utf8'),
);

const read = (name: string) => decodeCheckpoint(fixture(`forms/${name}`), name);

function values({ tensors }: Checkpoint) {
  return Object.fromEntries(
    [...tensors].map(([name, { shape, float32 }]) => [name, { shape, values: [...float32()] }]),
  );
}

/** Compares with float32 values of PyTorch, whose sums are in another order. */
function expectWeights(checkpoint: Checkpoint, form: string, prefix = '') {
  const found = values(checkpoint);
  const names = Object.keys(found).filter((name) => name.startsWith(prefix));
  expect(names.map((name) => name.slice(prefix.length)).sort()).toEqual(Object.keys(expected[form]).sort());
  for (const [name, { shape, values: right }] of Object.entries(expected[form])) {
    const tensor = found[prefix + name];
    expect(tensor.shape).toEqual(shape);
    for (const [i, value] of right.entries()) {
      expect(Math.abs(tensor.values[i] - (value as number))).toBeLessThanOrEqual(
        2e-7 * Math.max(1, Math.abs(value as number)),
      );
    }
  }
}

describe('weights in the place of what they are computed from', () => {
  const norm = 'computed from its norm and direction (weight_norm): 0.weight, 2.weight';
  const singular = 'divided by its largest singular value (spectral_norm)';
  test.each([
    ['weight_norm_old.pt', norm],
    ['weight_norm_axis.pt', norm],
    ['weight_norm_whole.pt', norm],
    ['weight_norm.pt', norm],
    ['pruned.pt', 'multiplied by its mask (pruning): 0.weight, 2.weight'],
    ['pruned_weight_norm.pt', norm],
    ['spectral_norm_old.pt', `${singular}: 0.weight, 2.weight`],
    ['spectral_norm.pt', `${singular}: 0.weight, 2.weight`],
    ['spectral_norm_transposed.pt', `${singular}: weight`],
    ['quantize_dynamic.pt', 'dequantised (qint8): 0.weight, 2.weight'],
    ['module_weight_norm.pt', norm],
    ['module_pruned.pt', 'multiplied by its mask (pruning): 0.weight, 2.weight'],
    ['module_quantised.pt', 'dequantised (qint8): 0.weight, 2.weight'],
    ['torchao_intx.pt', "dequantised (torchao's IntxUnpackedToInt8Tensor): 0.weight, 2.weight"],
    ['torchao_int8.pt', "dequantised (torchao's Int8Tensor): 0.weight, 2.weight"],
    ['torchao_float8.pt', "dequantised (torchao's Float8Tensor): 0.weight, 2.weight"],
  ])('%s', (name, note) => {
    const checkpoint = read(name);
    expectWeights(checkpoint, name);
    expect(checkpoint.notes).toEqual([note]);
    expect(new Set([...checkpoint.tensors.values()].map(({ parent }) => parent))).toEqual(new Set(['']));
  });

  test('sparse tensors of every layout', () => {
    const checkpoint = read('sparse.pt');
    expectWeights(checkpoint, 'sparse.pt');
    expect(checkpoint.notes).toContain('made dense (torch.sparse_coo): coo, uncoalesced, hybrid');
    expect(checkpoint.foreign).toEqual([]);
  });

  test('quantised tensors, of one scale and of one for each channel', () => {
    expectWeights(read('quantised.pt'), 'quantised.pt');
  });

  test('what HNeRV saves as {quant, min, scale}', () => {
    const checkpoint = read('hnerv.pth');
    expectWeights(checkpoint, 'hnerv.pth');
    expect(checkpoint.tensors.get('model.0.weight')).toMatchObject({ parent: 'model', dtype: 'float32' });
  });

  test('a parametrization that the file does not hold is named, with what to do', () => {
    const { notes, tensors } = read('orthogonal.pt');
    expect([...tensors.keys()]).toContain('2.parametrizations.weight.original');
    expect(notes).toEqual([
      'made into a weight by a parametrization that the file does not hold (in Python, call torch.nn.utils.parametrize.remove_parametrizations(module, name) before saving): 2.parametrizations.weight.original',
    ]);
  });
});

test('tensors that are plain attributes of a module, and a subclass of Parameter', () => {
  const checkpoint = read('module_attributes.pt');
  expectWeights(checkpoint, 'module_attributes.pt');
  expect(checkpoint.tensors.get('B')?.parent).toBe('B');
  expect(checkpoint.tensors.get('net.0.weight')?.parent).toBe('');
  expect(checkpoint.notes).toEqual([
    'kept as plain attributes of modules, in no state dict: B, table, unregistered.0.weight, unregistered.0.bias',
  ]);
  expectWeights(read('subclasses.pt'), 'subclasses.pt');
});

test('one tensor under two names is told from equal ones and from other views', () => {
  const { tensors } = read('shared.pt');
  expect(Object.fromEntries([...tensors].map(([name, { aliasOf }]) => [name, aliasOf]))).toEqual({
    'a.B': undefined,
    'b.B': 'a.B',
    'c.B': undefined,
    view: 'a.B',
    turned: undefined,
  });
});

test('complex tensors are read as pairs, whatever view of their storage they are', () => {
  const { tensors } = read('complex_views.pt');
  const pairs = (name: string) => [...tensors.get(name)!.pairs!()];
  expect(pairs('conjugated')).toEqual([1, -2, 3, 4, 0, -5, 6, -7]);
  expect(pairs('transposed')).toEqual([1, 2, 0, 5, 3, -4, 6, 7]);
  expect(pairs('negated')).toEqual([-1, -2, -3, 4, -0, -5, -6, -7]);
});

test('complex tensors keep shape and dtype and are not converted', () => {
  const { tensors } = read('complex.pt');
  expect([...tensors].map(([name, { shape, dtype }]) => [name, shape, dtype])).toEqual([
    ['B', [2], 'complex64'],
    ['wide', [2, 2], 'complex128'],
  ]);
  expect(refusal('unsupported', () => tensors.get('B')!.float32()).message).toBe(
    'A tensor of dtype complex64 and shape 2 cannot be read. It holds complex numbers, and converting them to real ones would drop their imaginary parts: only a model whose parameters are complex can use it.',
  );
});

describe.each(['float8.pt', 'float8.safetensors'])('%s', (name) => {
  test.each(Object.entries(expected['float8.pt']))(
    'every code of %s is the number that PyTorch makes of it',
    (dtype, right) => {
      const tensor = read(name).tensors.get(dtype)!;
      expect(tensor.dtype).toBe(dtype);
      expect([...tensor.float32()]).toEqual(
        right.values.map((text) => Number(String(text).replace('inf', 'Infinity'))),
      );
    },
  );
});

describe('programs are read as data', () => {
  test.each([
    ['script.pt', 'the file is a TorchScript program: its weights are read, and nothing of it is run'],
    ['traced.pt', 'the file is a TorchScript program: its weights are read, and nothing of it is run'],
    ['export.pt2', 'the file is a program of torch.export: its weights are read, and nothing of it is run'],
  ])('%s', (name, note) => {
    const checkpoint = read(name);
    expectWeights(checkpoint, 'net');
    expect(checkpoint.notes).toEqual([note]);
    expect(checkpoint.foreign).toEqual([]);
    expect(checkpoint.tensors.get('0.weight')?.parent).toBe('');
  });
});

describe('formats of earlier times and of plain pickles', () => {
  test('torch.save before 1.6, and parts of a storage', () => {
    expect(read('legacy.pt').format).toBe('pytorch');
    expectWeights(read('legacy.pt'), 'net');
    expectWeights(read('legacy_views.pt'), 'legacy_views.pt');
  });

  test.each([0, 2, 5])('NumPy arrays pickled with protocol %d', (protocol) => {
    const checkpoint = read(`arrays.protocol${protocol}.pkl`);
    expectWeights(checkpoint, 'net', 'params.');
    expect(checkpoint).toMatchObject({ format: 'pickle', metadata: { epoch: 7 }, foreign: [] });
  });

  test('tensors of PyTorch in a plain pickle', () => {
    expectWeights(read('tensors.pkl'), 'net');
  });

  test('a dict of arrays that numpy.save wrote', () => {
    const checkpoint = read('dict.npy');
    expectWeights(checkpoint, 'net');
    expect(checkpoint.metadata).toEqual({});
  });

  test.each(['legacy.pt', 'arrays.protocol2.pkl', 'arrays.protocol0.pkl', 'tensors.pkl', 'dict.npy'])(
    '%s is refused wherever it is cut off',
    (name) => {
      const bytes = fixture(`forms/${name}`);
      for (let length = 0; length < bytes.length; length++) {
        refusal('invalid-file', () => decodeCheckpoint(bytes.slice(0, length), name));
      }
    },
  );
});

describe('tensors that a TorchScript program has in its code', () => {
  test('lie beside those of its module, as a dict of their own', () => {
    const checkpoint = read('constants.pt');
    expect(values(checkpoint)).toEqual({
      'out.weight': { shape: [3, 6], values: Array.from({ length: 18 }, (_, i) => i / 8) },
      'constants.0': { shape: [3, 2], values: [0, 0.25, 0.5, 0.75, 1, 1.25] },
    });
    expect(checkpoint.tensors.get('constants.0')?.parent).toBe('constants');
    expect(checkpoint.tensors.get('out.weight')?.parent).toBe('');
  });

  test('are all that a frozen one has', () => {
    const names = [...read('frozen.pt').tensors.keys()];
    expect(names.length).toBeGreaterThan(1);
    expect(names.every((name) => name.startsWith('constants.'))).toBe(true);
  });
});

test('tensors of the device meta keep name and shape, with advice', () => {
  const meta = call(global('torch._utils', '_rebuild_meta_tensor_no_storage'), [
    global('torch', 'float32'),
    tuple(4, 3),
    tuple(3, 1),
    false,
  ]);
  const { tensors, foreign } = decodeCheckpoint(torchFile({ content: dict({ w: meta }) }), 'meta.pt');
  expect(tensors.get('w')?.shape).toEqual([4, 3]);
  expect(foreign).toEqual([]);
  expect(refusal('unsupported', () => tensors.get('w')!.float32()).message).toContain(
    'save the model after its weights were loaded into it',
  );
});

describe('a folder of torch.distributed.checkpoint', () => {
  const folder = fileURLToPath(new URL('fixtures/forms/dcp/', import.meta.url));

  test('is read as the dict that was saved', async () => {
    const checkpoint = await readCheckpoint(folder);
    expectWeights(checkpoint, 'net', 'model.');
    expect(checkpoint.metadata).toEqual({ epoch: 7 });
    expect(checkpoint.tensors.get('model.0.weight')?.parent).toBe('model');
  });

  test('is what its files are said to belong to', async () => {
    for (const name of ['.metadata', '__0_0.distcp']) {
      const failure = await readCheckpoint(`${folder}${name}`).catch((error: unknown) => error);
      expect((failure as Error).message).toBe(
        `${folder}${name}: this is one file of a folder of torch.distributed.checkpoint. Give the folder.`,
      );
    }
  });
});
