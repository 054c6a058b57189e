// The score, drawn: a stave for each voice, and what was said as strokes of a broad pen along media time.
//
// The notation is that of music, because everybody can read it without being told: a stave that waits is empty, a break
// is a caesura, a lost line is a stave whose lines end, the start is a heavy bar, the end is the final one. One pass over
// the visible columns, no allocation per column, nothing kept between frames: what is drawn is a function of the view.

import type { Stretch } from '../talk/conversation';
import { RATE, heldReason, phaseName } from '../talk/events';
import { clockTime, timecode } from '../words/words';
import type { Paper } from './paper';
import { COLUMNS, type Tape } from './tape';

export interface Ink {
  ink: string;
  soft: string;
  line: string;
  live: string;
  font: string;
}

export interface View {
  width: number;
  height: number;
  paper: Paper;
  /** Media time at the now mark, in seconds. */
  now: number;
  /** Where the ear is, or null while nobody listens. */
  ear: number | null;
  /** Strokes are drawn up to here. */
  drawnTo: number;
  seats: string[];
  lane: number;
  top: number;
  stretches: Stretch[];
  liveSince: number | null;
  epoch: number;
  tape: Tape;
  /** Reactions of each second, by media time in samples. */
  reacted: { t: number; n: number }[];
  /** The server is out of reach: nothing here is live. */
  lost: boolean;
  labels: { now: string; you: string };
  ink: Ink;
}

/** Five lines, as a stave has. */
const LINES = 5;
/** Quieter than this is drawn as nothing. */
const FLOOR_DBOV = 58;
const LOUD_DBOV = 8;
/** Pixels outside the picture that are still drawn, for strokes that cross its edge. */
const EDGE = 24;
/** The lower half of a stroke against the upper. */
const LOWER = 0.6;
/** Room for the name above each stave. */
const NAME = 26;

type Ctx = CanvasRenderingContext2D;

export function paint(ctx: Ctx, view: View): void {
  ctx.clearRect(0, 0, view.width, view.height);
  const pieces = visible(view);
  const staveTop = (i: number) => view.top + i * view.lane + NAME;
  const staveHeight = view.lane - NAME - 12;
  const from = staveTop(0);
  const to = staveTop(Math.max(0, view.seats.length - 1)) + staveHeight;
  view.seats.forEach((_, i) => {
    for (const piece of pieces) stave(ctx, view, piece, staveTop(i), staveHeight);
  });
  bars(ctx, view, from, to);
  view.seats.forEach((seat, i) => {
    for (const piece of pieces) if (piece.phase === 'live') strokes(ctx, view, seat, piece, staveTop(i), staveHeight);
  });
  reactions(ctx, view, to);
  marks(ctx, view, from, to);
}

/** What the audience did, under the last stave: a short stroke for each second in which somebody reacted, longer for more. */
function reactions(ctx: Ctx, view: View, to: number): void {
  ctx.strokeStyle = view.ink.soft;
  ctx.lineWidth = 3;
  for (const { t, n } of view.reacted) {
    const at = t / RATE;
    if (at > view.drawnTo) continue;
    const x = Math.round(view.paper.x(at));
    if (x < -EDGE) continue;
    line(ctx, x, to + 3, to + 5 + Math.min(12, 3 * Math.log2(1 + n)));
  }
}

interface Piece {
  from: number;
  to: number;
  phase: 'live' | 'quiet' | 'break' | 'lost' | 'over' | 'coming';
  /** Media time in seconds at which it begins and ends. */
  begin: number;
  end: number;
}

function pieceOf(phase: Stretch['phase']): Piece['phase'] {
  const reason = heldReason(phase);
  if (reason) return reason === 'break' ? 'break' : 'lost';
  const name = phaseName(phase);
  return name === 'live' ? 'live' : name === 'ended' ? 'over' : 'quiet';
}

