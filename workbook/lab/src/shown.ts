// What the panel and the status bar say of a state, in words. Figures are the server's; none is computed here.

import type { AuditState, Link, Page, Progress, Saving, Section } from "./contract.js";

/** One line that can be followed. */
export interface Line {
  title: string;
  about: string;
  page: string;
  anchor: string;
  late: boolean;
}

/** A page or section, and how far it is. */
export interface Step {
  title: string;
  left: string;
  far: string;
  claimed: number;
  shown: number;
}

export interface PageStep extends Step {
  file: string;
  number: string;
  here: boolean;
  sections: (Step & { page: string; anchor: string })[];
}

/** A list under a heading, or the sentence that stands for an empty one. */
export interface Group {
  id: "mine" | "due" | "stale";
  title: string;
  lines: Line[];
  empty: string;
}

export interface Panel {
  title: string;
  problem: string;
  begun: boolean;
  begin: { page: string; title: string; here: boolean } | null;
  stage: { word: string; kind: string; far: string; claimed: number; shown: number } | null;
  speaker: { says: string; asks: boolean; fixed: boolean };
  next: Line | null;
  nothingNext: string;
  pages: PageStep[];
  groups: Group[];
}

/** What the panel shows; `here` is the file of the page that is open. */
export function panelOf(state: AuditState, here: string): Panel {
  const begun = state.engagement !== "";
  return {
    title: titleOf(state),
    problem: state.problem,
    begun,
    begin: beginOf(state, here),
    stage: stageOf(state),
    speaker: speakerOf(state),
    next: state.next && line(state.next),
    nothingNext: begun ? "No question is open." : "",
    pages: state.pages.map((page) => pageStep(page, here)),
    groups: begun ? groupsOf(state) : [],
  };
}

function titleOf({ engagement, title, problem }: AuditState): string {
  if (engagement) return title || engagement;
  return problem ? "The record cannot be read" : "No audit yet";
}

/** Where an audit is begun: on the first page, unless there is one that cannot be read. */
function beginOf({ engagement, problem, pages: [first] }: AuditState, here: string): Panel["begin"] {
  return engagement || problem || !first ? null : { page: first.file, title: first.title, here: first.file === here };
}

function stageOf({ stage }: AuditState): Panel["stage"] {
  if (!stage) return null;
  const [claimed, shown] = [stage.claimed ?? 0, stage.shown ?? 0];
  const measured = stage.claimed !== null && stage.shown !== null;
  return { word: stage.word, kind: stage.kind, far: measured ? far({ claimed, shown }) : "", claimed, shown };
}

function speakerOf({ speaker }: AuditState): Panel["speaker"] {
  const says = speaker.unnamed ? "Nobody has said who speaks." : `You speak as ${speaker.name}, ${speaker.role}.`;
  return { says, asks: speaker.unnamed && !speaker.fixed, fixed: speaker.fixed };
}

const line = ({ title, about, page, anchor, late }: Link): Line => ({ title, about, page, anchor, late });

function pageStep(page: Page, here: string): PageStep {
  return {
    ...step(page),
    file: page.file,
    number: /^\d+/.exec(page.file)?.[0] ?? "",
    here: page.file === here,
    sections: page.sections.map((section: Section) => ({
      ...step(section), page: section.page, anchor: section.anchor,
    })),
  };
}

function step({ title, asked, open, claimed, shown }: Progress): Step {
  return { title, left: left(asked, open), claimed, shown,
    far: asked ? far({ claimed, shown }) : "" };
}

function left(asked: number, open: number): string {
  if (!asked) return "";
  return open ? `${open} open` : "answered";
}

const far = ({ claimed, shown }: { claimed: number; shown: number }): string =>
  `${claimed} % claimed, ${shown} % shown`;

const groupsOf = ({ mine, due, stale }: AuditState): Group[] => [
  { id: "mine", title: "Your questions", lines: mine.map(line), empty: "No open question names you as its owner." },
  { id: "due", title: "Due", lines: due.map(line), empty: "Nothing is due." },
  { id: "stale", title: "Stale evidence", lines: stale.map(line), empty: "No evidence is stale." },
];

/** What the status bar says; `saving` is what a form of this window said last. */
export function statusOf(state: AuditState, saving: Saving | null): string {
  if (!state.engagement) return titleOf(state);
  return [titleOf(state), `revision ${state.revision}`, saved(saving)].filter(Boolean).join(" · ");
}

function saved(saving: Saving | null): string {
  if (!saving) return "";
  return { typing: "typing …", saved: "✓ saved", failed: `not saved: ${saving.says}` }[saving.state];
}
