import {
  type AnalysisContext,
  type ChartFigure,
  defineAnalysis,
  type Group,
  groupSizes,
  type LabelMap,
  type LayerInfo,
  type NamedArray,
  type Table,
  XincError,
} from '@xinc/core';
import { z } from 'zod';
import { chart, colorEncoding, curvePerLayer, FLUSH, frameAxis, percentage, seriesEncoding } from '../drawing/chart.js';
import { sortedCurve } from '../drawing/curve.js';
import { mean, sum } from '../numeric/averages.js';
import { chanceSpecialisation, comparedNeurons, type ObjectsOfFrame, PLACEMENTS } from '../numeric/specialists.js';
import { spread } from '../numeric/spread.js';
import { isTie } from '../numeric/ties.js';
import { chooseGrouping } from '../scope/choose-grouping.js';
import { frameKey } from '../scope/frames.js';
import { byLayer, type LiveLayer, liveLayers } from '../scope/live-layers.js';
import { listed, percent, whole } from '../wording.js';

const options = z.object({
  grouping: z.string().default('instances').describe('Grouping whose groups are the objects'),
  neurons: z.int().min(1).max(100).default(12).describe('Neurons to show of each layer'),
});
type Options = z.output<typeof options>;

/** Objects that a figure tells apart; the others are drawn as one. */
const DRAWN_OBJECTS = 7;

/** An object on one frame: all pixels of groups of that name. */
interface Presence extends Group {
  readonly frame: number;
  /** |g| */
  readonly pixels: number;
  /** Their indices in the label map. */
  readonly groups: readonly number[];
}

/** A layer's neurons over all frames. */
interface Attention {
  readonly layer: LayerInfo;
  /** One per column. */
  readonly presences: readonly Presence[];
  /**
   * Mean |c| of each neuron on each object and frame, as a share of its sum over all of them, [N, presences]; NaN for
   * neurons without contribution.
   */
  readonly shares: Float32Array;
  /** Names of the objects. */
  readonly objects: readonly string[];
  /** The shares of each neuron on each object, over all frames, [N, objects]. */
  readonly given: Float64Array;
  /** Neurons with shares, ascending. */
  readonly neurons: Uint32Array;
  /** Those of them that carry enough of the layer's contribution for a claim about them, ascending. */
  readonly strong: Uint32Array;
  /** What a neuron that treats all pixels alike would give to each object, [objects]. */
  readonly even: readonly number[];
}

/** A neuron that carries less than this part of an even share of its layer's contribution is nearly dead: what it gives to objects is of no account. */
const NEARLY_DEAD = 0.1;

/**
 * Which objects each neuron paints: its mean |c| on each, S[n,g] / |g|, as a share of the sum over objects and frames, so
 * that size does not count and disappearing does (paper figures 8 and 19; method §5).
 */
export const objects = defineAnalysis<Options>({
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
        hint: 'Give labels of several objects with --labels.',
      });
    }
    const attentions = byLayer(live).map(({ layer, items }) => attend(layer, items, grouping, presences));
    const things = attentions.map((one) => ofKind(one, (presence) => presence.type === 'thing'));
    const divided = (['thing', 'stuff'] as const).every((kind) => presences.some(({ type }) => type === kind));
    const shown = attentions.map((one) => shownNeurons(one, neurons));
    const drawn = drawnObjects(attentions, shown);
    const specialised = [];
    for (const one of attentions) specialised.push(await specialistWords(one, grouping, context));
    return {
      findings: [
        ...(divided ? [thingsFinding(attentions, things)] : []),
        `Most specialised: ${specialised.join('; ')}.`,
      ],
      tables: [objectTable(attentions), kindTable(attentions)],
      arrays: attentions.flatMap(arraysOf),
      figures: [
        ...attentions.map((one, i) => neuronsFigure(one, shown[i], drawn, context)),
        ...(divided ? [thingsFigure(attentions, things)] : []),
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
        `Only neurons that carry at least a tenth of an even share of their layer's contribution are compared with each other, and one is named as specialised only if it gives an object more, for what an even-handed neuron gives, than any neuron does when all objects are moved together to ${PLACEMENTS} random places of the picture (p = 0.05).`,
      ],
    };
  },
});

