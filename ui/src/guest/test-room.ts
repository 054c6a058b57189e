// <hustings-test-room>: before the doors open a guest tests the microphone and hears themselves back.
//
// Level and advice are those of the green room; five seconds are recorded and played, in this page alone. Its state is in
// data-test, for tests. Absent: the network.

import { h, mark, say, sheet, show } from '../dom/element';
import { advise } from '../stage/advice';
import { Level } from '../stage/level';
import { Meter } from '../stage/meter';
import { Microphone } from '../stage/microphone';
import { adviceSentence, troubleSentence } from '../stage/sentences';
import css from '../stage/stage.css?inline';
import tokens from '../style/tokens.css?inline';
import { planWords as words } from '../words/plan';
import own from './test-room.css?inline';

const styles = [sheet(tokens), sheet(css), sheet(own)];
const RECORDED_MS = 5000;

type State = 'closed' | 'ready' | 'recording' | 'playing' | 'played' | 'failed';

export class TestRoom extends HTMLElement {
  private readonly microphone = new Microphone(new URLSearchParams(location.search).get('raw') === '1');
  private readonly level = new Level();
  private readonly meter = new Meter((frame) => {
    this.level.show(frame);
    say(this.advice, adviceSentence(advise(this.meter.frames)));
  });
  private readonly said = h('p', { class: 'said', role: 'status' });
  private readonly advice = h('p', { class: 'advice', role: 'status' });
  private readonly begin = h('button', { type: 'button', class: 'primary', onclick: () => void this.open() });
  private readonly record = h('button', { type: 'button', class: 'primary', onclick: () => void this.hearBack() });
  private readonly audio = new Audio();
  private state: State = 'closed';

  connectedCallback(): void {
    if (this.shadowRoot) return;
    say(this.begin, words.testBegin);
    say(this.record, words.testRecord);
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = styles;
    root.append(
      h(
        'section',
        { class: 'room', 'aria-label': words.testRoom },
        h('h2', {}, words.testRoom),
        h('p', { class: 'tip' }, words.testHelp),
        this.level.element,
        this.advice,
        this.said,
        h('div', { class: 'row' }, this.begin, this.record),
      ),
    );
    this.audio.addEventListener('ended', () => this.enter('played', words.testPlayed));
    this.enter('closed', '');
  }

  disconnectedCallback(): void {
    this.meter.stop();
    this.microphone.close();
    this.audio.pause();
  }

  private enter(state: State, sentence: string): void {
    this.state = state;
    mark(this, 'data-test', state);
    say(this.said, sentence);
    show(this.said, sentence !== '');
    const open = state !== 'closed';
    show(this.begin, !open);
    show(this.record, open);
    show(this.level.element, open);
    show(this.advice, open);
    this.record.disabled = state === 'recording' || state === 'playing';
  }

  private async open(): Promise<void> {
    const track = await this.microphone.open();
    if (!track) return this.enter('closed', troubleSentence(this.microphone.trouble ?? 'denied'));
    this.meter.watch(track);
    this.enter('ready', '');
    this.record.focus();
  }

  private async hearBack(): Promise<void> {
    const { track } = this.microphone;
    if (!track) return this.enter('closed', '');
    this.enter('recording', words.testRecording);
    try {
      const blob = await recorded(new MediaStream([track]));
      if (this.state !== 'recording') return;
      this.enter('playing', words.testPlaying);
      const url = URL.createObjectURL(blob);
      this.audio.src = url;
      this.audio.addEventListener('ended', () => URL.revokeObjectURL(url), { once: true });
      await this.audio.play();
    } catch {
      this.enter('failed', words.testFailed);
    }
  }
}

function recorded(stream: MediaStream): Promise<Blob> {
  return new Promise((done, fail) => {
    const recorder = new MediaRecorder(stream);
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => done(new Blob(parts, { type: recorder.mimeType }));
    recorder.onerror = () => fail(new Error('not recorded'));
    recorder.start();
    setTimeout(() => recorder.state !== 'inactive' && recorder.stop(), RECORDED_MS);
  });
}

if (!customElements.get('hustings-test-room')) customElements.define('hustings-test-room', TestRoom);
