const FREQUENCY = 'Dominant spatial frequency (cycles per pixel)';

/** How many neurons of each layer draw at which frequency. */
export function frequencyChart(points, layers, frame) {
  return {
    kind: 'chart',
    name: named('frequency', frame),
    title: 'Dominant spatial frequency of neurons',
    caption:
      'Neurons of each layer by the frequency at which their contribution gathers; half a cycle per pixel is the finest along rows and columns, and 0.71 aslant. Neurons whose spectrum has no peak are left out.',
    ...momentOf('frequency', frame),
    spec: {
      data: { values: points.map(({ layer, neuron, frequency }) => ({ layer, neuron, frequency })) },
      facet: { field: 'layer', type: 'nominal', sort: layers, title: null },
      columns: 1,
      spec: {
        width: 360,
        height: 100,
        mark: 'bar',
        encoding: {
          x: {
            field: 'frequency',
            type: 'quantitative',
            bin: { step: 0.02 },
            scale: { domainMin: 0 },
            title: FREQUENCY,
          },
          y: { aggregate: 'count', type: 'quantitative', title: 'Neurons' },
        },
      },
      resolve: { scale: { y: 'independent' } },
    },
  };
}

/** Frequency and orientation of each neuron. */
export function orientationChart(points, layers, frame) {
  return {
    kind: 'chart',
    name: named('orientation', frame),
    title: 'Frequency and orientation of neurons',
    caption:
      'A dot is a neuron: how fine its stripes are, and how they run (0° level, 90° upright, counter-clockwise).',
    ...momentOf('orientation', frame),
    spec: {
      data: {
        values: points.map(({ layer, neuron, frequency, orientation }) => ({ layer, neuron, frequency, orientation })),
      },
      facet: { field: 'layer', type: 'nominal', sort: layers, title: null },
      columns: 1,
      spec: {
        width: 360,
        height: 140,
        mark: { type: 'point', filled: true, size: 24, opacity: 0.6 },
        encoding: {
          x: { field: 'frequency', type: 'quantitative', scale: { domainMin: 0 }, title: FREQUENCY },
          y: {
            field: 'orientation',
            type: 'quantitative',
            scale: { domain: [0, 180] },
            axis: { values: [0, 45, 90, 135, 180] },
            title: 'Orientation (degrees)',
          },
        },
      },
    },
  };
}

const named = (name, frame) => (frame === undefined ? name : `${name}-frame-${String(frame).padStart(4, '0')}`);
const momentOf = (series, frame) => (frame === undefined ? {} : { moment: { series, frame } });
