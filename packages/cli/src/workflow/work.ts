import type { Work } from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { withOptions } from '../terminal/options.js';

/** What a command gives to each step of its work: where to tell how far it is, and how its user calls things. */
export const workOf = ({ abort, display, options }: CommandContext): Work => ({
  abort,
  progress: display,
  word: (text) => withOptions(text, options),
  ...(options.debug && { onFailure: (error) => console.error(error) }),
});

/** What was left out, as the command's user calls what the reasons name. */
export const worded = <T extends { readonly why: string }>(
  omissions: readonly T[],
  { options }: Pick<CommandContext, 'options'>,
): T[] => omissions.map((omission) => ({ ...omission, why: withOptions(omission.why, options) }));
