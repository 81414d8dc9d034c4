import { expect, test } from 'vitest';
import { call, dict, global, tuple, type Writable } from '../../test/pickle-writer.js';
import { refusal } from '../../test/refusals.js';
import { tensor, torchFile } from '../../test/torch-writer.js';
import { decodeCheckpoint } from '../read-checkpoint.js';

/** A tensor subclass of shape [2, 2] as PyTorch pickles it. */
const subclass = (module: string, name: string, attributes: Readonly<Record<string, Writable>>) =>
  call(global('torch._tensor', '_rebuild_from_type_v2'), [
    global('torch._utils', '_rebuild_wrapper_subclass'),
    global(module, name),
    tuple(global(module, name), global('torch', 'float32'), tuple(2, 2), tuple(2, 1), 0, 'strided', 'cpu', false),
    dict(attributes),
  ]);

const storages = { 0: Int8Array.of(1, 2, 3, 4), 1: Float32Array.of(0.5, 2), 2: Int8Array.of(1, -1) };
const qdata = tensor({ key: '0', shape: [2, 2], type: 'CharStorage' });
const scale = tensor({ key: '1', shape: [2, 1] });
const zero_point = tensor({ key: '2', shape: [2, 1], type: 'CharStorage' });

function read(w: Writable) {
  return decodeCheckpoint(torchFile({ content: dict({ w }), storages }), 'x').tensors.get('w')!;
}

test('8-bit codes with a scale and a zero point for each row', () => {
  const w = read(subclass('torchao.quantization', 'Int8Tensor', { qdata, scale, zero_point, block_size: [1, 2] }));
  expect([...w.float32()]).toEqual([0, 0.5, 8, 10]);
  expect(w).toMatchObject({ shape: [2, 2], dtype: 'float32', made: "dequantised (torchao's Int8Tensor)" });
});

test('codes with a scale for each column', () => {
  const columns = tensor({ key: '1', shape: [1, 2] });
  const w = read(subclass('torchao.quantization', 'Int8Tensor', { qdata, scale: columns, block_size: [2, 1] }));
  expect([...w.float32()]).toEqual([0.5, 4, 1.5, 8]);
});

test.each<[string, string, Readonly<Record<string, Writable>>, string]>([
  ['torchao.quantization', 'Int4Tensor', { qdata, scale }, 'tensor.dequantize()'],
  ['torchao.quantization', 'Int8Tensor', { qdata, scale, block_size: [3, 1] }, 'tensor.dequantize()'],
  [
    'torchao.quantization',
    'Int8Tensor',
    { qdata, scale, block_size: [1, 2], act_pre_scale: scale },
    'tensor.dequantize()',
  ],
  ['torch.distributed.tensor', 'DTensor', { _local_tensor: scale }, 'tensor.full_tensor()'],
])('others keep name and shape, with advice: %s.%s', (module, name, attributes, advice) => {
  const w = read(subclass(module, name, attributes));
  expect(w).toMatchObject({ shape: [2, 2], dtype: name });
  const { message } = refusal('unsupported', () => w.float32());
  expect(message).toContain(`A tensor of dtype ${name} and shape 2×2 cannot be read. In Python, save`);
  expect(message).toContain(advice);
});
