// The lock screen and the keys of headsets: what is playing, whether it is live, and play and pause.
//
// Absent: seeking. What is live has no place to seek to.

import type { Listener } from '../listen/listener';
import type { Conversation } from '../talk/conversation';
import { heldReason, phaseName } from '../talk/events';
import { list, words } from '../words/words';

/** What it is at the moment, in the place where a lock screen shows an album. */
function stateOf(talk: Conversation): string {
  const held = heldReason(talk.phase);
  if (held) return held === 'break' ? words.heldBreak : words.cardLost;
  return phaseName(talk.phase) === 'live' ? words.live : words.lobbyOut;
}

export function bindMediaSession(talk: Conversation, listener: Listener): void {
  const session = navigator.mediaSession;
  if (!session) return;
  let shown = '';
  const describe = () => {
    session.playbackState = listener.on && listener.state !== 'paused' ? 'playing' : 'paused';
    if (!listener.on) return;
    const artist = list(talk.speakers.map((s) => s.name)) || words.brand;
    const album = `${stateOf(talk)} · ${words.brand}`;
    const key = [talk.facts.title, artist, album].join('\n');
    if (key === shown) return;
    shown = key;
    const artwork = [{ src: new URL('/icons/app-512.png', new URL(talk.api, location.href)).href, sizes: '512x512', type: 'image/png' }];
    session.metadata = new MediaMetadata({ title: talk.facts.title, artist, album, artwork });
  };
  const handle = (action: MediaSessionAction, act: () => void) => {
    try {
      session.setActionHandler(action, act);
    } catch {
      // This browser has no such key.
    }
  };
  handle('play', () => listener.listen());
  handle('pause', () => listener.pause());
  handle('stop', () => listener.stop());
  talk.addEventListener('change', describe);
  listener.addEventListener('change', describe);
}
