import { expect, test } from 'vitest';
import { didYouMean } from './did-you-mean.js';

test.each([
  ['nrev', ['ffn', 'nerv'], 'nerv'],
  ['canvass', ['canvas', 'objects'], 'canvas'],
  ['grouping-varience', ['grouping-variance', 'motion'], 'grouping-variance'],
])('%s: among %j it is %s', (misspelt, names, meant) => {
  expect(didYouMean(misspelt, names)).toBe(`Did you mean '${meant}'? `);
});

test.each([
  ['layer9', ['layer1', 'layer2', 'layer3']],
  ['gpt', ['ffn', 'nerv']],
  ['x', []],
])('%s: among %j none is meant', (misspelt, names) => {
  expect(didYouMean(misspelt, names)).toBe('');
});
