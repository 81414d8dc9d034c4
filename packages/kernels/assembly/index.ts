export { nearest, sumShifted } from './doubles';
export { dueEdges, moveAlong } from './layout';
export { separate } from './maps';
export { orthonormalize } from './orthonormal';
export { atZero } from './pointwise';
export { multiply } from './product';
export { promote, reduce, sumGroups } from './reduce';
export { interleave } from './response';
export { pickWeights } from './smooth';