/** The stretches of the timeline as pieces of the picture, left to right, and what is still to come. */
function visible(view: View): Piece[] {
  const { paper, stretches, width, now } = view;
  const pieces: Piece[] = [];
  stretches.forEach((stretch, i) => {
    const next = stretches[i + 1];
    const phase = pieceOf(stretch.phase);
    const begin = stretch.from / RATE;
    const end = next ? next.from / RATE : now;
    const from = Math.max(-EDGE, paper.x(begin));
    const to = next ? paper.x(end) : phase === 'over' ? width : paper.nowX;
    if (to > -EDGE && to > from) pieces.push({ from, to: Math.min(to, width), phase, begin, end });
  });
  const last = pieces[pieces.length - 1];
  const first = pieces[0];
  const blank = { begin: 0, end: 0 };
  if (first && first.from > 0) pieces.unshift({ ...blank, from: 0, to: first.from, phase: 'quiet' });
  const begins = last ? paper.nowX : 0;
  const broken = last && ['over', 'lost', 'break'].includes(last.phase);
  if (!broken) pieces.push({ ...blank, from: begins, to: width, phase: 'coming' });
  return pieces;
}

function stave(ctx: Ctx, view: View, piece: Piece, top: number, height: number): void {
  if (piece.phase === 'over') return;
  ctx.strokeStyle = view.ink.line;
  ctx.lineWidth = 1;
  const gap = height / (LINES - 1);
  for (let n = 0; n < LINES; n += 1) {
    const y = Math.round(top + n * gap) + 0.5;
    ctx.beginPath();
    if (piece.phase === 'break') {
      // The stave stops at a caesura, and only its middle line waits, dotted.
      if (n !== 2) continue;
      ctx.setLineDash([1.5, 7]);
      ctx.moveTo(piece.from + 26, y);
      ctx.lineTo(piece.to, y);
    } else if (piece.phase === 'lost') {
      // Each line ends somewhere else and sags, as a cut wire does; then nothing.
      const end = piece.from + 8 + ((n * 37) % 23);
      ctx.moveTo(piece.from, y);
      ctx.quadraticCurveTo(end - 4, y, end + 6, y + 4 + ((n * 13) % 7));
    } else {
      ctx.moveTo(piece.from, y);
      ctx.lineTo(piece.to, y);
    }
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (piece.phase === 'break' && piece.from > -EDGE) caesura(ctx, view, piece.from + 6, top, gap);
}

/** Two slanting strokes through the upper lines: the sign for "all stop here, and go on together". */
function caesura(ctx: Ctx, view: View, x: number, top: number, gap: number): void {
  ctx.strokeStyle = view.ink.ink;
  ctx.lineWidth = 2;
  ctx.beginPath();
  for (const shift of [0, 7]) {
    ctx.moveTo(x + shift, top + gap * 2.4);
    ctx.lineTo(x + shift + 7, top - 2);
  }
  ctx.stroke();
}

/** Half the pen's width for a level. */
function nib(dbov: number, height: number): number {
  if (dbov >= FLOOR_DBOV) return 0;
  const loud = Math.min(1, (FLOOR_DBOV - dbov) / (FLOOR_DBOV - LOUD_DBOV));
  // Squared and more: the ear hears a voice fall by 20 dB as little, the eye should see it breathe.
  return 1 + loud ** 2.4 * (height / 2 + 4);
}

function strokes(ctx: Ctx, view: View, seat: string, piece: Piece, top: number, height: number): void {
  const { paper, tape } = view;
  const seen = piece.end - (paper.x(piece.end) + EDGE) / paper.scale;
  const begin = Math.floor(Math.max(piece.begin, seen) * COLUMNS);
  const end = Math.floor(Math.min(view.drawnTo, piece.end) * COLUMNS);
  const sounding = (c: number) => c < end && tape.dbov(seat, c) < FLOOR_DBOV;
  ctx.fillStyle = view.ink.ink;
  for (let c = begin; c < end; c += 1) {
    if (!sounding(c)) continue;
    const start = c;
    while (sounding(c)) c += 1;
    stroke(ctx, view, seat, start, c, top + height / 2, height);
  }
}

/** One phrase as one stroke: its upper edge from left to right, its lower edge back; a broad pen presses upwards. */
function stroke(ctx: Ctx, view: View, seat: string, start: number, end: number, middle: number, height: number): void {
  // Even within one live stretch: the paper is asked once.
  const left = view.paper.x((start + 0.5) / COLUMNS);
  const at = (c: number) => left + ((c - start) * view.paper.scale) / COLUMNS;
  const half = (c: number) => (c < start || c >= end ? 0 : nib(view.tape.dbov(seat, c), height));
  ctx.beginPath();
  ctx.moveTo(at(start) - 3, middle);
  for (let c = start; c < end; c += 1) edge(ctx, at(c), at(c + 1), middle, -half(c), -half(c + 1));
  ctx.lineTo(at(end - 1) + 3, middle);
  for (let c = end - 1; c >= start; c -= 1) edge(ctx, at(c), at(c - 1), middle, half(c) * LOWER, half(c - 1) * LOWER);
  ctx.closePath();
  ctx.fill();
}

/** Through a column's own height to half way to the next. */
function edge(ctx: Ctx, x: number, nextX: number, middle: number, here: number, next: number): void {
  ctx.quadraticCurveTo(x, middle + here, (x + nextX) / 2, middle + (here + next) / 2);
}

function bars(ctx: Ctx, view: View, from: number, to: number): void {
  const { paper, ink } = view;
  ctx.font = ink.font;
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  const since = view.liveSince === null ? null : view.liveSince / RATE;
  if (since !== null) {
    for (let s = Math.ceil((view.now - since) / 10) * 10 - 10; s > 0; s -= 10) {
      const at = Math.round(paper.x(since + s)) + 0.5;
      if (at < -EDGE * 3) break;
      if (!isLive(view, since + s)) continue;
      ctx.strokeStyle = ink.line;
      ctx.lineWidth = 1;
      line(ctx, at, from, to);
      ctx.fillStyle = ink.soft;
      if (at < paper.nowX - 84) ctx.fillText(timecode(s), at + 5, view.top - 8);
    }
    heavy(ctx, view, paper.x(since), from, to, clockTime(view.epoch + since * 1000));
  }
  const over = view.stretches.find((s) => s.phase === 'ended');
  if (over) {
    const at = paper.x(over.from / RATE);
    ctx.strokeStyle = ink.ink;
    ctx.lineWidth = 1;
    line(ctx, at - 6, from, to);
    ctx.fillStyle = ink.ink;
    ctx.fillRect(at - 3, from, 4, to - from);
  }
}

/** Whether the audience heard the stage at this media time: time is counted on the paper only then. */
function isLive(view: View, t: number): boolean {
  let phase: Stretch['phase'] = 'lobby';
  for (const stretch of view.stretches) if (stretch.from / RATE <= t) phase = stretch.phase;
  return phase === 'live';
}

/** The bar at which it began: heavy, then light, with the hour above. */
function heavy(ctx: Ctx, view: View, at: number, from: number, to: number, hour: string): void {
  if (at < -60 || at > view.width) return;
  ctx.fillStyle = view.ink.ink;
  ctx.fillRect(at - 4, from, 4, to - from);
  ctx.strokeStyle = view.ink.ink;
  ctx.lineWidth = 1;
  line(ctx, at + 3.5, from, to);
  if (at < view.paper.nowX - 90) ctx.fillText(hour, at - 4, view.top - 8);
}

function marks(ctx: Ctx, view: View, from: number, to: number): void {
  const last = view.stretches[view.stretches.length - 1];
  if (!last || last.phase === 'ended') return;
  const live = last.phase === 'live' && !view.lost;
  const colour = live ? view.ink.live : view.ink.soft;
  const { nowX } = view.paper;
  if (view.ear !== null && nowX - view.paper.earX(view.ear) > 1) {
    const ear = Math.max(6, view.paper.earX(view.ear));
    // What has been said and has not reached you.
    ctx.globalAlpha = 0.1;
    ctx.fillStyle = colour;
    ctx.fillRect(ear, from - 4, nowX - ear, to - from + 8);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = view.ink.ink;
    ctx.lineWidth = 2;
    line(ctx, ear, from - 4, to + 12);
    ctx.fillStyle = view.ink.ink;
    ctx.textAlign = 'right';
    ctx.fillText(view.labels.you, Math.max(ear - 6, 76), to + 15);
  }
  ctx.strokeStyle = colour;
  ctx.lineWidth = live ? 3 : 2;
  line(ctx, nowX, from - 18, to + 4);
  ctx.fillStyle = colour;
  ctx.textAlign = 'right';
  ctx.fillText(view.labels.now, nowX - 7, view.top - 8);
}

function line(ctx: Ctx, x: number, from: number, to: number): void {
  ctx.beginPath();
  ctx.moveTo(x, from);
  ctx.lineTo(x, to);
  ctx.stroke();
}
