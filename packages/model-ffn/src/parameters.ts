/** Names of the parameters; layers count from 1. */
export const FREQUENCIES = 'frequencies';
export const weightOf = (layer: number): string => `layer${layer}.weight`;
export const biasOf = (layer: number): string => `layer${layer}.bias`;
