/** Shares that points are moved in: as many threads as can move them. Another number gives other places. */
export const SHARES = 16;
