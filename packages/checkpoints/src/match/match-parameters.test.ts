import type { CheckpointLayout, ParameterSpec, Shape } from '@xinc/core';
import { encodeSafetensors } from '@xinc/core/formats';
import { describe, expect, test } from 'vitest';
import { call, dict, global, type Writable } from '../../test/pickle-writer.js';
import { refusal } from '../../test/refusals.js';
import { stateDict, tensor, torchFile } from '../../test/torch-writer.js';
import type { Checkpoint } from '../checkpoint.js';
import { encodeNpz } from '../numpy/encode-npz.js';
import { decodeCheckpoint } from '../read-checkpoint.js';
import { matchNetworks, matchParameters } from './match-parameters.js';
import { possiblePlaces, tensorShapes } from './tensor-shapes.js';

const spec = (name: string, shape: Shape): ParameterSpec => ({
  name,
  shape,
  init: { kind: 'constant', value: 0 },
  trainable: true,
});
const parameters = [spec('frequencies', [4, 2]), spec('layer1.weight', [3, 8]), spec('layer1.bias', [3])];
const layout: CheckpointLayout = {
  name: 'published',
  names: { frequencies: 'encoding.B', 'layer1.weight': 'net.0.linear.weight', 'layer1.bias': 'net.0.linear.bias' },
};
const published = { 'encoding.B': [4, 2], 'net.0.linear.weight': [3, 8], 'net.0.linear.bias': [3] };

const prefixed = (prefix: string, shapes: Record<string, number[]>) =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));

/** A checkpoint whose top is made from the state dict of `shapes`. */
function checkpoint(
  shapes: Record<string, number[]>,
  wrap: (content: Writable) => Writable = (content) => content,
): Checkpoint {
  const { content, storages } = stateDict(shapes);
  return decodeCheckpoint(torchFile({ content: wrap(content), storages }), 'x.pt');
}

const mismatch = (shapes: Record<string, number[]>) =>
  refusal('invalid-file', () => matchParameters(checkpoint(shapes), parameters, [layout]));

/** The values that stateDict gives the tensor at this position. */
const valuesOf = (position: number, count: number) => Float32Array.from({ length: count }, (_, i) => position + i / 64);

const expected = {
  frequencies: { shape: [4, 2], data: valuesOf(0, 8) },
  'layer1.weight': { shape: [3, 8], data: valuesOf(1, 24) },
  'layer1.bias': { shape: [3], data: valuesOf(2, 3) },
};

