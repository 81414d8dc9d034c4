import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { nervConfig } from './config.js';

describe('the configuration', () => {
  test('has the paper’s defaults', () => {
    expect(nervConfig.parse({})).toEqual({
      parameters: 1_000_000,
      strides: [4, 2, 2],
      kernelSize: [3],
      reduction: 1.2,
      minimumWidth: 6,
      activation: 'gelu',
      encodingLevels: 80,
      encodingBase: 1.25,
      encodingOrder: 'halves',
      stemWidths: [],
      output: 'tanh',
      learningRate: 0.001,
      batch: 2,
      epochs: 1000,
    });
  });

  test('takes every field as text, and reads it as the value itself', () => {
    const values = {
      parameters: 2.5e5,
      width: 20,
      widths: [37, 31, 26, 22],
      strides: [5, 2, 2],
      kernelSize: [1, 3, 5, 3],
      reduction: 2,
      minimumWidth: 12,
      activation: 'sine',
      encodingLevels: 40,
      encodingBase: 1.5,
      encodingOrder: 'pairs',
      stemWidths: [512, 64],
      output: 0.5,
      learningRate: 5e-4,
      optimizer: 'soap',
      optimizerRate: 0.02,
      batch: 1,
      epochs: 300,
    };
    expect(Object.keys(values).sort()).toEqual(Object.keys(nervConfig.shape).sort());
    const texts = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, String(value)]));
    expect(nervConfig.parse(texts)).toEqual(values);
    expect(nervConfig.parse(values)).toEqual(values);
  });

  test.each([
    ['4,2,2', [4, 2, 2]],
    ['4, 2, 2', [4, 2, 2]],
    ['4 2 2', [4, 2, 2]],
    ['[4,2,2]', [4, 2, 2]],
    ['8', [8]],
    [8, [8]],
  ])('reads strides %j', (strides, expected) => {
    expect(nervConfig.parse({ strides }).strides).toEqual(expected);
  });

  test.each([
    ['0', 0],
    ['-0.5', -0.5],
    ['tanh', 'tanh'],
    ['sigmoid', 'sigmoid'],
  ])('reads output %s', (output, expected) => {
    expect(nervConfig.parse({ output }).output).toBe(expected);
  });

  test.each([
    [{ output: 'softmax' }, 'expected tanh, sigmoid or a number to add'],
    [{ strides: '4,two' }, 'expected number'],
    [{ strides: '' }, 'expected array'],
    [{ strides: '4,0' }, 'expected number to be >=1'],
    [{ strides: '2.5' }, 'expected int'],
    [{ kernelSize: '4' }, 'Invalid input'],
    [{ kernelSize: '7' }, 'Invalid input'],
    [{ epochs: '' }, 'expected number'],
    [{ parameters: 'many' }, 'expected number'],
    [{ parameters: '-1' }, '>0'],
    [{ activation: 'swish' }, '"gelu"|"relu"|"leakyRelu"|"leakyRelu0.1"|"leakyRelu0.2"|"silu"|"sine"'],
    [{ outptu: '0' }, 'Unrecognized key: "outptu"'],
  ])('refuses %j', (config, message) => {
    const result = nervConfig.safeParse(config);
    expect(result.success).toBe(false);
    expect(result.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });

  test('describes every field, in a form that tools can print', () => {
    const { properties } = z.toJSONSchema(nervConfig);
    for (const field of Object.keys(nervConfig.shape)) {
      expect(properties?.[field], field).toMatchObject({ description: expect.stringMatching(/\w{3}/) });
    }
  });
});