/** The objects that have pixels on a frame. */
function presencesOf(grouping: string, frame: number, context: AnalysisContext): Presence[] {
  const map = context.labels(grouping, frame);
  const sizes = groupSizes(map);
  const names = [...new Set(map.groups.map(({ name }) => name))];
  return names.flatMap((name) => {
    const groups = [...map.groups.keys()].filter((g) => map.groups[g].name === name && sizes[g] > 0);
    const pixels = groups.reduce((total, g) => total + sizes[g], 0);
    return groups.length > 0 ? [{ ...map.groups[groups[0]], frame, pixels, groups }] : [];
  });
}

function attend(layer: LayerInfo, live: readonly LiveLayer[], grouping: string, all: readonly Presence[]): Attention {
  const presences = all.filter(({ frame }) => live.some((one) => one.frame === frame));
  const shares = new Float32Array(layer.neurons * presences.length);
  const densities = presences.map(({ frame, pixels, groups }) => {
    const sums = live.find((one) => one.frame === frame)!.statistics.groupSums[grouping];
    const stride = sums.length / layer.neurons;
    return (n: number) => groups.reduce((total, g) => total + sums[n * stride + g], 0) / pixels;
  });
  for (let n = 0; n < layer.neurons; n++) {
    const ofNeuron = densities.map((density) => density(n));
    const total = sum(ofNeuron);
    for (const [i, density] of ofNeuron.entries()) {
      shares[n * presences.length + i] = total > 0 ? density / total : Number.NaN;
    }
  }
  const neurons = Uint32Array.from({ length: layer.neurons }, (_, n) => n).filter(
    (n) => !Number.isNaN(shares[n * presences.length]),
  );
  const columns = new Map<string, number>();
  for (const { name } of presences) if (!columns.has(name)) columns.set(name, columns.size);
  const columnOf = presences.map(({ name }) => columns.get(name)!);
  const given = new Float64Array(layer.neurons * columns.size);
  for (let n = 0; n < layer.neurons; n++) {
    for (const [i, column] of columnOf.entries()) given[n * columns.size + column] += shares[n * presences.length + i];
  }
  const totals = Float64Array.from({ length: layer.neurons }, (_, n) => sum(live.map((one) => one.totals[n])));
  const least = (NEARLY_DEAD * sum(totals)) / layer.neurons;
  const strong = neurons.filter((n) => totals[n] >= least);
  const even = [...columns.values()].map(
    (column) => columnOf.filter((other) => other === column).length / presences.length,
  );
  return { layer, presences, shares, objects: [...columns.keys()], given, neurons, strong, even };
}

/** The share each live neuron gives to the objects that fit, [live]. */
function ofKind({ presences, shares, neurons }: Attention, fits: (presence: Presence) => boolean): Float64Array {
  const columns = [...presences.keys()].filter((i) => fits(presences[i]));
  return Float64Array.from(neurons, (n) => columns.reduce((total, i) => total + shares[n * presences.length + i], 0));
}

/** What a neuron that treats all pixels alike would give to the objects that fit. */
const evenShare = ({ presences }: Attention, fits: (presence: Presence) => boolean): number =>
  presences.filter(fits).length / presences.length;

function thingsFinding(attentions: readonly Attention[], things: readonly Float64Array[]): string {
  const words = attentions.map((one, i) => {
    const even = evenShare(one, (presence) => presence.type === 'thing');
    return `${percent(mean(things[i]))} in ${one.layer.id} (even-handed: ${percent(even)})`;
  });
  return `Share of its mean contribution per pixel that the average neuron gives to things: ${listed(words)}.`;
}

/** What neuron n gives to the object of a column, over all frames. */
const shareGiven = ({ objects, given }: Attention, n: number, column: number): number =>
  given[n * objects.length + column];