describe('finds the weights', () => {
  test('of a layout whose matrices are transposed', () => {
    const shapes = { 'encoding.B': [2, 4], 'net.0.linear.weight': [3, 8], 'net.0.linear.bias': [3] };
    const swapped = { ...layout, transposed: ['frequencies'] };
    const { frequencies, ...others } = matchParameters(checkpoint(shapes), parameters, [swapped]);
    const stored = valuesOf(0, 8);
    const data = Float32Array.from([0, 4, 1, 5, 2, 6, 3, 7], (i) => stored[i]);
    expect(frequencies).toEqual({ shape: [4, 2], data });
    expect(others).toEqual({ 'layer1.weight': expected['layer1.weight'], 'layer1.bias': expected['layer1.bias'] });
    refusal('invalid-file', () => matchParameters(checkpoint(published), parameters, [swapped]));
  });

  test.each<[string, Checkpoint]>([
    ['at the top', checkpoint(published)],
    ['in state_dict', checkpoint(published, (state_dict) => dict({ epoch: 1, state_dict }))],
    ['of a Lightning module', checkpoint(prefixed('model.', published), (state_dict) => dict({ state_dict }))],
    ['of DataParallel', checkpoint(prefixed('module.', published))],
    ['of torch.compile', checkpoint(prefixed('_orig_mod.', published))],
    ['of wrappers of wrappers', checkpoint(prefixed('module._orig_mod.net.', published))],
    [
      'of a compiled part',
      checkpoint({
        'encoding.B': [4, 2],
        'net._orig_mod.0.linear.weight': [3, 8],
        'net._orig_mod.0.linear.bias': [3],
      }),
    ],
    ['in a place never heard of', checkpoint(published, (weights) => dict({ a: dict({ b: [weights] }) }))],
    ['under their own names', checkpoint({ frequencies: [4, 2], 'layer1.weight': [3, 8], 'layer1.bias': [3] })],
    ['as a 1×1 convolution', checkpoint({ ...published, 'net.0.linear.weight': [3, 8, 1, 1] })],
  ])('%s', (_, found) => {
    expect(matchParameters(found, parameters, [layout])).toEqual(expected);
  });

  test.each(['safetensors', 'npz'])('in %s', (format) => {
    const tensors = Object.fromEntries(
      Object.entries(layout.names).map(([name, as]) => [as, expected[name as keyof typeof expected]]),
    );
    const bytes = format === 'npz' ? encodeNpz(tensors) : encodeSafetensors({ tensors, metadata: {} });
    expect(matchParameters(decodeCheckpoint(bytes, 'x'), parameters, [layout])).toEqual(expected);
  });

  test('with several layouts, by the one that fits', () => {
    const other: CheckpointLayout = { name: 'other', names: { ...layout.names, frequencies: 'B' } };
    expect(matchParameters(checkpoint(published), parameters, [other, layout])).toEqual(expected);
  });

  test('under their own names where a layout has none for them', () => {
    const partial: CheckpointLayout = { name: 'partial', names: { 'layer1.weight': 'w', 'layer1.bias': 'b' } };
    const found = checkpoint({ frequencies: [4, 2], w: [3, 8], b: [3] });
    expect(matchParameters(found, parameters, [partial])).toEqual(expected);
  });

  test('under names in which a wrapper’s name is part', () => {
    const found = checkpoint({ 'net.module.weight': [2] });
    const own = [spec('net.module.weight', [2])];
    expect(Object.keys(matchParameters(found, own, []))).toEqual(['net.module.weight']);
    const named: CheckpointLayout = { name: 'named', names: { w: 'net.module.weight' } };
    expect(Object.keys(matchParameters(found, [spec('w', [2])], [named]))).toEqual(['w']);
  });

  test('beside optimizer states and counters', () => {
    const found = checkpoint(published, (state_dict) => {
      const exp_avg = tensor({ key: '1', shape: [3, 8] });
      (state_dict as Map<Writable, Writable>).set(
        'steps',
        tensor({ key: '2', shape: [1], type: 'IntStorage', elements: 1 }),
      );
      return dict({ state_dict, optimizer: dict({ state: dict({ '0': dict({ exp_avg }) }) }) });
    });
    expect(matchParameters(found, parameters, [layout])).toEqual(expected);
  });

  test('at the top, optimizer states below it', () => {
    const found = checkpoint(published, (top) => {
      const exp_avg = tensor({ key: '1', shape: [3, 8] });
      return new Map([...(top as Map<Writable, Writable>), ['optimizer', dict({ exp_avg })]]);
    });
    expect(matchParameters(found, parameters, [layout])).toEqual(expected);
  });

  test('a state dict before its average, in whatever order', () => {
    const averaged = stateDict(published, 10);
    const plain = stateDict(published);
    const storages = { ...averaged.storages, ...plain.storages };
    const content = dict({ ema: averaged.content, state_dict: plain.content });
    const found = decodeCheckpoint(torchFile({ content, storages }), 'x.pt');
    expect(matchParameters(found, parameters, [layout])).toEqual(expected);
  });

  test('the place whose shapes fit, of two that have the names', () => {
    const small = stateDict(prefixed('', { ...published, 'net.0.linear.bias': [2] }), 10);
    const right = stateDict(published);
    const storages = { ...small.storages, ...right.storages };
    const content = dict({ state_dict: small.content, teacher: right.content });
    const found = decodeCheckpoint(torchFile({ content, storages }), 'x.pt');
    expect(matchParameters(found, parameters, [layout])).toEqual(expected);
  });
});

