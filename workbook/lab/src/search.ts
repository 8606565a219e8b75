// Search over questions, rows of registers and evidence: every word that is typed has to be there.

import type { IndexItem } from "./contract.js";

/** The best items, and how many there are in all. */
export interface Found {
  items: IndexItem[];
  total: number;
}

interface Entry {
  item: IndexItem;
  title: string;
  all: string;
}

/** Without accents and capitals, so that "Uberprufung" finds "Überprüfung". */
const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** A search over these items, which are read once. */
export function searcher(items: readonly IndexItem[]): (query: string, limit: number) => Found {
  const entries = items.map((item) => {
    const title = plain(item.title);
    return { item, title, all: `${title} ${plain(item.about)} ${item.kind}` };
  });
  return (query, limit) => {
    const words = plain(query).split(/\s+/).filter(Boolean);
    if (!words.length) return { items: [], total: 0 };
    const hits = entries.filter(({ all }) => words.every((word) => all.includes(word)));
    const ranked = hits.map((entry) => ({ entry, rank: rank(entry, words) })).sort((a, b) => a.rank - b.rank);
    return { items: ranked.slice(0, limit).map(({ entry }) => entry.item), total: hits.length };
  };
}

/** Less is better: words at the start of the title, at the start of its words, in it, only beside it. */
function rank({ title }: Entry, words: readonly string[]): number {
  if (title.startsWith(words.join(" "))) return 0;
  const starts = ` ${title.replace(/[^\p{L}\p{N}]+/gu, " ")}`;
  if (words.every((word) => starts.includes(` ${word}`))) return 1;
  return words.every((word) => title.includes(word)) ? 2 : 3;
}
