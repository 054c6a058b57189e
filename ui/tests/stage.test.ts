// The stage's pure parts: tokens, fragments of SDP, and advice about a microphone.
import { audienceSentence, comingAndGoing, lineSentence, namesSentence } from '../src/stage/told';
import { describe, expect, it } from 'vitest';
import { type Frame, advise } from '../src/stage/advice';
import { frameOf } from '../src/stage/meter';
import { candidates, credentials, fragment, iceServers, restarted, withRetransmission } from '../src/stage/sdp';
import { readToken } from '../src/stage/token';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { sub: 'seat-1', conversation: 'night', role: 'speaker', name: 'Ngũgĩ', iat: 1, exp: 99 };

describe('a token', () => {
  it('greets its holder by name', () => {
    const token = readToken(`${part({ alg: 'EdDSA' })}.${part(claims)}.sig`, 'night');
    expect(token).toMatchObject({ seat: 'seat-1', name: 'Ngũgĩ', role: 'speaker', exp: 99 });
  });

  it('for another conversation, or none at all, is no token', () => {
    expect(readToken(`a.${part(claims)}.b`, 'day')).toBeNull();
    expect(readToken('nonsense', 'night')).toBeNull();
    expect(readToken('a.%%%.b', 'night')).toBeNull();
    expect(readToken(`a.${part({ role: 'host' })}.b`, 'night')).toBeNull();
  });
});

const OFFER = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789abcdefghijklmn',
  'a=ice-options:trickle',
  'a=mid:0',
  '',
].join('\r\n');

describe('an offer', () => {
  const offer = `${OFFER}a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=rtpmap:63 red/48000/2\r\n`;
  const ours = offer.replace('opus/48000/2\r\n', 'opus/48000/2\r\na=rtcp-fb:111 nack\r\n');

  it('says that lost packets are sent again, once', () => {
    expect(withRetransmission(offer)).toBe(ours);
    expect(withRetransmission(ours)).toBe(ours);
    expect(withRetransmission(OFFER)).toBe(OFFER);
  });
});

