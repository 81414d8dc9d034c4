export { RUNTIME_BLOCK } from './access/inside/runtime-block.js';
export { hostedName, SITE_FILES, type StoredHalves } from './access/site/site-paths.js';
export type {
  AnalysisView,
  ApiProblem,
  LabelView,
  LayerLink,
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
  Star,
  StarChange,
  StarsView,
  StoredAnalysis,
} from './api.js';
export { FILE_PAGE_FOLDER, PAGE_FOLDER } from './page-folder.js';
export { ARRAYS_READ } from './state/arrays-read.js';
export { encodeLayerSource, tracedInPage } from './trace/encode-layer-source.js';
