export { activate } from './activation';
export { addLanes, reduce, separate } from './reduce';
export { fill, respond, scatter } from './response';
export { smoothColumns, smoothRows, smoothRows2x3 } from './smooth';
