import { type ChartFigure, counted } from '@xinc/core';
import { html, type Markup } from '../html/markup.js';
import { decibels, duration, plainNumber } from '../html/numbers.js';
import type { TrainingPoint } from '../report.js';
import { chartMarkup } from './figure.js';
import type { Numbering } from './numbering.js';
import type { Section } from './section.js';

const CURVE_POINTS = 400;

/** The training curve, or word that there is none. */
export async function trainingSection(points: readonly TrainingPoint[], numbering: Numbering): Promise<Section> {
  const usable = points.filter(({ loss, psnr }) => Number.isFinite(loss) && loss > 0 && Number.isFinite(psnr));
  return {
    id: numbering.id('training'),
    title: 'Training',
    body:
      usable.length > 1
        ? await curve(usable, numbering)
        : html`<p class="note">There is no training curve: the weights were not trained here, or nothing was recorded.</p>`,
  };
}

async function curve(points: readonly TrainingPoint[], numbering: Numbering): Promise<Markup> {
  const last = points[points.length - 1];
  const number = numbering.figure();
  const panel = (field: string, title: string, scale: Readonly<Record<string, unknown>>, axis = {}) => ({
    width: 340,
    height: 210,
    mark: { type: 'line', strokeWidth: 1.6 },
    encoding: {
      x: { field: 'step', type: 'quantitative', title: 'Step', scale: { nice: false }, axis: { tickCount: 5 } },
      y: { field, type: 'quantitative', title, scale, axis },
    },
  });
  const figure: ChartFigure = {
    kind: 'chart',
    name: 'training',
    title: 'Training',
    caption: `PSNR and mean squared error of each step's batch. After ${counted(last.step, 'step')} and ${duration(last.seconds)} the loss is ${plainNumber(last.loss, 3)} and the PSNR ${decibels(last.psnr)}.`,
    spec: {
      data: {
        values: thinned(points).map(({ step, loss, psnr }) => ({ step, loss, psnr: Number(psnr.toPrecision(5)) })),
      },
      columns: 2,
      spacing: 40,
      concat: [
        panel('psnr', 'PSNR (dB)', { zero: false }),
        panel('loss', 'Loss (mean squared error)', { type: 'log' }, { format: '~e' }),
      ],
    },
  };
  return html`<figure>${await chartMarkup(figure, numbering.id('training-curve'))}<figcaption><b class="number">Figure ${number}</b> <b>${figure.title}.</b> ${figure.caption}</figcaption></figure>`;
}

/** Evenly spaced points, the first and the last among them. */
function thinned(points: readonly TrainingPoint[]): readonly TrainingPoint[] {
  if (points.length <= CURVE_POINTS) return points;
  const step = (points.length - 1) / (CURVE_POINTS - 1);
  return Array.from({ length: CURVE_POINTS }, (_, i) => points[Math.round(i * step)]);
}
