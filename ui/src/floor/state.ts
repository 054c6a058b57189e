// What taking part has come to, folded from the events in the order in which their sound is heard.
//
// It mirrors core/vocab/src/floor.rs. Absent: anything of the screen, and of the network.

export interface Line {
  id: number;
  name: string;
  role?: string;
  text: string;
}
export type QuestionState = 'new' | 'accepted' | 'asked' | 'answered' | 'dismissed';
export interface Question {
  id: number;
  name: string;
  text: string;
  state: QuestionState;
  votes: number;
}
export interface Poll {
  id: number;
  question: string;
  answers: { text: string; votes: number }[];
  closes_ms?: number;
  closed: boolean;
}
export interface Note {
  text: string;
  link?: string;
}
export interface Rules {
  chat: boolean;
  slow_s: number;
  links: boolean;
  moderated: boolean;
}
export interface FloorNow {
  rules: Rules;
  note?: Note | null;
  poll?: Poll | null;
  questions: Question[];
  lines: Line[];
  one_in: number;
  words?: string[];
}
export type Reaction = 'applause' | 'agree' | 'disagree' | 'laughter' | 'surprise';
export const REACTIONS: Reaction[] = ['applause', 'agree', 'disagree', 'laughter', 'surprise'];

const LINES_MAX = 200;

/** The chat of one second: how many lines are shown of how many. */
export interface Flood {
  shown: number;
  offered: number;
}

export class FloorState {
  rules: Rules = { chat: true, slow_s: 0, links: false, moderated: true };
  note: Note | null = null;
  poll: Poll | null = null;
  questions: Question[] = [];
  lines: Line[] = [];
  oneIn = 1;
  flood: Flood = { shown: 0, offered: 0 };
  reacted: { kind: Reaction; count: number }[] = [];
  /** Lines that were hidden, lest an older answer brings them back. */
  private readonly hidden = new Set<number>();

  /** Everything as it stands. */
  adopt(now: Partial<FloorNow>): void {
    if (now.rules) this.rules = now.rules;
    this.note = now.note ?? null;
    this.poll = now.poll ?? null;
    this.questions = Array.isArray(now.questions) ? now.questions : [];
    this.oneIn = now.one_in || 1;
    this.show(Array.isArray(now.lines) ? now.lines : []);
  }

  /** One event. */
  fold(name: string, data: Record<string, unknown>): void {
    switch (name) {
      case 'reactions':
        this.oneIn = Number(data.one_in) || 1;
        this.reacted = Array.isArray(data.counts) ? (data.counts as FloorState['reacted']) : [];
        break;
      case 'chat': {
        const lines = Array.isArray(data.lines) ? (data.lines as Line[]) : [];
        for (const id of Array.isArray(data.hidden) ? (data.hidden as number[]) : []) this.hidden.add(id);
        for (const line of lines) this.hidden.delete(line.id);
        this.flood = { shown: lines.length, offered: Number(data.offered) || 0 };
        this.show(lines);
        break;
      }
      case 'questions':
        if (Array.isArray(data.questions)) this.questions = data.questions as Question[];
        break;
      case 'poll':
        this.poll = data as unknown as Poll;
        break;
      case 'pinned':
        this.note = (data.note as Note | undefined) ?? null;
        break;
      case 'floor':
        this.rules = { ...this.rules, ...(data as unknown as Rules) };
        break;
      default:
        break;
    }
  }

  private show(more: Line[]): void {
    const all = new Map(this.lines.map((line) => [line.id, line]));
    for (const line of more) all.set(line.id, line);
    for (const id of this.hidden) all.delete(id);
    this.lines = [...all.values()].sort((a, b) => a.id - b.id).slice(-LINES_MAX);
  }
}