describe('a fragment', () => {
  it('carries credentials, medium and candidates as RFC 8840 wants them', () => {
    const found = ['candidate:1 1 udp 2113937151 192.0.2.1 54321 typ host'];
    expect(fragment(OFFER, found, true).split('\r\n')).toEqual([
      'a=ice-options:trickle',
      'a=group:BUNDLE 0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
      'a=mid:0',
      'a=ice-ufrag:abcd',
      'a=ice-pwd:0123456789abcdefghijklmn',
      'a=candidate:1 1 udp 2113937151 192.0.2.1 54321 typ host',
      'a=end-of-candidates',
      '',
    ]);
    expect(credentials(OFFER)).toEqual({ ufrag: 'abcd', pwd: '0123456789abcdefghijklmn' });
    expect(credentials('a=mid:0\r\n')).toBeNull();
  });

  it('of an ICE restart makes a new answer of the old one', () => {
    const answer = `${OFFER}a=candidate:1 1 udp 1 198.51.100.1 1 typ host\r\na=end-of-candidates\r\na=setup:passive\r\n`;
    const theirs =
      'a=ice-ufrag:wxyz\r\na=ice-pwd:newnewnewnewnewnewnewnew\r\na=candidate:2 1 udp 1 203.0.113.9 2 typ host\r\n';
    const made = restarted(answer, theirs) ?? '';
    expect(credentials(made)?.ufrag).toBe('wxyz');
    expect(candidates(made)).toEqual(['candidate:2 1 udp 1 203.0.113.9 2 typ host']);
    expect(made).toContain('a=setup:passive\r\n');
    expect(made.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
    expect(restarted(answer, 'a=mid:0\r\n')).toBeNull();
  });

  it('keeps the old candidates when the server sends none', () => {
    const answer = `${OFFER}a=candidate:1 1 udp 1 198.51.100.1 1 typ host\r\n`;
    const made = restarted(answer, 'a=ice-ufrag:w\r\na=ice-pwd:p\r\n') ?? '';
    expect(candidates(made)).toHaveLength(1);
    expect(credentials(made)).toEqual({ ufrag: 'w', pwd: 'p' });
  });

  it('finds ICE servers in Link headers', () => {
    const link =
      '<stun:stun.example.net>; rel="ice-server", <turn:turn.example.net?transport=udp>; rel="ice-server"; username="u"; credential="c"; credential-type="password", </x>; rel="next"';
    expect(iceServers(link)).toEqual([
      { urls: 'stun:stun.example.net' },
      { urls: 'turn:turn.example.net?transport=udp', username: 'u', credential: 'c' },
    ]);
    expect(iceServers(null)).toEqual([]);
  });
});

describe('advice', () => {
  const frames = (rms: (i: number) => number, clipped = false): Frame[] =>
    Array.from({ length: 100 }, (_, i) => ({ rms: rms(i), peak: rms(i) + 12, clipped }));
  const speech = (level: number, room: number) => (i: number) => (i % 10 < 6 ? level : room);

  it('says in one sentence what to change, the worst first', () => {
    expect(advise(frames(speech(-22, -65)))).toBe('good');
    expect(advise(frames(speech(-10, -60), true))).toBe('clips');
    expect(advise(frames(speech(-44, -70)))).toBe('quiet');
    expect(advise(frames(() => -90))).toBe('silent');
    expect(advise(frames(() => -30))).toBe('noisy');
    expect(advise(frames(() => -58))).toBe('listening');
    expect(advise([])).toBe('listening');
  });

  it('is measured from the wave: a peak is not a cut-off wave', () => {
    const wave = new Float32Array(2048).fill(0.1);
    wave[5] = 1;
    expect(frameOf(wave).clipped).toBe(false);
    wave.fill(1, 5, 9);
    expect(frameOf(wave).clipped).toBe(true);
    expect(frameOf(wave).peak).toBe(0);
    expect(frameOf(new Float32Array(2048)).rms).toBe(-127);
  });
});

describe('the room in words', () => {
  const anna = { seat: 'a', name: 'Anna', role: 'speaker' as const, muted: false, connected: true };
  const line = (lost: number, missing: number, delay = 60) => ({ seat: 'a', lost_permille: lost, missing_permille: missing, delay_ms: delay });

  it('tells a line plainly', () => {
    expect(lineSentence(anna, line(2, 0))).toBe('Anna: the line is good.');
    expect(lineSentence(anna, line(30, 1))).toBe('Anna: the line loses 3 % of packets, repaired.');
    expect(lineSentence(anna, line(82, 21))).toContain('8.2 % of packets; 2.1 % cannot be repaired');
    expect(lineSentence(anna, line(0, 0, 400))).toContain('0.4 s late');
    expect(lineSentence({ ...anna, connected: false }, undefined)).toContain('is down');
    expect(lineSentence({ ...anna, interrupted: true }, line(0, 0))).toContain('locked screen');
  });

  it('tells how they come and go, and when most left', () => {
    const minute = (arrived: number, left: number, listening: number) => ({ at_ms: 0, arrived, left, listening });
    expect(comingAndGoing([minute(0, 0, 9)])).toEqual(['In the last five minutes nobody came or left.']);
    const said = comingAndGoing([minute(0, 0, 350), minute(2, 31, 321), minute(40, 2, 359)]);
    expect(said[0]).toBe('In the last five minutes 42 came and 33 left.');
    expect(said[1]).toBe('About 14 come each minute.');
    expect(said[2]).toMatch(/31 of 352/);
  });

  it('names only who gave a name', () => {
    expect(namesSentence([])).toContain('nobody has given a name');
    expect(namesSentence(['Edda', 'Edda', 'Femi'])).toContain('Edda and Femi');
    expect(audienceSentence(0, true)).toContain('Nobody');
    expect(audienceSentence(1, false)).toBe('1 person waits inside.');
  });
});
