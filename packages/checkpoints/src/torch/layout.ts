import type { Constructor, Constructors } from '../pickle/constructors.js';

/** A function whose only argument is the name of what it gives. */
const named: Constructor = ([name]) => (typeof name === 'string' ? name : undefined);

/** What PyTorch's pickles call to name layouts and devices: their names are kept as texts. */
export const LAYOUT_CONSTRUCTORS: Constructors = {
  'torch.serialization._get_layout': named,
  'torch.device': named,
};
