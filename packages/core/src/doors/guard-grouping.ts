import { type GroupingPlugin, labelMapProblem } from '../grouping.js';
import { isObject, requireThat, show } from './breach.js';
import { callAsync, callSync } from './call.js';
import type { Owner } from './fault.js';
import { guardSchema } from './guard-schema.js';
import { withFunctions } from './with-functions.js';

/** A grouping whose label maps are checked as it gives them. */
export function guardGrouping(owner: Owner, plugin: GroupingPlugin): GroupingPlugin {
  const { parse, check } = plugin;
  return withFunctions(plugin, {
    options: guardSchema(owner, 'options', plugin.options),
    label: (frame, options, context) =>
      callAsync(
        owner,
        `label, frame ${context.frame}`,
        // A picture of its own: what it changes in it is no other's concern.
        () => plugin.label({ ...frame, rgb: frame.rgb.slice() }, options, context),
        (map) => {
          const problem = labelMapProblem(map, frame.height, frame.width);
          requireThat(
            problem === undefined,
            problem ?? '',
            'Give a label for each pixel, [H·W] in a Uint16Array, and a name for each group.',
          );
          return map;
        },
      ),
    ...(parse && {
      parse: (text) =>
        callSync(
          owner,
          'parse',
          () => parse.call(plugin, text),
          (options) => {
            requireThat(isObject(options), `it gave ${show(options)}`, 'Give options by name.');
            return options;
          },
        ),
    }),
    ...(check && {
      check: (options, signal) =>
        callSync(
          owner,
          'check',
          () => check.call(plugin, options, signal),
          () => {},
        ),
    }),
  });
}
