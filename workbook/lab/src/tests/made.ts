// States for the tests: what matters is given, the rest is nothing special.

import type { AuditState, IndexItem, Link, Page, Section } from "../contract.js";

const FAR = { title: "Start", asked: 10, open: 4, claimed: 60, shown: 20 };

export const page = (given: Partial<Page>): Page =>
  ({ ...FAR, file: "00_start.ipynb", known: true, sections: [], ...given });

export const section = (given: Partial<Section>): Section =>
  ({ ...FAR, page: "00_start.ipynb", anchor: "Scope-questions", ...given });

export const link = (given: Partial<Link>): Link =>
  ({ title: "Least privilege", about: "", page: "03_control_review.ipynb", anchor: "ac-least", late: false, ...given });

export const item = (title: string, about = "", kind: IndexItem["kind"] = "question"): IndexItem =>
  ({ kind, title, about, page: "03_control_review.ipynb", anchor: title });

export const state = (given: Partial<AuditState>): AuditState => ({
  engagement: "demo", title: "ISMS audit", revision: 12, at: "2026-11-29T10:00:00+01:00",
  speaker: { name: "Security lead", role: "preparer", unnamed: false, fixed: false, roles: ["preparer", "auditor"] },
  stage: { word: "Not ready", kind: "bad", claimed: 55, shown: 20 },
  pages: [page({})], next: null, mine: [], due: [], stale: [], problem: "", ...given,
});