/** The first of the neurons that give most to the object of a column, over all frames. */
function specialist(attention: Attention, column: number) {
  const { strong } = attention;
  const shareOf = (n: number) => shareGiven(attention, n, column);
  const neuron = strong.reduce((best, n) => (shareOf(n) > shareOf(best) ? n : best), strong[0]);
  return { neuron, share: shareOf(neuron) };
}

/** A neuron and an object that it gives more than its even share. */
interface Specialised {
  readonly neuron: number;
  readonly object: string;
  readonly share: number;
  readonly even: number;
}

/** Specialisation: what a neuron gives, for what an even-handed one gives. */
const degree = ({ share, even }: Specialised): number => share / even;

/** The most specialised neuron of a layer, those that tie with it, or why none is named. */
async function specialistWords(attention: Attention, grouping: string, context: AnalysisContext): Promise<string> {
  const { layer, objects, even, strong, presences } = attention;
  const frames = [...new Set(presences.map(({ frame }) => frame))];
  const compared = comparedNeurons(strong, layer.id, frames.length, context);
  const all = [...compared].flatMap((neuron) =>
    objects.map((object, column): Specialised => {
      return { neuron, object, share: shareGiven(attention, neuron, column), even: even[column] };
    }),
  );
  const best = all.reduce((a, b) => (degree(b) > degree(a) ? b : a));
  const tied = all.filter((one) => isTie(degree(one), degree(best)));
  const of =
    compared.length < strong.length
      ? `${layer.id} (${whole(compared.length)} of ${whole(strong.length)} neurons, drawn at random)`
      : layer.id;
  const chance = await chanceSpecialisation(
    layer.id,
    compared,
    frames.map((frame) => objectsOf(frame, objects, context.labels(grouping, frame))),
    even,
    context,
  );
  const reached = chance.filter((other) => other >= degree(best) || isTie(other, degree(best))).length;
  const gives = `${percent(best.share)} on ${best.object} (even-handed: ${percent(best.even)})`;
  if (reached > 0) {
    return `none that stands out in ${of}: neuron ${best.neuron} gives ${gives}, and some neuron gives as much to an object in ${reached} of ${PLACEMENTS} other places of the objects`;
  }
  if (tied.length > 1)
    return `a tie of ${tiedWords(tied)} in ${of}, with ${percent(best.share)} (even-handed: ${percent(best.even)})`;
  return `neuron ${best.neuron} of ${of} with ${gives}`;
}

const objectsOf = (frame: number, objects: readonly string[], map: LabelMap): ObjectsOfFrame => ({
  frame,
  map,
  objectOf: Int32Array.from(map.groups, ({ name }) => objects.indexOf(name)),
});

/** `neurons 3 and 7 on car`, `neuron 3 on car and neuron 7 on road`; the first few of many. */
function tiedWords(tied: readonly Specialised[]): string {
  const object = tied.every((one) => one.object === tied[0].object) ? tied[0].object : undefined;
  const words = tied.map(({ neuron, object: of }) =>
    object === undefined ? `neuron ${neuron} on ${of}` : String(neuron),
  );
  const short = words.length > 4 ? [...words.slice(0, 3), `${whole(words.length - 3)} more`] : words;
  return object === undefined ? listed(short) : `neurons ${listed(short)} on ${object}`;
}

