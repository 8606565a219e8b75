// Whether somebody else recorded something: revisions that the forms of this window did not tell of.

export class Revisions {
  #engagement = "";
  #known = 0;

  /** A form of this window recorded up to this revision. */
  recorded(engagement: string, revision: number): void {
    if (engagement === this.#engagement && revision === this.#known + 1) this.#known = revision;
  }

  /** The record stands at this revision; true if somebody else may have brought it there. */
  reached(engagement: string, revision: number): boolean {
    const news = engagement === this.#engagement && revision > this.#known;
    this.#engagement = engagement;
    this.#known = revision;
    return news;
  }
}
