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
  [more: string]: any;
}

export type Kind = "wait" | "done" | "failed";
export type Show = (says: string, kind: Kind, retry?: () => void) => void;
export type Child = Node | string | number | null | undefined | false | Child[];
export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
/** The name of a field and what people call it. */
export type Named = [id: string, label: string];

/** The forms of one version of the workbook, in this browser window: there, or promised. */
export interface Entry {
  forms: Promise<Record<string, (place: Place) => () => void>>;
  arrived: (forms: any) => void;
  asked: number; // when Python was asked for them
}

declare global {
  var mlawForms: Map<string, Entry>;
}
