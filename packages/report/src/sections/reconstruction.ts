import { type ChartFigure, counted, countNanPixels, type Frame, type RasterScale, XincError } from '@xinc/core';
import { html, type Markup } from '../html/markup.js';
import { decibels, plainNumber, wholeNumber } from '../html/numbers.js';
import { frameOf } from '../picture/decode.js';
import { encodeFrame, encodeValues } from '../picture/encode.js';
import { reduction } from '../picture/resample.js';
import type { Report, ReportFrame } from '../report.js';
import { chartMarkup } from './figure.js';
import type { Numbering } from './numbering.js';
import { colorBar, FIGURE_WIDTH, pictureMarkup } from './raster.js';
import type { Section } from './section.js';

/** Frames of a video that are shown small, evenly spread. */
const STRIP_FRAMES = 8;
const LARGE_PIXELS = 2 ** 18;
const SMALL_PIXELS = 2 ** 14;

/** What the signal is; for a video a strip of frames and the PSNR of each. */
export async function reconstructionSection(report: Report, numbering: Numbering): Promise<Section> {
  const { frames, framePsnr } = report.reconstruction;
  const byFrame = framePsnr ?? frames.map(({ index, psnr }) => ({ frame: index, psnr }));
  return {
    id: numbering.id('reconstruction'),
    title: 'Signal and reconstruction',
    body: [
      frames.length === 0 && html`<p class="note">No frame was given to show.</p>`,
      frames.length > 1 && (await strip(frames, numbering)),
      byFrame.length > 1 && (await psnrFigure(byFrame, numbering)),
      signalFacts(report),
    ],
  };
}

interface Compared {
  readonly original: Frame;
  readonly reconstruction: Frame;
  /** Mean over channels of |original − reconstruction|, [H·W] */
  readonly error: Float32Array;
}

async function compare(frame: ReportFrame): Promise<Compared> {
  const original = await frameOf(frame.original, `The picture of frame ${frame.index}`);
  const reconstruction = await frameOf(frame.reconstruction, `The reconstruction of frame ${frame.index}`);
  if (original.height !== reconstruction.height || original.width !== reconstruction.width) {
    throw new XincError(
      'shape',
      `Frame ${frame.index} is ${original.height}×${original.width}, its reconstruction ${reconstruction.height}×${reconstruction.width}`,
    );
  }
  const [a, b] = [original.rgb, reconstruction.rgb];
  const error = Float32Array.from({ length: a.length / 3 }, (_, p) => {
    let sum = 0;
    for (let c = 0; c < 3; c++) sum += Math.abs(a[3 * p + c] - Math.min(Math.max(b[3 * p + c], 0), 1));
    return sum / 3;
  });
  return { original, reconstruction, error };
}

/** A scale that ends at a round number which all but two in a thousand of the errors are below. */
function errorScale(error: Float32Array): RasterScale {
  const sorted = error.filter(Number.isFinite).sort();
  const high = sorted[Math.floor(0.998 * (sorted.length - 1))] ?? 0;
  const power = 10 ** Math.floor(Math.log10(high));
  const end = high > 0 ? [1, 2, 3, 5, 10].map((n) => n * power).find((step) => step >= high)! : 0.01;
  return {
    map: 'sequential',
    domain: [0, Math.min(1, Number(end.toPrecision(2)))],
    label: 'mean |error| of R, G and B',
  };
}

/** `×12.5`: how much brighter an error is drawn than it is. */
const amplification = ({ domain }: RasterScale): string => `×${plainNumber(1 / domain[1], 3)}`;

/** Signal beside reconstruction and error. */
export async function comparison({ signal }: Report, frame: ReportFrame, numbering: Numbering): Promise<Markup> {
  const { original, reconstruction, error } = await compare(frame);
  const { height, width } = original;
  const scale = errorScale(error);
  const factor = reduction(height, width, { pixels: LARGE_PIXELS, width: FIGURE_WIDTH });
  const wide = width > 2.4 * height;
  const shown = wide ? FIGURE_WIDTH : FIGURE_WIDTH / 3;
  const which = signal.kind === 'video' ? `Frame ${frame.index}` : 'The signal';
  const number = numbering.figure();
  const nan = countNanPixels(reconstruction);
  const holes =
    nan > 0 &&
    ` ${wholeNumber(nan)} of its ${counted(height * width, 'pixel')} are NaN: they are black in the reconstruction and left empty in the error, and the PSNR is not defined.`;
  const panel = (title: string, body: Markup) =>
    html`<div class="panel"><p class="panel-title">${title}</p>${body}</div>`;
  return html`<figure class="hero"><div class="panels" style="--columns:${wide ? 1 : 3}">${panel(
    'Signal',
    pictureMarkup(await encodeFrame(original, factor), `The signal, ${signal.name}`, shown),
  )}${panel(
    reconstructionTitle('Reconstruction', frame),
    pictureMarkup(await encodeFrame(reconstruction, factor), 'What the network makes of it', shown),
  )}${panel(
    `Error, ${amplification(scale)}`,
    html`${pictureMarkup(await encodeValues(height, width, error, scale, factor), `Error map, ${scale.label} from 0 to ${scale.domain[1]}`, shown)}${colorBar(scale)}`,
  )}</div><figcaption><b class="number">Figure ${number}</b> <b>${which} and what the network makes of it.</b> The error is the mean absolute difference of the three channels, on a range of 0 to 1, drawn ${amplification(scale)}: the brightest colour stands for ${plainNumber(scale.domain[1])} and more.${holes}</figcaption></figure>`;
}

