import { formatShape, type SignalShape, sizeOf } from '@xinc/core';
import { describe, expect, test } from 'vitest';
import hnerv from './index.js';

const bunny: SignalShape = { kind: 'video', frames: 132, height: 640, width: 1280 };
const image = (height: number, width: number): SignalShape => ({ kind: 'image', frames: 1, height, width });
const build = (config: object, signal: SignalShape) => hnerv.build(hnerv.config.parse(config), signal);
const shapesOf = (config: object, signal: SignalShape) =>
  Object.fromEntries(build(config, signal).parameters.map(({ name, shape }) => [name, formatShape(shape)]));

test('the defaults are the published network for bunny at 1.5 million parameters', () => {
  const inr = build({}, bunny);
  expect(shapesOf({}, bunny)).toMatchObject({
    embeddings: '132×16×2×4',
    'stem.weight': '68×16×1×1',
    'block1.weight': '1425×68×1×1',
    'block2.weight': '768×57×3×3',
    'block3.weight': '640×48×5×5',
    'block4.weight': '132×40×5×5',
    'block5.weight': '112×33×5×5',
    'head.weight': '3×28×3×3',
  });
  expect(inr.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(1_505_172);
  expect(inr.training).toMatchObject({ steps: 300 * 66, learningRate: 1e-3, batch: 2 });
});

test('the learning rate rises over a tenth of the steps and falls to 0', () => {
  const { schedule } = build({}, bunny).training;
  expect([0, 0.05, 0.1, 0.55, 1].map(schedule)).toEqual([
    expect.closeTo(0.1),
    expect.closeTo(0.55),
    expect.closeTo(1),
    expect.closeTo(0.5),
    expect.closeTo(0),
  ]);
});

describe('strides that nobody gives', () => {
  test.each([
    [bunny, '5,4,4,2,2', [2, 4]],
    [{ ...bunny, height: 960, width: 1920 }, '5,4,4,2,2', [3, 6]],
    [image(128, 256), '4,4,2,2', [2, 4]],
    [image(512, 768), '4,4,4,2', [4, 6]],
    [image(48, 80), '4,2,2', [3, 5]],
    [image(6, 10), '2', [3, 5]],
  ] as const)('follow the picture: %j', (signal, strides, [rows, columns]) => {
    const { parameters } = build({}, signal);
    expect(parameters[0].shape.slice(2)).toEqual([rows, columns]);
    expect(parameters).toHaveLength(5 + 2 * strides.split(',').length);
  });
});

test('an image is a video of one frame, for which a training has 1000 steps', () => {
  const inr = build({ parameters: 200_000 }, image(128, 256));
  expect(inr.parameters[0].shape).toEqual([1, 16, 2, 4]);
  expect(inr.training.steps).toBe(1000);
});

describe('what does not fit', () => {
  test.each([
    [
      { strides: [3, 2] },
      'hnerv: strides 3,2 make pictures whose height and width are multiples of 6, and 640×1280 is not. Give `size: 642x1278`',
    ],
    [{}, 'make pictures whose height and width are multiples of 2, and 7×9 is not', image(7, 9)],
    [{ widths: [4, 3] }, 'hnerv: widths 4,3 has 2 values, but strides 5,4,4,2,2 want 6'],
    [{ kernelSizes: [1, 3] }, 'hnerv: kernelSizes 1,3 has 2 values, but strides 5,4,4,2,2 make 6 convolutions'],
    [{ parameters: 100 }, 'hnerv: 100 parameters do not pay for one channel beside 132 embeddings of 16×2×4'],
    [{ embeddings: 140 }, 'hnerv: the network has 140 embeddings, one for each frame, and the signal has 132 frames'],
    [{ at: '0,1' }, 'hnerv: `at` names 2 embeddings, and the signal has 132 frames'],
    [{ at: '0:132', embeddings: 100 }, 'hnerv: `at` names embedding 100, and the network has 100 embeddings: 0 to 99'],
    [{ at: '0:131,5' }, 'hnerv: `at` names an embedding twice'],
  ])('%j is refused in one line', (config, message, signal: SignalShape = bunny) => {
    expect(() => build(config, signal)).toThrow(message);
  });

  test('a list of embeddings that is none is refused where it is given', () => {
    expect(hnerv.config.safeParse({ at: '3-5' }).error?.issues[0].message).toMatch(/^write frames as/);
  });

  test('there is no frame beyond the last', () => {
    expect(() => build({}, bunny).inputs([132])).toThrow('hnerv: there is no frame 132. Frames are 0 to 131.');
  });
});
