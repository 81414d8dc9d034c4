import type { Work } from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { withOptions } from '../terminal/options.js';
import { nextCommand } from './next-command.js';

/** What a command gives to each step of its work: where to tell how far it is, and how its user says things. */
export const workOf = ({ abort, display, options }: CommandContext): Work => ({
  abort,
  progress: display,
  advice: {
    word: withOptions,
    askFor: (run, analysis) => nextCommand(['analyze', run, analysis], options),
    giveLabels: 'Give them with --labels when the run is made, or by repeating that command with it.',
    otherFolder: 'another folder with --out',
  },
  ...(options.debug && { onFailure: (error) => console.error(error) }),
});