function objectTable(attentions: readonly Attention[]): Table {
  return {
    name: 'objects',
    title: 'What neurons give to each object, regardless of its size',
    columns: [
      { name: 'layer', description: 'Layer' },
      { name: 'object', description: 'Object' },
      { name: 'category', description: 'Its category' },
      { name: 'type', description: 'thing, stuff or other' },
      { name: 'frames', unit: 'frames', description: 'Frames it is on' },
      { name: 'pixels', unit: 'pixels', description: 'Its mean size on them' },
      { name: 'mean_share', unit: 'of 1', description: 'Mean over live neurons of the share they give it' },
      { name: 'even_share', unit: 'of 1', description: 'Share if all pixels were treated alike' },
      {
        name: 'strongest_neuron',
        description:
          "Index of the neuron that gives it the largest share, of those that carry at least a tenth of an even share of the layer's contribution",
      },
      { name: 'strongest_share', unit: 'of 1', description: 'That share' },
    ],
    rows: attentions.flatMap((attention) =>
      attention.objects.map((name, column) => {
        const ofObject = attention.presences.filter((presence) => presence.name === name);
        const { neuron, share } = specialist(attention, column);
        return [
          attention.layer.id,
          name,
          ofObject[0].category ?? null,
          ofObject[0].type ?? null,
          ofObject.length,
          mean(ofObject.map(({ pixels }) => pixels)),
          mean(Float64Array.from(attention.neurons, (n) => shareGiven(attention, n, column))),
          ofObject.length / attention.presences.length,
          neuron,
          share,
        ];
      }),
    ),
  };
}

function kindTable(attentions: readonly Attention[]): Table {
  return {
    name: 'kinds',
    title: 'What neurons give to things, stuff and each category',
    columns: [
      { name: 'layer', description: 'Layer' },
      { name: 'by', description: 'type or category' },
      { name: 'kind', description: 'Which one' },
      { name: 'mean_share', unit: 'of 1', description: 'Mean over live neurons of the share they give it' },
      { name: 'even_share', unit: 'of 1', description: 'Share if all pixels were treated alike' },
    ],
    rows: attentions.flatMap((attention) =>
      (['type', 'category'] as const).flatMap((by) => {
        const kinds = [...new Set(attention.presences.flatMap((presence) => presence[by] ?? []))];
        return kinds.map((kind) => {
          const fits = (presence: Presence) => presence[by] === kind;
          return [attention.layer.id, by, kind, mean(ofKind(attention, fits)), evenShare(attention, fits)];
        });
      }),
    ),
  };
}

