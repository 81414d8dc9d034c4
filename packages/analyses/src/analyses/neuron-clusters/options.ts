import { z } from 'zod';

export const options = z.object({
  grouping: z
    .string()
    .optional()
    .describe('Grouping over whose groups maps are averaged to compare neurons; by default gabor, else rgb, else grid'),
  frame: z.int().min(0).optional().describe('Frame of a video; by default the first one analysed'),
  neighbors: z
    .int()
    .min(2)
    .max(500)
    .optional()
    .describe('UMAP neighbours; by default 5, 25, 75 or 150 for layers of up to 1000, 3000, 10 000 or more neurons'),
  minDist: z.number().min(0).max(1).default(0.1).describe('Smallest distance of alike neurons in the embedding'),
  clusters: z.int().min(2).max(64).default(8).describe('Clusters that k-means divides the embedding into'),
  limit: z
    .int()
    .min(100)
    .max(200_000)
    .default(20_000)
    .describe('Neurons of a layer embedded together at most, drawn at random where there are more'),
});
export type Options = z.output<typeof options>;
