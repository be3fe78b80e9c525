/** Everything about the page that frames us; one chunk, loaded after the first paint or at the first expired session. */
export { keepFrameSize } from './frame-size.js';
export { openHostBridge } from './registry.js';
