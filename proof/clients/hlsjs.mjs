// hls.js in low-latency mode, as any site would embed it: its defaults, and leave to catch up by playing 10 % faster when it
// started late, which it asks for by an option.
//
//   node hlsjs.mjs --url http://127.0.0.1:8083/c/demo/hls/index.m3u8 --seconds 60 --output heard.wav
//
// Prints {"start_ms":…,"stalls":…,"stalled_ms":[…],"latency_s":{"mean":…,"max":…},"played_s":…,"errors":[…],…}. A stall is
// playback that stood still after it began, by the media element's own account (`waiting`) or hls.js's
// (bufferStalledError).

import { createRequire } from 'node:module';
import { blank, listenIn, options, run, save, sleep, until } from './browser.mjs';

const given = options({ url: undefined, seconds: '60', output: '', within: '15', level: '', ready: '' });
const seconds = Number(given.seconds);
const within = Number(given.within);

await run(seconds + within + 25, async (launch) => {
  const browser = await launch();
  const context = await browser.newContext();
  await listenIn(context);
  const page = await blank(context, given.url);
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js') });
  await page.evaluate(({ url, level }) => {
    const state = { stalls: [], errors: [], latency: [], began: performance.now() };
    const since = () => Math.round(performance.now() - state.began);
    window.state = state;
    const element = document.body.appendChild(document.createElement('audio'));
    const hls = new window.Hls({ lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.1, startLevel: level === '' ? -1 : Number(level) });
    hls.on(window.Hls.Events.ERROR, (_, error) => {
      if (error.details === 'bufferStalledError') state.stalls.push([since(), error.details]);
      else state.errors.push(`${since()} ms: ${error.fatal ? 'fatal ' : ''}${error.details}${error.response ? ` ${error.response.code}` : ''} ${error.error?.message ?? ''}`);
    });
    element.addEventListener('playing', () => { state.started ??= performance.now(); });
    element.addEventListener('waiting', () => { if (state.started) state.stalls.push([since(), 'waiting']); });
    hls.loadSource(url);
    hls.attachMedia(element);
    element.play().catch((error) => state.errors.push(String(error)));
    setInterval(() => { if (state.started) state.latency.push(hls.latency); }, 500);
    Object.assign(window, { hls, element });
  }, { url: given.url, level: given.level });
  await until('hls.js plays', within, () => page.evaluate(() => window.state.started && window.element.currentTime > 0));
  await page.evaluate(() => window.proof.record('program', window.element.captureStream()));
  if (given.ready) console.log(JSON.stringify({ event: 'plays' }));
  const from = await page.evaluate(() => window.element.currentTime);
  await sleep(seconds);
  const outcome = await page.evaluate((since) => {
    const { state, element, hls } = window;
    const late = state.latency.filter((x) => x > 0);
    return {
      start_ms: Math.round(state.started - state.began),
      stalls: state.stalls.length,
      stalled_ms: state.stalls,
      latency_s: { mean: late.reduce((a, b) => a + b, 0) / late.length, max: Math.max(...late) },
      target_s: hls.targetLatency,
      played_s: element.currentTime - since,
      level: hls.levels[hls.currentLevel]?.codecs ?? hls.levels[hls.currentLevel]?.audioCodec,
      errors: state.errors,
    };
  }, from);
  return { ...outcome, ...(await save(page, 'program', given.output)) };
});