describe('refuses', () => {
  test('what is missing, misshapen and left over, in a table', () => {
    const error = mismatch({ 'encoding.B': [4, 2], 'net.0.linear.weight': [3, 9], 'net.1.linear.weight': [3, 3] });
    expect(error.message).toBe(
      'x.pt does not fit the model: 1 of 3 parameters is missing, 1 has another shape, 1 tensor is left over',
    );
    expect(error.details).toBe(
      [
        'parameter      in the checkpoint    expected  found',
        'frequencies    encoding.B           4×2       4×2',
        'layer1.weight  net.0.linear.weight  3×8       3×9  ← another shape',
        'layer1.bias    net.0.linear.bias    3         missing',
        '',
        'left over:',
        '  net.1.linear.weight  3×3',
      ].join('\n'),
    );
  });

  test('a mask that was not applied, whatever its numbers are', () => {
    const { content, storages } = stateDict(published);
    const mask = tensor({ key: 'm', shape: [2], type: 'BoolStorage' });
    const whole = new Map([...(content as Map<Writable, Writable>), ['net.0.linear.mask', mask]]);
    const file = torchFile({ content: whole, storages: { ...storages, m: Uint8Array.of(1, 0) } });
    const error = refusal('invalid-file', () => matchParameters(decodeCheckpoint(file, 'x.pt'), parameters, [layout]));
    expect(error.details).toMatch(/left over:\n {2}net\.0\.linear\.mask {2}2$/);
  });

  test('layers beyond the model’s, even where all of its own are there', () => {
    expect(mismatch({ ...published, 'net.1.linear.weight': [3, 3] }).message).toBe(
      'x.pt does not fit the model: 1 tensor is left over. Their values would change the picture: this is a network of another kind, or they are of something else and are to be saved apart.',
    );
  });

  test('two tensors that differ by a wrapper, the second left over', () => {
    const found = checkpoint({ w: [2], 'module.w': [3] });
    const error = refusal('invalid-file', () => matchParameters(found, [spec('w', [2])], []));
    expect(error.details).toMatch(/w +w +2 +2\n\nleft over:\n {2}module\.w {2}3$/);
  });

  test('by the naming under which most is there, even misshapen', () => {
    const trap: CheckpointLayout = { name: 'trap', names: { ...layout.names, frequencies: 'B', 'layer1.bias': 'b' } };
    const wrong = checkpoint({ 'encoding.B': [4, 2], 'net.0.linear.weight': [9, 8], 'net.0.linear.bias': [9], x: [1] });
    const error = refusal('invalid-file', () => matchParameters(wrong, parameters, [trap, layout]));
    expect(error.message).toContain('2 have another shape, 1 tensor is left over');
  });

  test('transposed weights', () => {
    expect(mismatch({ ...published, 'net.0.linear.weight': [8, 3] }).details).toContain('8×3  ← another shape');
  });

  test('a checkpoint of something else, listing what is there', () => {
    const error = mismatch({ 'conv\u001b.weight': [1], 'conv.bias': [1] });
    expect(error.message).toContain('3 of 3 parameters are missing');
    expect(error.details).toContain('left over:\n  conv\\u{1b}.weight  1\n  conv.bias');
  });

  test('long lists are cut', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`other.${i}`, [1]]));
    expect(mismatch(many).details).toMatch(/… and 20 more$/);
  });

  test('a checkpoint without tensors', () => {
    expect(mismatch({}).message).toBe('x.pt holds no tensors');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('a weight that is %d, naming its tensor', (value) => {
    const content = dict({ w: tensor({ key: '0', shape: [3] }) });
    const found = decodeCheckpoint(torchFile({ content, storages: { 0: Float32Array.of(1, value, 2) } }), 'x.pt');
    const error = refusal('numeric', () => matchParameters(found, [spec('w', [3])], []));
    expect(error.message).toContain(`'w' holds ${value} as its element 1`);
    expect(error.subject).toBe('w');
  });

  test('a float64 weight that float32 cannot hold, with that reason', () => {
    const content = dict({ w: tensor({ key: '0', shape: [2], type: 'DoubleStorage' }) });
    const found = decodeCheckpoint(torchFile({ content, storages: { 0: Float64Array.of(1, -1e300) } }), 'x.pt');
    expect(refusal('numeric', () => matchParameters(found, [spec('w', [2])], [])).message).toBe(
      "x.pt: 'w' holds -Infinity as its element 1. The training has diverged, or its float64 values are beyond what float32 holds; use an earlier checkpoint.",
    );
  });

  test('weights of a dtype that float32 cannot hold, naming the file and the tensor', () => {
    const content = dict({ w: tensor({ key: '0', shape: [2], type: 'ComplexFloatStorage' }) });
    const found = decodeCheckpoint(torchFile({ content, storages: { 0: new Float32Array(4) } }), 'x.pt');
    expect(refusal('unsupported', () => matchParameters(found, [spec('w', [2])], [])).message).toBe(
      "x.pt: 'w' of shape 2 and dtype complex64 cannot be read. It holds complex numbers, and converting them to real ones would drop their imaginary parts: only a model whose parameters are complex can use it.",
    );
  });

  test('whole numbers for what was trained, not for what is fixed', () => {
    const content = dict({ w: tensor({ key: '0', shape: [2], type: 'LongStorage' }) });
    const found = decodeCheckpoint(torchFile({ content, storages: { 0: BigInt64Array.of(3n, -4n) } }), 'x.pt');
    const error = refusal('invalid-file', () => matchParameters(found, [spec('w', [2])], []));
    expect(error.message).toContain('x.pt does not fit the model: 1 has whole numbers for weights');
    expect(error.details).toMatch(/w +w +2 +2 {2}← int64, not weights/);
    const fixed = { ...spec('w', [2]), trainable: false };
    expect(matchParameters(found, [fixed], []).w.data).toEqual(Float32Array.of(3, -4));
  });

  test('tensors without elements beside the weights do not matter', () => {
    const found = checkpoint({ w: [2], nothing: [0, 3] });
    expect(Object.keys(matchParameters(found, [spec('w', [2])], []))).toEqual(['w']);
  });

  test('what holds no tensors, saying what Python would have called', () => {
    const content = dict({ state_dict: call(global('posix', 'system'), ['rm -rf /']) });
    const found = decodeCheckpoint(torchFile({ content }), 'x.pt');
    expect(found.foreign).toEqual(['posix.system']);
    expect(refusal('invalid-file', () => matchParameters(found, parameters, [])).message).toBe(
      'x.pt holds no tensors. It holds what Python makes by calling posix.system, and nothing in a file is called here.',
    );
  });

  test('NaN elsewhere does not matter', () => {
    const content = dict({
      state_dict: dict({ w: tensor({ key: '0', shape: [1] }) }),
      loss: tensor({ key: '1', shape: [1] }),
    });
    const storages = { 0: Float32Array.of(1), 1: Float32Array.of(Number.NaN) };
    const found = decodeCheckpoint(torchFile({ content, storages }), 'x.pt');
    expect(matchParameters(found, [spec('w', [1])], []).w.data).toEqual(Float32Array.of(1));
  });
});

