import { describe } from 'vitest';
import { useEngine } from './engine.js';
import { withoutOneDnn } from './onednn.js';
import { describeTraining } from './training.js';

describe('by ONNX Runtime', () => {
  describeTraining(useEngine({ threads: 2 }, 'off'));
});

describe.skipIf(withoutOneDnn)('by oneDNN', () => {
  describeTraining(useEngine());
});
