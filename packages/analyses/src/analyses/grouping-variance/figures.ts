import {
  type AnalysisContext,
  type ChartFigure,
  type Figure,
  type LabelMap,
  listed,
  type RasterFigure,
} from '@xinc/core';
import { groupingEncoding, logarithmic, panelPerLayer, percentage } from '../../drawing/chart.js';
import { sortedCurve } from '../../drawing/curve.js';
import { groupColors } from '../../drawing/palette.js';
import { figureOfFrame, frameWords } from '../../scope/frames.js';
import type { Measurement } from './measure.js';

/** Variances below this are drawn here. */
const SMALLEST_DRAWN = 1e-6;

export function figuresOf(frame: number, measurements: readonly Measurement[], context: AnalysisContext): Figure[] {
  const ofFrame = measurements.filter((measurement) => measurement.frame === frame);
  return ofFrame.length === 0
    ? []
    : [varianceFigure(frame, ofFrame, context), groupingsFigure(frame, ofFrame, context)];
}

function varianceFigure(frame: number, measurements: readonly Measurement[], context: AnalysisContext): ChartFigure {
  const groupings = [...new Set(measurements.map((measurement) => measurement.grouping))];
  const groups = groupings.map((name) => measurements.find((measurement) => measurement.grouping === name)!.groups);
  const unequal =
    new Set(groups).size > 1
      ? ` The numbers of groups differ (${listed(groupings.map((name, i) => `${name} ${groups[i]}`))}): finer groupings vary more by themselves.`
      : '';
  const raised = measurements.some(({ variances }) => variances.some((variance) => variance < SMALLEST_DRAWN))
    ? ` Variances below ${SMALLEST_DRAWN} are drawn as ${SMALLEST_DRAWN}, since a logarithmic axis has no zero.`
    : '';
  const values = measurements.flatMap(({ layer, grouping, variances }) =>
    sortedCurve(variances).map(({ percent, value }) => ({
      layer: layer.label,
      grouping,
      percent,
      variance: Math.max(value, SMALLEST_DRAWN),
    })),
  );
  return {
    kind: 'chart',
    ...figureOfFrame(context.signal, 'variance', frame),
    title: `Variance of contributions over groups${frameWords(context.signal, frame)}`,
    caption: `Each curve shows a layer's live neurons sorted by how unevenly they divide their contribution among the groups of one grouping, relative to the groups' areas. A lower curve means that contributions care less about what that grouping separates.${unequal}${raised}`,
    spec: panelPerLayer(context.layers, values, {
      mark: { type: 'line', tooltip: true },
      encoding: {
        x: percentage('percent', 'Neurons, sorted (% of live)'),
        y: logarithmic('variance', 'Variance of relative deviation'),
        ...groupingEncoding(groupings),
      },
    }),
  };
}

/** On a video: which groupings have the same groups on all frames. */
function overFrames(groupings: readonly string[], { frames, labels }: AnalysisContext): string {
  const namesOn = (grouping: string, frame: number) =>
    labels(grouping, frame)
      .groups.map(({ name }) => name)
      .join('\n');
  const same = groupings.filter((name) => frames.every((frame) => namesOn(name, frame) === namesOn(name, frames[0])));
  return frames.length > 1 && same.length > 0
    ? ` The groups of ${listed(same)} are the same on all frames analysed.`
    : '';
}

function groupingsFigure(frame: number, measurements: readonly Measurement[], context: AnalysisContext): RasterFigure {
  const groupings = [...new Set(measurements.map((measurement) => measurement.grouping))];
  const maps = groupings.map((name): [string, LabelMap] => [name, context.labels(name, frame)]);
  return {
    kind: 'raster',
    ...figureOfFrame(context.signal, 'groupings', frame),
    title: `The groupings compared${frameWords(context.signal, frame)}`,
    caption: `Each colour is one group of pixels. Colours of different panels have nothing to do with one another.${overFrames(groupings, context)}`,
    panels: maps.map(([name, map]) => ({
      title: `${name} · ${map.groups.length} groups`,
      height: map.height,
      width: map.width,
      pixels: { kind: 'labels', labels: map.labels, colors: groupColors(map) },
    })),
  };
}
