import {
  type LayerInfo,
  listed,
  type NamedArray,
  neuronName,
  neuronNoun,
  neuronNumbers,
  percent,
  type Table,
  whole,
} from '@xinc/core';
import { mean } from '../../numeric/averages.js';
import { LAYER_COLUMN } from '../../scope/columns.js';
import { inLayers } from '../../scope/in-layers.js';
import {
  evenShare,
  type NeuronOnObject,
  type ObjectShares,
  type Presence,
  type Specialisation,
  shareGiven,
  sharesOfKind,
  strongestNeuron,
} from './measure.js';

/** @param things what each neuron gives to things, by layer */
export function thingsFinding(layers: readonly ObjectShares[], things: readonly Float64Array[]): string {
  const given = layers.map((one, i) => {
    const even = evenShare(one, (presence) => presence.type === 'thing');
    const alike = i === 0 ? ' if all pixels were treated alike' : '';
    return { layer: one.layer, words: percent(mean(things[i])), note: `${percent(even)} expected${alike}` };
  });
  return `The average neuron gives to things ${inLayers(given, 'of its contribution per pixel')}.`;
}

/** Where neurons are specialised beyond chance and where not, before what is found in each of several layers. */
export function specialistFindings(specialisations: readonly Specialisation[]): string[] {
  const sentences = specialisations.map(specialistSentence);
  if (specialisations.length === 1) return sentences;
  const named = specialisations
    .filter(({ standsOut }) => standsOut)
    .map(({ measured: { layer }, tied }) => `${tiedWords(tied, layer)} in ${layer.id}`);
  const others = specialisations.filter(({ standsOut }) => !standsOut).map(({ measured: { layer } }) => layer.id);
  const none = others.length > 0 ? `none in ${listed(others)}` : '';
  return [
    named.length > 0
      ? `Specialised beyond chance: ${[...named, ...(none === '' ? [] : [none])].join('; ')}.`
      : `In ${listed(others)}, no neuron is specialised beyond chance.`,
    ...sentences,
  ];
}

/** A sentence on a layer's most specialised neuron, those that tie with it, or that none is beyond chance. */
function specialistSentence(specialisation: Specialisation): string {
  const { measured, compared, best, tied, next, standsOut, placements, reached } = specialisation;
  const { layer, strong } = measured;
  const of =
    compared.length < strong.length
      ? `${layer.id} (${whole(compared.length)} of ${whole(strong.length)} neurons, drawn at random)`
      : layer.id;
  const worth = `${percent(best.even)} expected if all pixels were treated alike; with the objects moved to random places, the largest share of any neuron is typically ${percent(best.chance)}`;
  if (!standsOut) {
    return `In ${of}, no neuron is specialised beyond chance. The most specialised one, ${neuronName(best.neuron, layer)}, gives ${percent(best.share)} to ${best.object} (${worth}). Some neuron is as specialised at ${reached} of these ${placements} places.`;
  }
  const after =
    next === undefined ? '' : `; next: ${neuronName(next.neuron, layer)} with ${percent(next.share)} to ${next.object}`;
  return tied.length > 1
    ? `In ${of}, the most specialised neurons are a tie: ${tiedWords(tied, layer)}, with ${percent(best.share)} (${worth})${after}.`
    : `In ${of}, ${neuronName(best.neuron, layer)} is the most specialised: it gives ${percent(best.share)} to ${best.object} (${worth})${after}.`;
}

/** `neuron 3 on car`, `neurons 3 and 7 on car`, `neuron 3 on car and neuron 7 on road`; the first few of many. */
function tiedWords(tied: readonly NeuronOnObject[], layer: LayerInfo): string {
  const object = tied.every((one) => one.object === tied[0].object) ? tied[0].object : undefined;
  const words = tied.map(({ neuron, object: of }) =>
    object === undefined ? `${neuronName(neuron, layer)} on ${of}` : neuronNumbers(neuron, layer),
  );
  const short = words.length > 4 ? [...words.slice(0, 3), `${whole(words.length - 3)} more`] : words;
  return object === undefined
    ? listed(short)
    : `${neuronNoun(layer)}${tied.length > 1 ? 's' : ''} ${listed(short)} on ${object}`;
}

