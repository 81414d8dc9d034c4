import { expect, test } from 'vitest';
import { fixture } from '../test/fixtures.js';
import { call, dict, global, pickle, pickleOf, type Writable } from '../test/pickle-writer.js';
import { tensor, torchFile } from '../test/torch-writer.js';
import { zipFile } from '../test/zip-writer.js';
import { decodeCheckpoint } from './read-checkpoint.js';

const metadataOf = (dataPkl: Uint8Array) =>
  decodeCheckpoint(zipFile([{ name: 'archive/data.pkl', content: dataPkl }]), 'x.pt').metadata;

test.each([0, 1, 2, 3, 4, 5])('Python values of protocol %d become plain JSON', (protocol) => {
  const metadata = metadataOf(fixture(`values.protocol${protocol}.pkl`));
  expect(JSON.parse(JSON.stringify(metadata))).toMatchObject({
    epoch: 3,
    huge: '-1180591620717411303424',
    flags: [true, false, null],
    ordered: { a: 1 },
    raw: '2 bytes',
    set: [7],
    record: { state: { lr: 0.5 } },
  });
});

test('tensors, and containers of nothing else, are left out', () => {
  const w = tensor({ key: '0', shape: [1] });
  const content = dict({ state_dict: dict({ w }), list: [w, 'text'], all: [w], empty: dict({}) });
  const { metadata } = decodeCheckpoint(torchFile({ content, storages: { 0: Float32Array.of(1) } }), 'x');
  expect(metadata).toEqual({ list: ['text'], empty: {} });
});

test('a call that would have run a command is a record of it', () => {
  expect(metadataOf(pickle(dict({ evil: call(global('os', 'system'), ['rm -rf /']) })))).toEqual({
    evil: { type: 'os.system', args: ['rm -rf /'] },
  });
});

test('OmegaConf containers and nodes are what they contain', () => {
  const node = (value: Writable) => call(global('omegaconf.nodes', 'AnyNode'), [], dict({ _metadata: 1, _val: value }));
  const config = (content: Writable) =>
    call(global('omegaconf.dictconfig', 'DictConfig'), [], dict({ _parent: null, _content: content }));
  const cfg = config(dict({ width: node(104), network: config(dict({ name: node('ffn') })) }));
  expect(metadataOf(pickle(dict({ cfg })))).toEqual({ cfg: { width: 104, network: { name: 'ffn' } } });
});

test('keys cannot reach the prototype of objects', () => {
  const metadata = metadataOf(pickle(dict({ ['__proto__']: dict({ polluted: true }) })));
  expect(Object.keys(metadata)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('circular and exponentially shared values are cut', () => {
  // d = {0: d}
  expect(JSON.stringify(metadataOf(pickleOf('}q\x00K\x00h\x00s.')))).toContain('"…"');
  // Each list holds the one before twice: 2⁴⁰ values.
  const doubling = Array.from({ length: 40 }, (_, i) => `](h${String.fromCharCode(i)}h${String.fromCharCode(i)}e`);
  const lists = doubling.map((list, i) => `${list}q${String.fromCharCode(i + 1)}`).join('');
  expect(JSON.stringify(metadataOf(pickleOf(']q\x00', lists, '.'))).length).toBeLessThan(1e6);
});

test('endless lists are cut, and say so', () => {
  const endless = metadataOf(pickleOf('](', 'N'.repeat(200_000), 'e.')).value as unknown[];
  expect(endless.length).toBeLessThanOrEqual(100_001);
  expect(endless.slice(-2)).toEqual([null, '…']);
});

test('what is no dict is a value', () => {
  expect(metadataOf(pickle(5))).toEqual({ value: 5 });
});
