import { type AnalysisContext, type ChartFigure, neuronName, percent, whole } from '@xinc/core';
import {
  chart,
  colorEncoding,
  curvePerLayer,
  FLUSH,
  frameAxis,
  percentage,
  seriesEncoding,
} from '../../drawing/chart.js';
import { sortedCurve } from '../../drawing/curve.js';
import { spread } from '../../numeric/spread.js';
import { evenShare, type ObjectShares, type Presence, STRONG_SHARE, shareGiven } from './measure.js';

/** Objects that a figure tells apart; the others are drawn as one. */
const DRAWN_OBJECTS = 7;

/** Which neurons are called strong. */
const STRONG = `which carry at least ${percent(STRONG_SHARE)} of an even share of their layer's contribution`;

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
export function drawnObjects(layers: readonly ObjectShares[], shown: readonly (readonly number[])[]): Drawn {
  const names = [...new Set(layers.flatMap(({ objects }) => objects))];
  const most = new Map(names.map((name) => [name, 0]));
  for (const [i, measured] of layers.entries()) {
    for (const [column, name] of measured.objects.entries()) {
      const shares = shown[i].map((n) => shareGiven(measured, n, column));
      most.set(name, Math.max(most.get(name)!, ...shares));
    }
  }
  const objects = [...names]
    .sort((a, b) => most.get(b)! - most.get(a)!)
    .slice(0, names.length > DRAWN_OBJECTS + 1 ? DRAWN_OBJECTS : names.length);
  return { objects, rest: names.length - objects.length };
}

/** What neuron n gives to the objects that fit. */
const shareOn = ({ presences, shares }: ObjectShares, n: number, fits: (presence: Presence) => boolean): number =>
  presences.reduce((total, presence, i) => total + (fits(presence) ? shares[n * presences.length + i] : 0), 0);

/**
 * Strong neurons at even ranks, from the most to the least specialised.
 * @param limit how many
 * @param named those that are shown in any case, since a finding names them; the first of them, where they are more than half of all
 */
export function shownNeurons(measured: ObjectShares, limit: number, named: readonly number[] = []): readonly number[] {
  const { strong, objects, given } = measured;
  const largest = (n: number) =>
    given.subarray(n * objects.length, (n + 1) * objects.length).reduce((a, b) => Math.max(a, b));
  const strength = new Map([...strong].map((n) => [n, largest(n)]));
  const before = (a: number, b: number) => strength.get(b)! - strength.get(a)! || a - b;
  const own = [...new Set(named)].slice(0, Math.ceil(limit / 2));
  const others = [...strong].filter((n) => !own.includes(n)).sort(before);
  return [...own, ...spread(others, limit - own.length)].sort(before);
}

export function neuronsFigure(
  measured: ObjectShares,
  shown: readonly number[],
  { objects: drawn, rest }: Drawn,
  { frames }: AnalysisContext,
): ChartFigure {
  const { layer, presences, strong } = measured;
  const others = `${rest} others`;
  const legend = rest > 0 ? [...drawn, others] : drawn;
  const present = [...new Set(presences.map(({ frame }) => frame))];
  const video = frames.length > 1 && present.length > 1;
  const values = shown.flatMap((n) =>
    present.flatMap((frame) =>
      (video ? drawn : legend).map((object) => {
        const share = shareOn(
          measured,
          n,
          (presence) =>
            presence.frame === frame && (object === others ? !drawn.includes(presence.name) : presence.name === object),
        );
        return { neuron: neuronName(n, layer), frame, object, share: Number((100 * share).toPrecision(4)) };
      }),
    ),
  );
  const lines = seriesEncoding('object', 'Object', drawn);
  const color = colorEncoding('object', 'Object', legend, rest > 0 ? others : undefined);
  const share = { field: 'share', type: 'quantitative' };
  const rows = shown.map((n) => neuronName(n, layer));
  const even = percent(1 / presences.length);
  const left = rest > 0 ? ` The ${rest} objects that they give less to are not drawn.` : '';
  return {
    kind: 'chart',
    name: `neurons-${layer.id}`,
    title: `${layer.label}: what neurons give to objects${video ? ' over time' : ''}`,
    caption: video
      ? `${shown.length} of ${whole(strong.length)} strong neurons, ${STRONG}, from the most to the least specialised: their mean |c| per pixel on each object and frame, in % of its sum over all objects and frames.${left} An object is what has one name on all frames. Size does not count: a neuron that treats all pixels alike gives each object ${even} on each frame.`
      : `${shown.length} of ${whole(strong.length)} strong neurons, ${STRONG}, from the most to the least specialised: their mean |c| per pixel on each object, in % of the sum over objects. Size does not count: a neuron that treats all pixels alike gives each object ${even}.`,
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

export function thingsFigure(layers: readonly ObjectShares[], things: readonly Float64Array[]): ChartFigure {
  const values = layers.flatMap(({ layer }, i) =>
    sortedCurve(things[i]).map(({ percent: rank, value }) => ({
      layer: layer.label,
      percent: rank,
      share: 100 * value,
    })),
  );
  const even = evenShare(layers[0], (presence) => presence.type === 'thing');
  return {
    kind: 'chart',
    name: 'things',
    title: 'Share that neurons give to things',
    caption: `The live neurons of each layer sorted by the share of their mean |c| per pixel that falls on things, over all frames. A neuron that treats all pixels alike gives ${percent(even)}.`,
    spec: curvePerLayer(
      layers.map(({ layer }) => layer),
      values,
      { x: percentage('percent', 'Neurons, sorted (% of live)'), y: percentage('share', 'Share given to things (%)') },
    ),
  };
}