describe('tensorShapes', () => {
  test.each<[string, Checkpoint]>([
    ['at the top', checkpoint(published)],
    ['in state_dict.model', checkpoint(prefixed('model.', published), (state_dict) => dict({ state_dict }))],
    ['below wrappers', checkpoint(prefixed('module._orig_mod.', published))],
    ['in ema, nothing else there', checkpoint(published, (ema) => dict({ ema, epoch: 1 }))],
    ['in a module’s attribute', checkpoint(prefixed('network.', published), (model) => dict({ model }))],
  ])('the state dict %s', (_, found) => {
    expect(tensorShapes(found)).toEqual(published);
  });

  test('of a checkpoint without tensors: nothing', () => {
    expect(tensorShapes(checkpoint({}))).toEqual({});
  });
});

describe('possiblePlaces', () => {
  test('begin with the likeliest place', () => {
    const found = checkpoint(prefixed('model.', published), (state_dict) => dict({ state_dict }));
    expect(possiblePlaces(found)[0]).toMatchObject({ prefix: 'state_dict.model.', shapes: tensorShapes(found) });
  });

  test.each([
    ['below an attribute that is not known', prefixed('decoder.generator.', published)],
    ['beside a loss', { ...prefixed('model.', published), 'loss.vgg.weight': [4, 4], 'loss.vgg.bias': [4] }],
    ['where an attribute that is known belongs to the names', published],
  ])('are also those %s', (_, shapes) => {
    expect(possiblePlaces(checkpoint(shapes)).map((place) => place.shapes)).toContainEqual(published);
  });

  test('are few, however many places there are', () => {
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`m${i >> 1}.w${i}`, [1]]));
    expect(possiblePlaces(checkpoint(many))).toHaveLength(40);
    expect(possiblePlaces(checkpoint({})).map(({ prefix, shapes }) => ({ prefix, shapes }))).toEqual([
      { prefix: '', shapes: {} },
    ]);
  });

  test('give the values of small tensors of real numbers, by their names in it', () => {
    const [, place] = possiblePlaces(checkpoint({ 'a.omega': [1], 'a.weight': [20, 20], b: [2] }));
    expect(place.prefix).toBe('a.');
    expect(place.values('omega')).toHaveLength(1);
    expect(place.values('weight')).toBeUndefined();
    expect(place.values('b')).toBeUndefined();
  });
});

test('what was drawn at random and is not in the file is named', () => {
  const [frequencies, ...trained] = parameters;
  const { 'encoding.B': _, ...rest } = published;
  const match = (shapes: Record<string, number[]>) =>
    refusal('invalid-file', () =>
      matchParameters(checkpoint(shapes), [{ ...frequencies, trainable: false }, ...trained], [layout]),
    );
  expect(match(rest).hint).toBe(
    "'frequencies' was drawn at random and then kept: save it with the weights (in PyTorch, register_buffer), for it cannot be had without.",
  );
  expect(match({ ...rest, 'net.0.linear.bias': [4] }).hint).toBeUndefined();
  const fixed = ['a', 'b', 'c'].map((name) => ({ ...spec(name, [2]), trainable: false }));
  const others = refusal('invalid-file', () =>
    matchParameters(checkpoint({ w: [2], b: [2] }), [spec('w', [2]), ...fixed]),
  );
  expect(others.hint).toBe(
    "'a', 'c' were drawn at random and then kept: save them with the weights (in PyTorch, register_buffer), for they cannot be had without.",
  );
});

