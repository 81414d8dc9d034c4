export { SITE_FILES, type StoredHalves } from './access/site/site-paths.js';
export type {
  AnalysisView,
  ApiProblem,
  LabelView,
  LayerSourceMetadata,
  LayerView,
  MapsRequest,
  NetworkView,
  PanelHost,
  PanelModule,
  PanelScene,
  RunEvent,
  RunView,
  Session,
  StoredAnalysis,
} from './api.js';
export { PAGE_FOLDER } from './page-folder.js';
export { encodeLayerSource, tracedInPage } from './trace/encode-layer-source.js';
