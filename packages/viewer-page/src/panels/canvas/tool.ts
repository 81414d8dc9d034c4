/** What the pointer does on the picture. */
export type Tool = 'point' | 'rectangle' | 'lasso';
