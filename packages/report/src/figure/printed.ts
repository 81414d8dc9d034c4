/** A figure for print. */
export interface Printed {
  readonly svg: string;
  readonly png: Uint8Array;
}