/** `Reconstruction · 36.19 dB` */
const reconstructionTitle = (what: string, { psnr }: ReportFrame): string =>
  `${what} · ${Number.isNaN(psnr) ? 'PSNR ' : ''}${decibels(psnr)}`;

async function strip(frames: readonly ReportFrame[], numbering: Numbering): Promise<Markup> {
  const shown = spread(frames, STRIP_FRAMES);
  const compared: Compared[] = [];
  for (const frame of shown) compared.push(await compare(frame));
  const scale = compared.map(({ error }) => errorScale(error)).reduce((a, b) => (b.domain[1] > a.domain[1] ? b : a));
  const cells: Markup[] = [];
  for (const [i, { original, reconstruction, error }] of compared.entries()) {
    const { height, width } = original;
    const { index } = shown[i];
    const cellWidth = FIGURE_WIDTH / shown.length;
    const limit = { pixels: SMALL_PIXELS * (STRIP_FRAMES / shown.length), width: 1.5 * cellWidth };
    const factor = reduction(height, width, limit);
    cells.push(
      html`<div class="panel"><p class="panel-title">${reconstructionTitle(`Frame ${index}`, shown[i])}</p>${pictureMarkup(await encodeFrame(original, factor), `Frame ${index}`, cellWidth)}${pictureMarkup(await encodeFrame(reconstruction, factor), `Reconstruction of frame ${index}`, cellWidth)}${pictureMarkup(await encodeValues(height, width, error, scale, factor), `Error of frame ${index}`, cellWidth)}</div>`,
    );
  }
  return html`<figure><div class="panels small strip" style="--columns:${shown.length}">${cells}</div><div class="bars">${colorBar(scale)}</div><figcaption><b class="number">Figure ${numbering.figure()}</b> <b>${counted(shown.length, 'frame')} of the video.</b> From top to bottom: the frame, its reconstruction, and the error, drawn ${amplification(scale)} on one scale.</figcaption></figure>`;
}

/** Evenly spaced items, both ends among them. */
function spread<T>(items: readonly T[], limit: number): T[] {
  if (items.length <= limit) return [...items];
  return Array.from({ length: limit }, (_, i) => items[Math.round((i * (items.length - 1)) / (limit - 1))]);
}

async function psnrFigure(
  byFrame: readonly { readonly frame: number; readonly psnr: number }[],
  numbering: Numbering,
): Promise<Markup> {
  const finite = byFrame.filter(({ psnr }) => Number.isFinite(psnr));
  if (finite.length < 2) return html``;
  const left = byFrame.length - finite.length;
  const others =
    left > 0 ? ` ${counted(left, 'frame')} without a finite PSNR ${left === 1 ? 'is' : 'are'} not drawn.` : '';
  const worst = finite.reduce((a, b) => (b.psnr < a.psnr ? b : a));
  const best = finite.reduce((a, b) => (b.psnr > a.psnr ? b : a));
  const number = numbering.figure();
  const figure: ChartFigure = {
    kind: 'chart',
    name: 'psnr-per-frame',
    title: 'PSNR of each frame',
    caption: `From ${decibels(worst.psnr)} at frame ${worst.frame} to ${decibels(best.psnr)} at frame ${best.frame}.${others}`,
    spec: {
      data: { values: finite },
      width: 640,
      height: 180,
      mark: { type: 'line', point: true },
      encoding: {
        x: {
          field: 'frame',
          type: 'quantitative',
          title: 'Frame',
          axis: { tickMinStep: 1, format: 'd' },
          scale: { nice: false },
        },
        y: { field: 'psnr', type: 'quantitative', title: 'PSNR (dB)', scale: { zero: false } },
      },
    },
  };
  return html`<figure>${await chartMarkup(figure, numbering.id('psnr-per-frame'))}<figcaption><b class="number">Figure ${number}</b> <b>${figure.title}.</b> ${figure.caption}</figcaption></figure>`;
}

function signalFacts(report: Report): Markup {
  const { signal } = report;
  return html`<dl class="values"><div><dt>Source</dt><dd><code>${signal.path}</code></dd></div><div><dt>Size</dt><dd>${signal.kind}, ${signal.kind === 'video' && `${counted(signal.frames, 'frame')} of `}${signal.height} × ${signal.width} pixels (height × width)${signal.frameRate !== undefined && `, ${plainNumber(signal.frameRate)} frames per second`}</dd></div>${signal.sha256 && html`<div><dt>SHA-256</dt><dd><code>${signal.sha256}</code></dd></div>`}${signal.notes.length > 0 && html`<div><dt>Notes</dt><dd>${signal.notes.length === 1 ? signal.notes[0] : html`<ul>${signal.notes.map((note) => html`<li>${note}</li>`)}</ul>`}</dd></div>`}</dl>`;
}
