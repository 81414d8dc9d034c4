import { describe, expect, it } from 'vitest';
import type { LayerView } from '../api.js';
import { faithfulLayer, faithfulnessInWords } from './faithfulness.js';

const layer = (id: string, faithfulness?: number) =>
  ({ id, ...(faithfulness !== undefined && { faithfulness }) }) as LayerView;

describe('the layer to open', () => {
  it('is the first where contributions closely say what neurons do', () => {
    const layers = [layer('layer1', 0.17), layer('layer2', 0.82), layer('layer3', 0.99)];
    expect(faithfulLayer(layers)?.id).toBe('layer2');
  });

  it('is the one where they say most of it, where they nowhere do closely', () => {
    expect(faithfulLayer([layer('a', -0.2), layer('b'), layer('c', 0.4), layer('d', 0.3)])?.id).toBe('c');
    expect(faithfulLayer([layer('a'), layer('b', -0.1)])?.id).toBe('b');
  });

  it('is the first where none was tested, and none where there is none', () => {
    expect(faithfulLayer([layer('a'), layer('b')])?.id).toBe('a');
    expect(faithfulLayer([])).toBeNull();
  });
});

it('faithfulness is told with its number', () => {
  expect([0.17, 0.3, 0.7, -0.05].map((value) => faithfulnessInWords(value).text)).toEqual([
    'ρ 0.17: hardly',
    'ρ 0.30: partly',
    'ρ 0.70: closely',
    'ρ −0.05: hardly',
  ]);
  expect(faithfulnessInWords(0.17).faint).toBe(true);
});
