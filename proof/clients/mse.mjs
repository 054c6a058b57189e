// The quick HTTP path of any page: fetch live.mp4 and hand what comes to Media Source Extensions.
//
//   node mse.mjs --url http://127.0.0.1:8083/c/demo/live.mp4 --seconds 10 --output heard.wav
//
// Prints {"first_byte_ms":…,"first_audio_ms":…,"stalls":…,"gaps":…,"played_s":…}: a gap is a hole in the buffered timeline.

import { blank, listenIn, options, run, save, sleep, until } from './browser.mjs';

const given = options({ url: undefined, seconds: '10', output: '', within: '10', type: 'audio/mp4; codecs="opus"' });
const seconds = Number(given.seconds);
const within = Number(given.within);

await run(seconds + within + 20, async (launch) => {
  const browser = await launch();
  const context = await browser.newContext();
  await listenIn(context);
  const page = await blank(context, given.url);
  await page.evaluate(async ({ url, type }) => {
    const state = { began: performance.now(), stalls: 0, gaps: 0 };
    const element = document.body.appendChild(document.createElement('audio'));
    const source = new MediaSource();
    element.src = URL.createObjectURL(source);
    Object.assign(window, { state, element });
    await new Promise((done) => source.addEventListener('sourceopen', done, { once: true }));
    const buffer = source.addSourceBuffer(type);
    element.addEventListener('playing', () => { state.first_audio_ms ??= Math.round(performance.now() - state.began); });
    element.addEventListener('waiting', () => { if (state.first_audio_ms) state.stalls += 1; });
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`live.mp4 answered ${answer.status}`);
    const reader = answer.body.getReader();
    (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        state.first_byte_ms ??= Math.round(performance.now() - state.began);
        if (done) break;
        buffer.appendBuffer(value);
        await new Promise((end) => buffer.addEventListener('updateend', end, { once: true }));
        state.gaps = Math.max(state.gaps, buffer.buffered.length - 1);
        if (element.paused && buffer.buffered.length) {
          element.currentTime = buffer.buffered.start(0);
          element.play();
        }
      }
      state.ended = true;
      if (source.readyState === 'open') source.endOfStream();
    })().catch((error) => { state.error = String(error); });
  }, { url: given.url, type: given.type });
  await until('live.mp4 plays', within, () => page.evaluate(() => window.state.error || (window.state.first_audio_ms && window.element.currentTime > 0)));
  await page.evaluate(() => window.proof.record('program', window.element.captureStream()));
  const from = await page.evaluate(() => window.element.currentTime);
  await sleep(seconds);
  const outcome = await page.evaluate((since) => ({ ...window.state, played_s: window.element.currentTime - since }), from);
  if (outcome.error) throw new Error(outcome.error);
  return { ...outcome, ...(await save(page, 'program', given.output)) };
});
