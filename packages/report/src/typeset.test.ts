import { expect, test } from 'vitest';
import { typeset } from './typeset.js';

test('plain text is typeset as in print, and names in it stay as they are', () => {
  expect(typeset('22.9 % in head at 30 dB, 5 neurons')).toBe('22.9\u00a0% in head at 30\u00a0dB, 5 neurons');
  expect(typeset('-0.0097 in layer1 (-1 to 2), off by 4.75e-7 or 3e+8')).toBe(
    '−0.0097 in layer1 (−1 to 2), off by 4.75×10⁻⁷ or 3×10⁸',
  );
  expect(typeset('run-2, layer-1 and frames 0-3 of e2e-4')).toBe('run-2, layer-1 and frames 0-3 of e2e-4');
});
