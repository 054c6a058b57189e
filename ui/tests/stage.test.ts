// The stage's pure parts: tokens, fragments of SDP, and advice about a microphone.
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
