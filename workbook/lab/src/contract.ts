// What the server's `workbook/…` addresses answer, and the events that page forms and this extension exchange.

/** Something that a person can go to: a question, a row, a piece of evidence, on its page. */
export interface Link {
  title: string;
  about: string;
  page: string;
  anchor: string;
  late: boolean;
}

/** How far something is: per cent of what is asked that is claimed, and that is shown. */
export interface Progress {
  title: string;
  asked: number;
  open: number;
  claimed: number;
  shown: number;
}

export interface Section extends Progress {
  page: string;
  anchor: string;
}

export interface Page extends Progress {
  file: string;
  known: boolean;
  sections: Section[];
}

export interface Speaker {
  name: string;
  role: string;
  unnamed: boolean;
  fixed: boolean;
  roles: string[];
}

export interface Stage {
  word: string;
  kind: string;
  claimed: number | null;
  shown: number | null;
}

/** `workbook/state` */
export interface AuditState {
  engagement: string;
  title: string;
  revision: number;
  at: string;
  speaker: Speaker;
  stage: Stage | null;
  pages: Page[];
  next: Link | null;
  mine: Link[];
  due: Link[];
  stale: Link[];
  problem: string;
}

/** One item of `workbook/index` */
export interface IndexItem {
  kind: "question" | "row" | "evidence";
  title: string;
  about: string;
  page: string;
  anchor: string;
}

/** Where to go: a page, and the question, row or section on it; no anchor is the top of the page. */
export interface Target {
  page: string;
  anchor: string;
}

/** What a form says of its saving. */
export interface Saving {
  state: "typing" | "saved" | "failed";
  says: string;
}

/** What a form says it recorded. */
export interface Recorded {
  engagement: string;
  revision: number;
}

export const ARRIVE = "mlaw:arrive";
export const SAVING = "mlaw:saving";
export const RECORDED = "mlaw:recorded";
export const SPEAKER = "mlaw:speaker";
export const LOOK = "mlaw:look";
