// The lock screen and the keys of headsets: what is playing, and play and pause.
//
// Absent: seeking. What is live has no place to seek to.

import type { Listener } from '../listen/listener';
import type { Conversation } from '../talk/conversation';
import { list, words } from '../words/words';

export function bindMediaSession(talk: Conversation, listener: Listener): void {
  const session = navigator.mediaSession;
  if (!session) return;
  let shown = '';
  const describe = () => {
    session.playbackState = listener.on ? 'playing' : 'paused';
    if (!listener.on) return;
    const artist = list(talk.speakers.map((s) => s.name)) || words.brand;
    const key = `${talk.facts.title}\n${artist}`;
    if (key === shown) return;
    shown = key;
    session.metadata = new MediaMetadata({ title: talk.facts.title, artist, album: words.brand });
  };
  const handle = (action: MediaSessionAction, act: () => void) => {
    try {
      session.setActionHandler(action, act);
    } catch {
      // This browser has no such key.
    }
  };
  handle('play', () => listener.listen());
  handle('pause', () => listener.stop());
  handle('stop', () => listener.stop());
  talk.addEventListener('change', describe);
  listener.addEventListener('change', describe);
}
