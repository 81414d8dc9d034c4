import { describe, expect, it } from 'vitest';
import type { LayerView, RunView } from '../../api.js';
import { counterpartLayer, counterpartPixel, differenceInWords } from './counterpart.js';

const layers = (...ids: string[]): LayerView[] =>
  ids.map((id) => ({ id, label: id, kind: 'dense', traced: 'page', neurons: 4, reading: '' }));
const run = (height: number, width: number, frames = 1) => ({ signal: { height, width, frames } }) as RunView;

describe('the counterpart in another run', () => {
  it('of a pixel is at the same place', () => {
    const [small, large] = [
      { height: 64, width: 128 },
      { height: 128, width: 256 },
    ];
    expect(counterpartPixel({ row: 5, column: 127 }, small, small)).toEqual({ row: 5, column: 127 });
    expect(counterpartPixel({ row: 63, column: 0 }, small, large)).toEqual({ row: 127, column: 1 });
    expect(counterpartPixel({ row: 127, column: 255 }, large, small)).toEqual({ row: 63, column: 127 });
    for (let row = 0; row < 128; row++) {
      const there = counterpartPixel({ row, column: 3 }, large, { height: 100, width: 7 });
      expect(there.row).toBeGreaterThanOrEqual(0);
      expect(there.row).toBeLessThan(100);
    }
  });

  it('of a layer has its name, or is as far from the output', () => {
    const nerv = layers('block1', 'block2', 'block3', 'head');
    const ffn = layers('layer1', 'layer2', 'layer3');
    expect(counterpartLayer(nerv[2], nerv, layers('head', 'block3'))?.id).toBe('block3');
    expect(counterpartLayer(nerv[3], nerv, ffn)?.id).toBe('layer3');
    expect(counterpartLayer(nerv[1], nerv, ffn)?.id).toBe('layer1');
    expect(counterpartLayer(nerv[0], nerv, ffn)?.id).toBe('layer1');
    expect(counterpartLayer(null, [], ffn)?.id).toBe('layer1');
    expect(counterpartLayer(ffn[0], ffn, [])).toBeNull();
  });

  it('says what differs', () => {
    expect(differenceInWords(run(2, 3), run(2, 3))).toBeNull();
    expect(differenceInWords(run(2, 3), run(4, 6))).toContain('(2×3 and 4×6 pixels)');
    expect(differenceInWords(run(2, 3, 30), run(2, 3, 20))).toContain('30 and 20 frames');
  });
});
