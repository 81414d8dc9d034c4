import { describe, expect, it } from 'vitest';
import type { LayerView } from '../../api.js';
import { nameOfOff, neuronsInWords } from './describe-off.js';

const shared = { traced: 'page', reading: '' } as const;
const dense: LayerView = { ...shared, id: 'layer2', label: 'Layer 2', kind: 'dense', neurons: 10 };
const conv: LayerView = { ...shared, id: 'block1', label: 'Block 1', kind: 'conv', neurons: 200, outputs: 8 };

describe('what is off in words', () => {
  it('names a few and counts many', () => {
    expect(neuronsInWords(dense, [3, 7])).toBe('3, 7');
    expect(neuronsInWords(conv, [0, 8, 17])).toBe('0→0, 1→0, 2→1');
    expect(
      neuronsInWords(
        conv,
        Array.from({ length: 40 }, (_, i) => i),
      ),
    ).toBe('40 kernels');
    expect(
      neuronsInWords(
        dense,
        Array.from({ length: 10 }, (_, i) => i),
      ),
    ).toBe('all 10 neurons');
    expect(nameOfOff({ layer2: [1], block1: [0, 1, 2, 3] }, [dense, conv])).toBe('layer2: 1; block1: 4 kernels');
  });
});
