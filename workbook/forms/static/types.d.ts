// The words that Python and the browser share: what a message asks and what a reply says.

export interface Model {
  get(name: string): any;
  send(content: object, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(event: string, hear: (content: any, buffers?: DataView[]) => void): void;
  off?(event: string, hear: (content: any) => void): void;
}

export interface Place { model: Model; el: HTMLElement }

/** One version of one record, as somebody saved it; `body` is null once it was deleted. */
export interface Version {
  number: number;
  version: number;
  key: string;
  by: string;
  at: string;
  body: Record<string, any> | null;
}

/** What Python answers: `says` is for people; what code must know is a field of its own. */
export interface Reply {
  ok: boolean;
  lost?: boolean; // nobody answered: it may or may not be recorded
  says?: string;
  field?: string; // the field that has to be changed
  conflict?: Version; // what somebody else recorded first
  revision?: Version; // what was recorded
  doubts?: [field: string, says: string][]; // what to look at again, although it was recorded
  [more: string]: any;
}

export type Kind = "wait" | "done" | "failed";
export type Show = (says: string, kind: Kind, retry?: () => void) => void;
export type Child = Node | string | number | null | undefined | false | Child[];
/** What a cell may hold, where that is a list. */
export type Choices = [id: string, words: string][];
export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
/** What edits one value: the element that stands in the page, and within it what a label names. */
export interface Editor {
  el: HTMLElement;
  control: HTMLElement;
  value: any;
  offer(choices: Choices): void;
}
/** The name of a field, what people call it, and how they read what stands in it, where that is not as it is. */
export type Named = [id: string, label: string, read?: (value: any) => string];

/** Things in a row, and what is said of each. */
export type Lines = [what: string, says: string][];

/** How far a claim is shown. */
export interface Step {
  step: string;
  contradicted: boolean;
  toReverify?: boolean; // carried over from an earlier audit, and not confirmed in this one
  counted?: string; // why it stays in every sum although it is said not to apply
}

/** One artefact that a question asks for, what binds it, and what it lacks; with nothing lacking it is proven. */
export interface Artefact {
  artefact: string;
  or: string[]; // what counts as well
  named?: string; // what people call it in the language of the page
  orNamed?: string[]; // and what counts as well
  proves: string;
  bound: "days" | "model" | "dataset" | "period";
  binds: string;
  versions: [version: string, name: string][]; // those that evidence has to name
  keys: string[];
  lacks: string;
}

/** How far the claim of an opened question is shown. */
export interface Proof extends Step {
  short: string[]; // what the next step needs
  against: [kind: string, key: string, says: string][];
  others: string[]; // evidence of another artefact than those asked for
  artefacts: Artefact[];
}

/** The forms of one version of the workbook, in this browser window: there, or promised. */
export interface Entry {
  forms: Promise<Record<string, (place: Place) => () => void>>;
  arrived: (forms: any) => void;
  asked: number; // when Python was asked for them
}

/** How one of their columns or words was understood: by our own name for it, or how else. */
export type How = "" | "guess" | "said" | "out" | "unknown";
export interface TheirColumn { header: string; sample: string; column: string; how: How }
export interface TheirWord {
  column: string;
  label: string;
  value: string;
  rows: number;
  ours: string;
  how: How;
  options: string[];
}
export interface PlannedChange { label: string; old: string; new: string }
export interface PlannedCell { header: string; label: string; value: string; says: string }
export interface PlannedRow {
  line: number;
  key: string;
  name: string;
  state: "new" | "changed" | "same" | "wrong";
  says: string[]; // what is wrong with it as a whole
  cells: PlannedCell[]; // of one that is wrong, each with what is wrong in it
  changes: PlannedChange[];
}

/** What an import of one sheet would do, and what has to be said before it can. */
export interface Preview {
  plan: string;
  sheet: string;
  sheets: Choices;
  picture: [line: number, cells: string[]][];
  header: number; // the line that names the columns, 0 if none was found
  columns: TheirColumn[];
  missing: string[]; // our columns that are needed and that no column of theirs stands for
  words: TheirWord[];
  dates: string[]; // days that may be meant in two ways
  blanks: boolean; // whether an empty cell stands where the record holds something
  notes: string[];
  problems: string[];
  twins: [line: number, first: number][]; // lines that say the same as an earlier one
  counts: Record<string, number>;
  rows: PlannedRow[];
  more: number; // rows that are not among them
  ready: boolean; // whether it can be imported
}

/** Cells that were corrected, by line and header; null for a line that is left out. */
export type Mends = Record<string, Record<string, string> | null>;

/** What was pasted and what was chosen for it, kept in the browser until it is imported or thrown away. */
export interface Pasted {
  name: string; // under which it is kept; a file has none
  text: string;
  tables: Record<string, SaidOfTable>;
  mends: Record<string, Mends>;
}

/** What was chosen for one sheet; what is not said is found by Python. */
export interface SaidOfTable {
  header_row?: number;
  columns?: Record<string, string>;
  constants?: Record<string, string>;
  values?: Record<string, Record<string, string>>;
  dates?: string;
  only_known?: boolean;
  blank_clears?: boolean;
}

declare global {
  var mlawForms: Map<string, Entry>;
}
