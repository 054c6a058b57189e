// The small build of hls.js has the types of the whole one, but its package does not say so.

declare module 'hls.js/light' {
  import Hls from 'hls.js';
  export * from 'hls.js';
  export default Hls;
}
