/** Where a plugin came from, for listings and run.json. */
export interface PluginOrigin {
  readonly package: string;
  readonly version: string;
  /** The entry file. */
  readonly path: string;
  /** The package's folder, or that of a single module: errors name places of its code by it. */
  readonly folder?: string;
  /** The contract that it is made for, where its package says one: `CONTRACT`. */
  readonly contract?: number;
  /** The browser module that shows the package's own panel in the viewer. */
  readonly panel?: string;
}
