import { expect, test } from 'vitest';
import { fixture } from '../test/fixtures.js';
import { call, dict, global, pickleOf, type Writable } from '../test/pickle-writer.js';
import { refusal } from '../test/refusals.js';
import { tensor, torchFile } from '../test/torch-writer.js';
import { zipFile } from '../test/zip-writer.js';
import type { Checkpoint } from './checkpoint.js';
import { decodeCheckpoint } from './read-checkpoint.js';

const storages = { 0: Float32Array.of(1, 2) };
const w = tensor({ key: '0', shape: [2] });
const decode = (content: Writable) => decodeCheckpoint(torchFile({ content, storages }), 'x.pt');
const archiveOf = (dataPkl: Uint8Array) => zipFile([{ name: 'archive/data.pkl', content: dataPkl }]);

/** Name → parent. */
const named = ({ tensors }: Checkpoint) => Object.fromEntries([...tensors].map(([name, { parent }]) => [name, parent]));

test('dicts, lists and objects lead to tensors by dotted paths', () => {
  const content = dict({
    state_dict: dict({ 'net.0.weight': w }),
    optimizer_states: [dict({ state: new Map<Writable, Writable>([[0, dict({ exp_avg: w })]]) })],
    holder: call(global('my', 'Holder'), [], dict({ best: w })),
    epoch: 3,
  });
  expect(named(decode(content))).toEqual({
    'state_dict.net.0.weight': 'state_dict',
    'optimizer_states.0.state.0.exp_avg': 'optimizer_states.0.state.0',
    'holder.best': 'holder',
  });
});

test('a whole module gives the names of its state dict', () => {
  const empty = dict({});
  const linear = call(
    global('torch.nn', 'Linear'),
    [],
    dict({
      _parameters: dict({ weight: w, bias: null }),
      _buffers: dict({ scale: w }),
      _modules: empty,
    }),
  );
  const layers = dict({ '0': linear });
  const net = call(
    global('torch.nn', 'Sequential'),
    [],
    dict({ _parameters: empty, _buffers: empty, _modules: layers }),
  );
  expect(named(decode(net))).toEqual({ '0.weight': '', '0.scale': '' });
  expect(named(decode(dict({ model: net, epoch: 1 })))).toEqual({
    'model.0.weight': 'model',
    'model.0.scale': 'model',
  });
});

test('a tensor alone has a name', () => {
  expect(named(decode(w))).toEqual({ tensor: '' });
});

test('what is shared is named once, what is circular ends', () => {
  // d = {1: d, 2: [d]}
  const circular = archiveOf(pickleOf('}q\x00K\x01h\x00sK\x02]h\x00as.'));
  expect(decodeCheckpoint(circular, 'x.pt').tensors.size).toBe(0);
});

test('two tensors of one name are refused', () => {
  const content = dict({ a: dict({ b: w }), 'a.b': w });
  expect(refusal('invalid-file', () => decode(content)).message).toBe("x.pt: two tensors in the file are named 'a.b'");
});

test('endless nesting and endless names are refused', () => {
  const nested = archiveOf(pickleOf(']'.repeat(5000), 'a'.repeat(4999), '.'));
  expect(refusal('invalid-file', () => decodeCheckpoint(nested, 'x.pt')).message).toContain('more than 100 deep');
  expect(refusal('invalid-file', () => decode(dict({ ['x'.repeat(3000)]: w }))).message).toContain('3000 characters');
});

test('long keys of what is no tensor do not matter', () => {
  expect(decode(dict({ ['x'.repeat(3000)]: 1, w })).tensors.size).toBe(1);
});

test.each([0, 1, 2, 3, 4, 5])(
  'NumPy arrays in a pickle of protocol %d are tensors, its numbers metadata',
  (protocol) => {
    const { tensors, metadata } = decodeCheckpoint(archiveOf(fixture(`arrays.protocol${protocol}.pkl`)), 'x.pt');
    expect([...tensors.keys()]).toEqual(['array', 'wide']);
    expect(tensors.get('array')).toMatchObject({ shape: [2, 3], dtype: 'float32' });
    expect([...tensors.get('array')!.float32()]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...tensors.get('wide')!.float32()]).toEqual([0, 1]);
    expect(metadata).toMatchObject({ scalar: 2.5, count: 7, flag: 1 });
  },
);
