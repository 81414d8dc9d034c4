import { defineAnalysis, inWords, listed, type Omission, omissionSentences, XincError } from '@xinc/core';
import { z } from 'zod';
import { FRAME_COLUMN, LAYER_COLUMN } from '../scope/columns.js';
import { frameWords } from '../scope/frames.js';
import { orWhyNot } from '../scope/or-why-not.js';

const options = z.object({
  tolerance: z
    .number()
    .gt(0)
    .max(1)
    .default(1e-4)
    .describe('Relative error up to which contributions count as complete'),
});

/**
 * Whether contributions add up to what the network computes: the largest |Σ_n c_{n→o}(p) − z_o(p)| of each layer, z being
 * its pre-activations (method §6.1). A layer that is not complete has been traced wrongly.
 */
export const completeness = defineAnalysis<z.output<typeof options>>({
  kind: 'analysis',
  name: 'completeness',
  title: 'Completeness',
  description: "Whether the neurons' contributions add up to what each layer computes.",
  options,
  request: () => ({}),
  async analyze({ tolerance }, context) {
    const measure = context.completeness?.bind(context);
    if (!measure) {
      throw new XincError('unsupported', 'This run cannot tell the contributions to single outputs apart', {
        hint: 'Completeness needs them.',
      });
    }
    const rows = [];
    const untold: string[] = [];
    const omissions: Omission[] = [];
    for (const [i, layer] of context.layers.entries()) {
      for (const [j, frame] of context.frames.entries()) {
        const share = (i + j / context.frames.length) / context.layers.length;
        context.progress?.(`${layer.id}${frameWords(context.signal, frame)}`, share);
        const measured = await orWhyNot(layer.id, () => measure(layer.id, frame));
        if (measured.omission) {
          untold.push(layer.id);
          omissions.push(measured.omission);
          break;
        }
        const { largestError, largestPreactivation } = measured.answer;
        const relative = largestPreactivation > 0 ? largestError / largestPreactivation : largestError;
        const where = `${layer.id}${frameWords(context.signal, frame)}`;
        rows.push({ layer, frame, largestError, largestPreactivation, relative, where });
      }
    }
    const finite = rows.filter(({ relative }) => Number.isFinite(relative));
    const notFinite = rows.filter((row) => !finite.includes(row));
    for (const { layer, frame } of notFinite) {
      omissions.push({
        layer: layer.id,
        ...(context.signal.kind === 'video' && { frames: [frame] }),
        why: 'contributions or what they add up to are NaN or infinite (check the weights).',
      });
    }
    if (finite.length === 0) {
      throw new XincError(
        'numeric',
        `No layer has contributions to add up: ${omissionSentences(omissions).join(' ')}`,
        {
          subject: 'completeness',
        },
      );
    }
    const worst = finite.reduce((a, b) => (b.relative <= a.relative ? a : b));
    const incomplete = finite.filter(({ relative }) => relative > tolerance);
    const leftOut = [...notFinite.map(({ where }) => where), ...untold, ...context.untraced];
    const everyLayer = leftOut.length === 0 ? 'In every layer' : `In every layer but ${listed(leftOut)}`;
    const most = `${inWords(worst.relative)} of the largest pre-activation`;
    const verdict =
      incomplete.length === 0
        ? `${everyLayer} contributions add up to the pre-activations; the largest error is ${most}${worst.relative > 0 ? ` (${worst.where})` : ''}.`
        : `Contributions do not add up to the pre-activations in ${listed(incomplete.map(({ where }) => where))}: the largest error is ${most} (${worst.where}), where at most ${inWords(tolerance)} is expected.`;
    return {
      findings: [verdict],
      tables: [
        {
          name: 'completeness',
          title: 'Largest difference between summed contributions and pre-activations',
          columns: [
            FRAME_COLUMN,
            LAYER_COLUMN,
            { name: 'largest_error', unit: '|c|', description: 'max |Σₙ c − z| over outputs and pixels' },
            { name: 'largest_preactivation', unit: '|c|', description: 'max |z| over outputs and pixels' },
            { name: 'relative_error', unit: 'fraction', description: 'Their ratio' },
          ],
          rows: finite.map((row) => [
            row.frame,
            row.layer.id,
            row.largestError,
            row.largestPreactivation,
            row.relative,
          ]),
        },
      ],
      arrays: [],
      figures: [],
      values: { largestRelativeError: worst.relative, complete: incomplete.length === 0 && leftOut.length === 0 },
      omissions,
    };
  },
});
