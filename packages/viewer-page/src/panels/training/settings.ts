import { choice } from '../../state/setting.js';

export const SETTINGS = {
  /** How the curve spreads the steps. */
  steps: choice('steps', ['linear', 'log'], 'linear'),
};