export function objectTable(layers: readonly Specialisation[]): Table {
  return {
    name: 'objects',
    title: 'What neurons give to each object, regardless of its size',
    columns: [
      LAYER_COLUMN,
      { name: 'object', description: 'Object' },
      { name: 'category', description: 'Its category' },
      { name: 'type', description: 'thing, stuff or other' },
      { name: 'frames', unit: 'frames', description: 'Frames it is on' },
      { name: 'pixels', unit: 'pixels', description: 'Its mean size on them' },
      { name: 'mean_share', unit: 'fraction', description: 'Mean over live neurons of the share they give it' },
      { name: 'even_share', unit: 'fraction', description: 'Share if all pixels were treated alike' },
      {
        name: 'strongest_neuron',
        description:
          "Index of the neuron that gives it the largest share, of those that carry at least a tenth of an even share of the layer's contribution",
      },
      { name: 'strongest_share', unit: 'fraction', description: 'That share' },
      {
        name: 'chance_share',
        unit: 'fraction',
        description:
          'Largest share that any neuron gives it by chance: median over random places of the objects, the larger of two ways of moving them',
      },
      {
        name: 'p',
        unit: 'fraction',
        description:
          'Part of the places of the objects in which some neuron exceeds chance on some object as much as the strongest neuron here, for the way of moving them that gives more; empty where that one was not among the neurons compared',
      },
    ],
    rows: layers.flatMap(({ measured, compared, strongest, p }) =>
      measured.objects.map((name, column) => {
        const ofObject = measured.presences.filter((presence) => presence.name === name);
        const { neuron, share } = strongestNeuron(measured, column, measured.strong);
        return [
          measured.layer.id,
          name,
          ofObject[0].category ?? null,
          ofObject[0].type ?? null,
          ofObject.length,
          mean(ofObject.map(({ pixels }) => pixels)),
          mean(Float64Array.from(measured.neurons, (n) => shareGiven(measured, n, column))),
          ofObject.length / measured.presences.length,
          neuron,
          share,
          strongest[column].chance,
          compared.includes(neuron) ? p[column] : null,
        ];
      }),
    ),
  };
}

export function kindTable(layers: readonly ObjectShares[]): Table {
  return {
    name: 'kinds',
    title: 'What neurons give to things, stuff and each category',
    columns: [
      LAYER_COLUMN,
      { name: 'by', description: 'type or category' },
      { name: 'kind', description: 'Which one' },
      { name: 'mean_share', unit: 'fraction', description: 'Mean over live neurons of the share they give it' },
      { name: 'even_share', unit: 'fraction', description: 'Share if all pixels were treated alike' },
    ],
    rows: layers.flatMap((measured) =>
      (['type', 'category'] as const).flatMap((by) => {
        const kinds = [...new Set(measured.presences.flatMap((presence) => presence[by] ?? []))];
        return kinds.map((kind) => {
          const fits = (presence: Presence) => presence[by] === kind;
          return [measured.layer.id, by, kind, mean(sharesOfKind(measured, fits)), evenShare(measured, fits)];
        });
      }),
    ),
  };
}

/** `share` [N, objects on the frame]; the objects' names are in `values.objects`. */
export function arraysOf({ layer, presences, shares }: ObjectShares): NamedArray[] {
  const frames = [...new Set(presences.map(({ frame }) => frame))];
  return frames.map((frame) => {
    const columns = [...presences.keys()].filter((i) => presences[i].frame === frame);
    const data = Float32Array.from(
      { length: layer.neurons * columns.length },
      (_, i) => shares[Math.floor(i / columns.length) * presences.length + columns[i % columns.length]],
    );
    return { name: 'share', frame, layer: layer.id, shape: [layer.neurons, columns.length], data };
  });
}
