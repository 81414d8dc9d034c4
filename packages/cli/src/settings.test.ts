import { expect, test } from 'vitest';
import { parseNeurons, parsePsnr, parseSeeds } from './settings.js';

test('seeds are a range, a list, or both, each once', () => {
  expect(parseSeeds('0:5')).toEqual([0, 1, 2, 3, 4]);
  expect(parseSeeds('7, 0:2,1')).toEqual([7, 0, 1]);
});

test.each(['2:2', '5:2', '0:4000000', '3000000000:3000000001'])('%s is no range of seeds', (text) => {
  expect(() => parseSeeds(text)).toThrow(
    `--seeds ${text}: that is no range of seeds. Write FIRST:END, such as 0:5 for 0 to 4.`,
  );
});

test.each(['', 'x', '-1', '0::2'])('%j is no seed', (text) => {
  expect(() => parseSeeds(text)).toThrow('that is not a whole number from 0 to 2147483647');
});

test('kernels are named by their index, or by input and output', () => {
  const layer = { neurons: 37 * 496, outputs: 496 };
  expect(parseNeurons('6→497, 6->17,2011,0:2', { neurons: 99 * 500, outputs: 500 })).toEqual([3497, 3017, 2011, 0, 1]);
  expect(() => parseNeurons('6->496', layer)).toThrow(
    '--neurons 6->496: that names no neuron of the layer. It has kernels 0→0 to 36→495, or 0 to 18351.',
  );
  // As a shell passes 6->497 without quotes.
  expect(() => parseNeurons('6-', layer)).toThrow(
    '--neurons 6-: that names no neuron of the layer. Write a kernel in double quotes, such as "6->0".',
  );
  expect(() => parseNeurons('1->2', { neurons: 12 })).toThrow(
    '--neurons 1->2: that names no neuron of the layer. It has neurons 0 to 11.',
  );
});

test('a PSNR is a number of dB', () => {
  expect(parsePsnr(' 27.5', '--until-psnr')).toBe(27.5);
  for (const text of ['good', '', '-3', '0', '1e2', 'Infinity', '27.', '9'.repeat(400)]) {
    expect(() => parsePsnr(text, '--until-psnr')).toThrow(
      `--until-psnr ${text}: that is not a PSNR in dB, such as 30 or 27.5`,
    );
  }
});
