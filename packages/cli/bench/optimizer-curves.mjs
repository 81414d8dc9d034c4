import { renderFigure } from '@xinc/report';

const NAMES = { adam: 'Adam', soap: 'SOAP', muon: 'Muon' };
const COLORS = { Adam: '#0072b2', SOAP: '#d55e00', Muon: '#009e73' };
/** Pixels of a panel. */
const [WIDTH, HEIGHT] = [300, 170];
const POINTS = 120;

/**
 * PSNR against steps and against processor time, a row of two panels per network.
 * @param curves trainings: network, optimizer, seed, unit, and points with at, psnr and processorSeconds
 * @returns PNG
 */
export function drawCurves(curves) {
  const networks = [...new Set(curves.map(({ network }) => network))];
  const rows = networks.map((network) => {
    const trainings = curves.filter((training) => training.network === network);
    const points = trainings.flatMap(thinned);
    return {
      hconcat: [
        panel(points, 'at', `${network}: ${trainings[0].unit}`),
        panel(points, 'processorSeconds', `${network}: processor time [s]`),
      ],
    };
  });
  const spec = { $schema: 'https://vega.github.io/schema/vega-lite/v6.json', vconcat: rows };
  const figure = { kind: 'chart', name: 'optimizers', title: 'PSNR while a network is trained', caption: '', spec };
  return renderFigure(figure, { theme: 'light', format: 'png', scale: 2 });
}

function panel(points, field, title) {
  return {
    width: WIDTH,
    height: HEIGHT,
    data: { values: points },
    mark: { type: 'line', strokeWidth: 1.5 },
    encoding: {
      x: { field, type: 'quantitative', title },
      y: { field: 'psnr', type: 'quantitative', title: 'PSNR [dB]', scale: { zero: false } },
      color: {
        field: 'optimizer',
        type: 'nominal',
        title: null,
        scale: { domain: Object.keys(COLORS), range: Object.values(COLORS) },
      },
      detail: { field: 'seed', type: 'nominal' },
    },
  };
}

/** Some points of a training, its last among them. */
function thinned({ optimizer, seed, points }) {
  const every = Math.ceil(points.length / POINTS);
  return points
    .filter((_, i) => (points.length - 1 - i) % every === 0)
    .map((point) => ({ ...point, seed, optimizer: NAMES[optimizer] }));
}
