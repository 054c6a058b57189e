// What the API says of cases. It mirrors shell/web/src/api/cases/bodies.rs.

export interface Act {
  act: string;
  by: string;
  at_ms: number;
  reason: string;
}
export interface Ruling {
  decision: string;
  territory: string[];
  ends_ms?: number;
  reasons?: string;
  statement: string;
  by?: string;
  at_ms: number;
  appeal_until_ms: number;
}
export interface Appeal {
  text: string;
  at_ms: number;
  upheld?: boolean;
  reasons?: string;
  by_the_same?: boolean;
}
export interface Case {
  id: string;
  slug: string;
  about: string;
  subject?: string;
  name: string;
  account?: string;
  text?: string;
  moment_ms: number;
  category: string;
  reports: number;
  state: 'open' | 'ruled' | 'appealed' | 'closed';
  opened_ms: number;
  pinned?: { from_ms: number; until_ms: number; tracks: { seat: string; name: string; href: string }[] };
  unpinned_ms?: number;
  acts: Act[];
  ruling?: Ruling;
  appeal?: Appeal;
}
export interface CaseFile {
  case: Case;
  reports: { category: string; text: string; at_ms: number }[];
}
export interface Concerned {
  id: string;
  slug: string;
  about: string;
  text?: string;
  moment_ms: number;
  acts: Act[];
  ruling?: Ruling;
  may_appeal: boolean;
  appeal?: Appeal;
}
