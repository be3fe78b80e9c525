// What the service's own Node is started with; the Dockerfile says the same.
//
// --max-semi-space-size: megabytes that new objects have before the live ones among them are kept. V8's own 32 let a
// first copy's garbage pile up and cost 30 MB of memory; with 8 the old objects may be collected half as often
// (src/infra/tight-heap.ts). It counts only when it is given at the start.
export const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=8'];
