// Which way to hear a browser gets, what it costs, and how the player stays a second behind.
import { describe, expect, it, vi } from 'vitest';
import { Pace, TARGET_MIN } from '../src/listen/pace';
import { SleepTimer } from '../src/player/sleep';
import { type Quality, megabytesAnHour, renditionFor, tiersFor } from '../src/listen/tier';

const none = { opusMse: false, aacMse: false, nativeHls: false, anyMse: false, frozen: false };

describe('the way to hear', () => {
  it('is one long answer where the page stays awake', () => {
    expect(tiersFor({ ...none, opusMse: true, aacMse: true, anyMse: true })).toEqual(['stream', 'hls', 'plain']);
  });

  it('is the built-in player where the page freezes with the screen', () => {
    expect(tiersFor({ ...none, aacMse: true, anyMse: true, nativeHls: true, frozen: true })[0]).toBe('native-hls');
    expect(tiersFor({ ...none, aacMse: true, anyMse: true, nativeHls: true })[0]).toBe('stream');
  });

  it('is a plain element where there is nothing else', () => {
    expect(tiersFor(none)).toEqual(['plain']);
  });

  it('says its price in megabytes an hour', () => {
    expect(renditionFor('saver', true)).toBe('opus-48');
    expect(renditionFor('least', true)).toBe('opus-24');
    expect(['full', 'saver', 'least'].map((q) => renditionFor(q as Quality, false))).toEqual(['aac-96', 'aac-48', 'aac-48']);
    expect(megabytesAnHour('opus-24')).toBe(13);
    expect(megabytesAnHour('opus-48')).toBe(24);
    expect(megabytesAnHour('opus-96')).toBe(46);
  });
});

describe('the pace', () => {
  it('leaves the speed alone near a second behind', () => {
    expect(new Pace().step({ delay: TARGET_MIN + 0.1, ahead: 0.5 }, 0.2)).toEqual({ rate: 1, skip: 0 });
  });

  it('catches up gently, and never faster than can be heard', () => {
    const pace = new Pace();
    expect(pace.step({ delay: 1.4, ahead: 1 }, 0.2).rate).toBe(1.025);
    expect(pace.step({ delay: 3, ahead: 2.5 }, 0.2).rate).toBe(1.05);
  });

  it('does not hurry into an empty buffer', () => {
    expect(new Pace().step({ delay: 2, ahead: 0.2 }, 0.2).rate).toBe(1);
  });

  it('jumps when it is far behind, but only over what is here', () => {
    expect(new Pace().step({ delay: 9, ahead: 8.5 }, 0.2).skip).toBeCloseTo(8);
    expect(new Pace().step({ delay: 9, ahead: 0.5 }, 0.2).skip).toBe(0);
  });

  it('leaves nothing out for who has paused, and catches up', () => {
    const pace = new Pace();
    pace.keep = true;
    expect(pace.step({ delay: 90, ahead: 89 }, 0.2)).toEqual({ rate: 1.1, skip: 0 });
    expect(pace.step({ delay: 1.2, ahead: 1 }, 0.2)).toEqual({ rate: 1.025, skip: 0 });
    expect(pace.keep).toBe(false);
  });

  it('slows down when it is too near', () => {
    expect(new Pace().step({ delay: 0.6, ahead: 0.3 }, 0.2).rate).toBe(0.98);
  });

  it('keeps more distance on a line that ran dry, and comes back after calm', () => {
    const pace = new Pace();
    pace.starved();
    expect(pace.target).toBe(TARGET_MIN + 0.25);
    for (let i = 0; i < 20; i += 1) pace.starved();
    expect(pace.target).toBe(4);
    for (let s = 0; s < 7200; s += 1) pace.step({ delay: 4, ahead: 1 }, 1);
    expect(pace.target).toBe(TARGET_MIN);
  });
});

describe('the sleep timer', () => {
  it('fades out, stops, and gives the volume back', () => {
    vi.useFakeTimers();
    const sound = { volume: 0.8 };
    let stopped = 0;
    const timer = new SleepTimer(sound, () => {
      stopped += 1;
    });
    timer.set(15);
    vi.advanceTimersByTime(15 * 60_000 - 5000);
    expect(sound.volume).toBeCloseTo(0.2);
    expect(stopped).toBe(0);
    vi.advanceTimersByTime(5000);
    expect([stopped, sound.volume]).toEqual([1, 0.8]);
    timer.set(15);
    vi.advanceTimersByTime(15 * 60_000 - 5000);
    // Somebody is still awake.
    timer.set(0);
    vi.advanceTimersByTime(60_000);
    expect([stopped, sound.volume]).toEqual([1, 0.8]);
    vi.useRealTimers();
  });
});
