import { expect, test } from 'vitest';
import { holm } from './holm.js';

test('the smallest is taken as often as there are tests, the others less often, and none falls behind', () => {
  // By hand: 4·0.005 = 0.02, 3·0.01 = 0.03, 2·0.03 = 0.06, and 1·0.04, which is not less than 0.06.
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.5, 0.4])).toEqual([0.8, 0.8]);
  expect(holm([0.03125])).toEqual([0.03125]);
  expect(holm([])).toEqual([]);
});
