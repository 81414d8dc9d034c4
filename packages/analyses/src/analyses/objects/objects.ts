import { defineAnalysis, XincError } from '@xinc/core';
import { z } from 'zod';
import { chooseGrouping } from '../../scope/choose-grouping.js';
import { frameKey } from '../../scope/frames.js';
import { byLayer, liveLayers } from '../../scope/live-layers.js';
import { LEVEL, placementsFor } from './chance.js';
import { drawnObjects, neuronsFigure, shownNeurons, thingsFigure } from './figures.js';
import { measureShares, measureSpecialisation, presencesOf, type Specialisation, sharesOfKind } from './measure.js';
import { arraysOf, kindTable, objectTable, specialistFindings, thingsFinding } from './results.js';

const options = z.object({
  grouping: z.string().default('instances').describe('Grouping whose groups are the objects'),
  neurons: z.int().min(1).max(100).default(12).describe('Neurons to show of each layer'),
});

/** Places of layers with a neuron beyond chance, then those of the others. */
function standingOutFirst(layers: readonly Specialisation[]): number[] {
  const places = [...layers.keys()];
  return [...places.filter((i) => layers[i].standsOut), ...places.filter((i) => !layers[i].standsOut)];
}

/**
 * Which objects each neuron paints: its mean |c| on each, S[n,g] / |g|, as a share of the sum over objects and frames, so
 * that size does not count and disappearing does (paper figures 8 and 19; method §5).
 */
export const objects = defineAnalysis<z.output<typeof options>>({
  kind: 'analysis',
  name: 'objects',
  title: 'Objects',
  description:
    'Which objects each neuron paints, over time, and whether things or their background get more (paper figures 8 and 19).',
  options,
  request: ({ grouping }, context) => ({
    neuronTotals: true,
    groupSums: [chooseGrouping(grouping, [], context)],
  }),
  async analyze({ grouping, neurons }, context) {
    chooseGrouping(grouping, [], context);
    const { live, omissions } = liveLayers(context);
    const presences = context.frames.flatMap((frame) => presencesOf(grouping, frame, context));
    const names = [...new Set(presences.map(({ name }) => name))];
    if (names.length === 1) {
      throw new XincError('unsupported', `There is one object only, '${names[0]}': every neuron gives it everything`, {
        subject: grouping,
        hint: 'Give labels of several objects with `labels`.',
      });
    }
    const layers = byLayer(live).map(({ layer, items }) => measureShares(layer, items, grouping, presences));
    const things = layers.map((one) => sharesOfKind(one, (presence) => presence.type === 'thing'));
    const divided = (['thing', 'stuff'] as const).every((kind) => presences.some(({ type }) => type === kind));
    const specialised: Specialisation[] = [];
    for (const one of layers) specialised.push(await measureSpecialisation(one, grouping, layers.length, context));
    const shown = specialised.map(({ measured, standsOut, tied }) =>
      shownNeurons(measured, neurons, standsOut ? tied.map(({ neuron }) => neuron) : []),
    );
    const drawn = drawnObjects(layers, shown);
    return {
      findings: [...(divided ? [thingsFinding(layers, things)] : []), ...specialistFindings(specialised)],
      tables: [objectTable(specialised), kindTable(layers)],
      arrays: layers.flatMap(arraysOf),
      figures: [
        // A report's summary has the first figure: it shows what the first finding names.
        ...standingOutFirst(specialised).map((i) => neuronsFigure(layers[i], shown[i], drawn, context)),
        ...(divided ? [thingsFigure(layers, things)] : []),
      ],
      values: {
        grouping,
        objects: Object.fromEntries(
          context.frames.map((frame) => [
            frameKey(frame),
            presences.filter((presence) => presence.frame === frame).map(({ name }) => name),
          ]),
        ),
      },
      omissions,
      notes: [
        `Only neurons that carry at least a tenth of an even share of their layer's contribution are compared with each other. For comparison, all objects are moved together to ${placementsFor(layers.length)} random places of the picture, with maps that go on beyond their borders as in mirrors, or that begin again on the other side: what speaks less for a neuron counts. What chance gives an object is the median, over these places, of the largest share that any neuron gives it. The part of the places that give a neuron as specialised on any object is p. The most specialised neuron is the one with the smallest p, and of those with the same p the one whose share is the most times what chance gives; it is beyond chance where p is ${LEVEL} at most for all layers together. This test is not exact: in simulated networks whose neurons know nothing of the objects it named one in 0 to 5 % of most kinds, and in 9.3 % of the worst.`,
      ],
    };
  },
});
