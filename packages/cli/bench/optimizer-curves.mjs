import { renderFigure } from '@xinc/report';

const NAMES = { adam: 'Adam', soap: 'SOAP', muon: 'Muon', 'adam-tried': 'Adam, rate tried' };
const COLORS = { Adam: '#0072b2', SOAP: '#d55e00', Muon: '#009e73', 'Adam, rate tried': '#56b4e9' };
/** Pixels of a panel. */
const [WIDTH, HEIGHT] = [300, 170];
const POINTS = 120;

/**
 * PSNR against steps and against processor time, two panels per network.
 * @param curves trainings: network, optimizer (adam, soap, muon, or adam-tried with a rate that is not the published one), seed, unit, and points with
 * at, psnr and processorSeconds
 * @param beside networks in a row
 * @returns PNG
 */
export function drawCurves(curves, beside = 1) {
  const names = Object.entries(NAMES).flatMap(([key, name]) =>
    curves.some(({ optimizer }) => optimizer === key) ? [name] : [],
  );
  const networks = [...new Set(curves.map(({ network }) => network))];
  const panels = networks.flatMap((network) => {
    const trainings = curves.filter((training) => training.network === network);
    const points = trainings.flatMap(thinned);
    return [
      panel(points, 'at', `${network}: ${trainings[0].unit}`, names),
      panel(points, 'processorSeconds', `${network}: processor time [s]`, names),
    ];
  });
  const $schema = 'https://vega.github.io/schema/vega-lite/v6.json';
  const spec = { $schema, concat: panels, columns: 2 * beside };
  const figure = { kind: 'chart', name: 'optimizers', title: 'PSNR while a network is trained', caption: '', spec };
  return renderFigure(figure, { theme: 'light', format: 'png', scale: 2 });
}

function panel(points, field, title, names) {
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
        scale: { domain: names, range: names.map((name) => COLORS[name]) },
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
