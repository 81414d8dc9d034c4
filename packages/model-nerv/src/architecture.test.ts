import { type SignalShape, sizeOf } from '@xinc/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planArchitecture } from './architecture.js';
import { nervConfig } from './config.js';
import { parameterSpecs } from './parameters.js';

const video = (height: number, width: number): SignalShape => ({ kind: 'video', frames: 30, height, width });
const plan = (config: Record<string, unknown>, signal = video(128, 256)) =>
  planArchitecture(nervConfig.parse(config), signal);
const widthsOf = ({ stem, blocks }: ReturnType<typeof plan>) => [
  stem.channels,
  ...blocks.map(({ outChannels, stride }) => outChannels / stride ** 2),
];
const countParameters = (architecture: ReturnType<typeof plan>) =>
  parameterSpecs(architecture).reduce((total, { shape }) => total + sizeOf(shape), 0);

describe('the paper’s network at 128×256', () => {
  const architecture = plan({});

  test('is 37 channels wide and narrows to 22', () => {
    expect(widthsOf(architecture)).toEqual([37, 31, 26, 22]);
    expect(architecture.stem).toEqual({ channels: 37, height: 8, width: 16 });
  });

  test('has 978,557 parameters', () => {
    expect(countParameters(architecture)).toBe(978_557);
  });

  test('has the published shapes and PyTorch’s initialisation', () => {
    const specs = parameterSpecs(architecture).map(({ name, shape, init }) => [name, shape, init]);
    const uniform = (fanIn: number) => ({ kind: 'uniform', bound: 1 / Math.sqrt(fanIn) });
    expect(specs).toEqual([
      ['stem.weight', [4736, 160], uniform(160)],
      ['stem.bias', [4736], uniform(160)],
      ['block1.weight', [496, 37, 3, 3], uniform(37 * 9)],
      ['block1.bias', [496], uniform(37 * 9)],
      ['block2.weight', [104, 31, 3, 3], uniform(31 * 9)],
      ['block2.bias', [104], uniform(31 * 9)],
      ['block3.weight', [88, 26, 3, 3], uniform(26 * 9)],
      ['block3.bias', [88], uniform(26 * 9)],
      ['head.weight', [3, 22, 3, 3], uniform(22 * 9)],
      ['head.bias', [3], uniform(22 * 9)],
    ]);
  });
});

describe('widths', () => {
  test('of a budget: one channel more would cost more than it (method §3)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 2, max: 20 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(1, 3, 5),
        fc.double({ min: 1.05, max: 2.5, noNaN: true }),
        fc.integer({ min: 200_000, max: 8_000_000 }),
        (h0, w0, strides, kernelSize, reduction, parameters) => {
          const factor = strides.reduce((a, b) => a * b, 1);
          const D = plan({ strides, kernelSize, reduction, parameters }, video(h0 * factor, w0 * factor)).stem.channels;
          const cost = (d: number) =>
            160 * h0 * w0 * d +
            strides.reduce(
              (sum, s, i) => sum + (d / reduction ** i) * (d / reduction ** (i + 1)) * s * s * kernelSize ** 2,
              0,
            );
          expect(cost(D)).toBeLessThanOrEqual(parameters * (1 + 1e-9));
          expect(cost(D + 1)).toBeGreaterThan(parameters * (1 - 1e-9));
        },
      ),
    );
  });

  test.each([
    [256, 512, 1e6, [11, 9, 8, 7]],
    [64, 128, 1e6, [65, 54, 45, 38]],
    [128, 256, 3e6, [87, 72, 60, 50]],
  ])('at %d×%d with %d parameters stay near the budget', (height, width, parameters, widths) => {
    const architecture = plan({ parameters }, video(height, width));
    expect(widthsOf(architecture)).toEqual(widths);
    expect(Math.abs(countParameters(architecture) / parameters - 1)).toBeLessThan(0.1);
  });

  test('never fall below the minimum', () => {
    expect(widthsOf(plan({ width: 8, minimumWidth: 6 }))).toEqual([8, 7, 6, 6]);
  });

  test('are rounded half to even, as the published ones', () => {
    expect(widthsOf(plan({ width: 15, strides: [4, 4] }))).toEqual([15, 12, 10]);
    expect(widthsOf(plan({ width: 9, strides: [4, 4] }))).toEqual([9, 8, 7]);
  });

  test('can be given', () => {
    expect(widthsOf(plan({ width: 20, widths: '10,9,7,3' }))).toEqual([10, 9, 7, 3]);
  });

  test('given for another number of blocks are refused', () => {
    expect(() => plan({ widths: '37,31' })).toThrow(
      'nerv: widths 37,31 has 2 values, but strides 4,2,2 want 4. Give the stem’s channels, then each block’s.',
    );
  });

  test('of no channel are refused', () => {
    expect(() => plan({ parameters: 10_000 })).toThrow(
      'nerv: 10000 parameters do not pay for one channel of a 8×16 stem. Raise parameters, enlarge strides, choose a smaller `size`, or give width.',
    );
  });
});

describe('kernel sizes', () => {
  const sizesOf = ({ blocks, head }: ReturnType<typeof plan>) => [...blocks, head].map(({ kernelSize }) => kernelSize);

  test('are one for all, or one for each', () => {
    expect(sizesOf(plan({ kernelSize: 5 }))).toEqual([5, 5, 5, 5]);
    expect(sizesOf(plan({ kernelSize: '1,3,5,3' }))).toEqual([1, 3, 5, 3]);
  });

  test('for another number of convolutions are refused', () => {
    expect(() => plan({ kernelSize: '1,3,5' })).toThrow(
      'nerv: kernelSize 1,3,5 has 3 values, but strides 4,2,2 make 4 convolutions. Give one value for all, or one per block and, last, the head’s.',
    );
  });
});

describe('a size that strides do not reach', () => {
  test.each([
    [120, 256, '128×256 and 112×256: give `size: 128x256`, or other strides.'],
    [1080, 1920, '1088×1920 and 1072×1920: give `size: 1088x1920`, or other strides.'],
    [10, 20, '16×16 and 16×32: give `size: 16x16`, or other strides.'],
    [130, 250, '128×256 and 128×240: give `size: 128x256`, or other strides.'],
  ])('%d×%d is refused with the nearest sizes', (height, width, nearest) => {
    expect(() => plan({}, video(height, width))).toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: `nerv: strides 4,2,2 make pictures whose height and width are multiples of 16, and ${height}×${width} is not. Nearest are ${nearest}`,
      }),
    );
  });

  test('the size named is reached', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
        (height, width, strides) => {
          const size = named(() => plan({ strides, width: 1 }, video(height, width)));
          if (size) plan({ strides, width: 1 }, video(size[0], size[1]));
          else expect([height % product(strides), width % product(strides)]).toEqual([0, 0]);
        },
      ),
    );
  });
});

const product = (factors: readonly number[]) => factors.reduce((a, b) => a * b, 1);

/** The size that the error of `attempt` names, if it throws. */
function named(attempt: () => unknown): [number, number] | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    const [, height, width] = /`size: (\d+)x(\d+)`/.exec((error as Error).message)!;
    return [Number(height), Number(width)];
  }
}