/** `share` [N, objects on the frame]; the objects' names are in `values.objects`. */
function arraysOf({ layer, presences, shares }: Attention): NamedArray[] {
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

/** The objects that figures tell apart, in the order of their colours, which all layers share. */
interface Drawn {
  readonly objects: readonly string[];
  /** How many there are beside them. */
  readonly rest: number;
}

/**
 * Those that some neuron shown gives most to: objects that all treat alike say little.
 * @param shown by layer
 */
function drawnObjects(attentions: readonly Attention[], shown: readonly (readonly number[])[]): Drawn {
  const names = [...new Set(attentions.flatMap(({ objects }) => objects))];
  const most = new Map(names.map((name) => [name, 0]));
  for (const [i, attention] of attentions.entries()) {
    for (const [column, name] of attention.objects.entries()) {
      const shares = shown[i].map((n) => shareGiven(attention, n, column));
      most.set(name, Math.max(most.get(name)!, ...shares));
    }
  }
  const objects = [...names]
    .sort((a, b) => most.get(b)! - most.get(a)!)
    .slice(0, names.length > DRAWN_OBJECTS + 1 ? DRAWN_OBJECTS : names.length);
  return { objects, rest: names.length - objects.length };
}

/** What neuron n gives to the objects that fit. */
const shareOn = ({ presences, shares }: Attention, n: number, fits: (presence: Presence) => boolean): number =>
  presences.reduce((total, presence, i) => total + (fits(presence) ? shares[n * presences.length + i] : 0), 0);

/** Those that are not nearly dead, from the most to the least specialised. */
function shownNeurons(attention: Attention, limit: number): readonly number[] {
  const { strong, objects, given } = attention;
  const largest = (n: number) =>
    given.subarray(n * objects.length, (n + 1) * objects.length).reduce((a, b) => Math.max(a, b));
  const strength = new Map([...strong].map((n) => [n, largest(n)]));
  return spread(
    [...strong].sort((a, b) => strength.get(b)! - strength.get(a)! || a - b),
    limit,
  );
}

function neuronsFigure(
  attention: Attention,
  shown: readonly number[],
  { objects: drawn, rest }: Drawn,
  { frames }: AnalysisContext,
): ChartFigure {
  const { layer, presences, strong } = attention;
  const others = `${rest} others`;
  const legend = rest > 0 ? [...drawn, others] : drawn;
  const present = [...new Set(presences.map(({ frame }) => frame))];
  const video = frames.length > 1 && present.length > 1;
  const values = shown.flatMap((n) =>
    present.flatMap((frame) =>
      (video ? drawn : legend).map((object) => {
        const share = shareOn(
          attention,
          n,
          (presence) =>
            presence.frame === frame && (object === others ? !drawn.includes(presence.name) : presence.name === object),
        );
        return { neuron: `neuron ${n}`, frame, object, share: Number((100 * share).toPrecision(4)) };
      }),
    ),
  );
  const lines = seriesEncoding('object', 'Object', drawn);
  const color = colorEncoding('object', 'Object', legend, rest > 0 ? others : undefined);
  const share = { field: 'share', type: 'quantitative' };
  const rows = shown.map((n) => `neuron ${n}`);
  const even = percent(1 / presences.length);
  const left = rest > 0 ? ` The ${rest} objects that they give less to are not drawn.` : '';
  return {
    kind: 'chart',
    name: `neurons-${layer.id}`,
    title: `${layer.label}: what neurons give to objects${video ? ' over time' : ''}`,
    caption: video
      ? `${shown.length} of ${whole(strong.length)} neurons that are not nearly dead, from the most to the least specialised: their mean |c| per pixel on each object and frame, in % of its sum over all objects and frames.${left} An object is what has one name on all frames. Size does not count: a neuron that treats all pixels alike gives each object ${even} on each frame.`
      : `${shown.length} of ${whole(strong.length)} neurons that are not nearly dead, from the most to the least specialised: their mean |c| per pixel on each object, in % of the sum over objects. Size does not count: a neuron that treats all pixels alike gives each object ${even}.`,
    spec: video
      ? chart(values, {
          facet: { field: 'neuron', type: 'nominal', title: null, sort: rows },
          columns: 4,
          ...FLUSH,
          spec: {
            width: 150,
            height: 90,
            encoding: { x: frameAxis(present), y: { ...share, title: 'Share (%)' }, color: lines.color },
            layer: [
              { mark: { type: 'line', tooltip: true }, encoding: { strokeDash: lines.strokeDash } },
              { mark: { type: 'point', filled: true, size: 16, opacity: 1, tooltip: true } },
            ],
          },
        })
      : chart(values, {
          width: 420,
          mark: { type: 'bar', tooltip: true },
          encoding: {
            x: { ...share, title: 'Share of mean |c| per pixel (%)', stack: 'zero', scale: { domain: [0, 100] } },
            y: { field: 'neuron', type: 'nominal', title: null, sort: rows },
            color,
            order: { field: 'place', type: 'quantitative' },
          },
          transform: [{ calculate: `indexof(${JSON.stringify(legend)}, datum.object)`, as: 'place' }],
        }),
  };
}

function thingsFigure(attentions: readonly Attention[], things: readonly Float64Array[]): ChartFigure {
  const values = attentions.flatMap(({ layer }, i) =>
    sortedCurve(things[i]).map(({ percent: rank, value }) => ({
      layer: layer.label,
      percent: rank,
      share: 100 * value,
    })),
  );
  const even = evenShare(attentions[0], (presence) => presence.type === 'thing');
  return {
    kind: 'chart',
    name: 'things',
    title: 'Share that neurons give to things',
    caption: `The live neurons of each layer sorted by the share of their mean |c| per pixel that falls on things, over all frames. A neuron that treats all pixels alike gives ${percent(even)}.`,
    spec: curvePerLayer(
      attentions.map(({ layer }) => layer),
      values,
      { x: percentage('percent', 'Neurons, sorted (% of live)'), y: percentage('share', 'Share given to things (%)') },
    ),
  };
}
