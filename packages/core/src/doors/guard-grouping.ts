import { type GroupingPlugin, type LabelMap, labelMapProblem } from '../grouping.js';
import type { Frame } from '../signal.js';
import { isObject, requireThat, show } from './breach.js';
import { callAsync, callSync } from './call.js';
import type { Owner } from './fault.js';
import { guardSchema } from './guard-schema.js';
import { withFunctions } from './with-functions.js';

/** A grouping whose label maps are checked as it gives them. */
export function guardGrouping(owner: Owner, plugin: GroupingPlugin): GroupingPlugin {
  const { parse, check, fit } = plugin;
  const checkMap = (frame: Frame) => (map: LabelMap) => {
    const problem = labelMapProblem(map, frame.height, frame.width);
    requireThat(
      problem === undefined,
      problem ?? '',
      'Give a label for each pixel, [H·W] in a Uint16Array, and a name for each group.',
    );
    return map;
  };
  return withFunctions(plugin, {
    options: guardSchema(owner, 'options', plugin.options),
    label: (frame, options, context) =>
      callAsync(
        owner,
        `label, frame ${context.frame}`,
        () => plugin.label(ownPicture(frame), options, context),
        checkMap(frame),
      ),
    ...(fit && {
      fit: async (frames, options) => {
        const own = frames.map((read) => async () => ownPicture(await read()));
        const label = await callAsync(
          owner,
          'fit',
          () => fit.call(plugin, own, options),
          (given) => {
            requireThat(typeof given === 'function', `it gave ${show(given)}`, 'Give a function that labels a frame.');
            return given;
          },
        );
        return (frame: Frame) => callAsync(owner, 'what fit gave', () => label(ownPicture(frame)), checkMap(frame));
      },
    }),
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

/** A picture of a plugin's own: what it changes in it is no other's concern. */
const ownPicture = (frame: Frame): Frame => ({ ...frame, rgb: frame.rgb.slice() });