describe('several networks', () => {
  const [frequencies, weight, bias] = parameters;
  const keys = (found: Checkpoint) => matchNetworks(found, parameters, [layout]).map(({ key }) => key);

  test.each<[string, Checkpoint, string[]]>([
    [
      'of a file are all found, averaged ones last',
      checkpoint({
        ...prefixed('ema.', published),
        ...prefixed('frame0.', published),
        ...prefixed('frame1.', published),
      }),
      ['frame0', 'frame1', 'ema'],
    ],
    [
      'are found at the top and below it: neither is left over from the other',
      checkpoint({ ...published, ...prefixed('ema.', published) }),
      ['', 'ema'],
    ],
    ['of a list are called by their positions', checkpoint(prefixed('models.0.', published)), ['models.0']],
    ['are one where there is one', checkpoint(prefixed('net.', published)), ['net']],
  ])('%s', (_, found, expectedKeys) => {
    expect(keys(found)).toEqual(expectedKeys);
  });

  test('each have their own values', () => {
    const found = matchNetworks(
      checkpoint({ ...prefixed('a.', published), ...prefixed('b.', published) }),
      parameters,
      [layout],
    );
    expect(found.map((network) => network.parameters()['layer1.bias'].data)).toEqual([valuesOf(2, 3), valuesOf(5, 3)]);
  });

  test('are found beside one that does not fit', () => {
    const small = { ...published, 'net.0.linear.bias': [2] };
    expect(keys(checkpoint({ ...prefixed('a.', small), ...prefixed('b.', published) }))).toEqual(['b']);
  });

  test('a bias that the file does not hold is zero, and told, where the model says so', () => {
    const without = { 'encoding.B': [4, 2], 'net.0.linear.weight': [3, 8] };
    const [found] = matchNetworks(checkpoint(without), [frequencies, weight, { ...bias, absent: 'zero' }], [layout]);
    expect(found.absent).toEqual(['layer1.bias']);
    expect(found.parameters()['layer1.bias']).toEqual({ shape: [3], data: new Float32Array(3) });
    refusal('invalid-file', () => matchNetworks(checkpoint(without), parameters, [layout]));
  });

  test('a bias of another name is left over, not zero', () => {
    const renamed = { 'encoding.B': [4, 2], 'net.0.linear.weight': [3, 8], 'net.0.linear.b': [3] };
    const error = refusal('invalid-file', () =>
      matchNetworks(checkpoint(renamed), [frequencies, weight, { ...bias, absent: 'zero' }], [layout]),
    );
    expect(error.details).toMatch(
      /layer1\.bias +net\.0\.linear\.bias +3 +none, so zero\n\nleft over:\n {2}net\.0\.linear\.b {2}3$/,
    );
  });
});

describe('a parameter that may lie around the others', () => {
  const codes: ParameterSpec = { ...spec('codes', [5, 2]), advice: 'Save the codes beside the network.' };
  const all = [codes, ...parameters];
  const around: CheckpointLayout = { ...layout, around: { codes: ['embed', 'codes'] } };
  const nested = (names: Record<string, number[]>) =>
    matchNetworks(checkpoint(names), all, [around]).map(({ key, names: found }) => [key, found.get('codes')]);

  test('is found beside them, or in any place that encloses theirs, the nearest first', () => {
    expect(nested({ ...published, embed: [5, 2] })).toEqual([['', 'embed']]);
    expect(nested({ ...prefixed('run.model.', published), codes: [5, 2] })).toEqual([['run.model', 'codes']]);
    expect(nested({ ...prefixed('run.model.', published), 'run.embed': [5, 2], embed: [4, 2] })).toEqual([
      ['run.model', 'run.embed'],
    ]);
  });

  test('is that of all networks that it encloses', () => {
    const both = { ...prefixed('model.', published), ...prefixed('ema.', published), embed: [5, 2] };
    expect(nested(both)).toEqual([
      ['model', 'embed'],
      ['ema', 'embed'],
    ]);
  });

  test('is asked for with its own advice, where it alone is missing', () => {
    const error = refusal('invalid-file', () => matchNetworks(checkpoint(published), all, [around]));
    expect(error.message).toContain('1 of 4 parameters is missing. Save the codes beside the network.');
    const another = { ...published, 'net.0.linear.bias': [4] };
    const others = refusal('invalid-file', () => matchNetworks(checkpoint(another), all, [around]));
    expect(others.message).not.toContain('Save the codes');
  });
});
