// The state of the audit, asked for once per window and shared by all that shows it.

import { ISignal, Signal } from "@lumino/signaling";

import { AuditState, IndexItem, LOOK, RECORDED, Recorded, SPEAKER } from "./contract.js";
import { Revisions } from "./revisions.js";
import { Answer, Asked } from "./server.js";

const EVERY = 10_000;
const AT_ONCE = 300;

export class Watch {
  readonly #state = new Asked<AuditState>("workbook/state");
  readonly #index = new Asked<{ items: IndexItem[] }>("workbook/index");
  readonly #revisions = new Revisions();
  readonly #changed = new Signal<this, AuditState>(this);
  readonly #indexed = new Signal<this, IndexItem[]>(this);
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #asking: Promise<unknown> = Promise.resolve();
  #stale = true;
  state: AuditState | undefined;
  items: IndexItem[] = [];

  /** The state became another. */
  get changed(): ISignal<this, AuditState> {
    return this.#changed;
  }

  /** What can be searched became other. */
  get indexed(): ISignal<this, IndexItem[]> {
    return this.#indexed;
  }

  /** Asks until the server answers, and goes on if it has a workspace of ours; true if so. */
  async begin(): Promise<boolean> {
    while (await this.look() === "lost") await new Promise((done) => setTimeout(done, EVERY));
    if (!this.state?.pages.length) return false;
    document.addEventListener(RECORDED, (event) => {
      const { engagement, revision } = (event as CustomEvent<Recorded>).detail;
      this.#revisions.recorded(engagement, revision);
      this.soon();
    });
    document.addEventListener(SPEAKER, () => this.soon());
    document.addEventListener("visibilitychange", () => this.#tick());
    setInterval(() => this.#tick(), EVERY);
    return true;
  }

  /** Looks once what happens now has settled. */
  soon(): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.look(), AT_ONCE);
  }

  /** Asks for the state as it is from now on; what kind of answer came, or that none did. */
  look(): Promise<Answer<AuditState>["kind"] | "lost"> {
    const looking = this.#asking.then(() => this.#look());
    this.#asking = looking;
    return looking;
  }

  /** What can be searched, asked for again if the record changed since. */
  async index(): Promise<IndexItem[]> {
    if (!this.#stale) return this.items;
    this.#stale = false;
    const answer = await this.#index.ask().catch(() => { this.#stale = true; });
    if (answer?.kind === "new") {
      this.items = answer.value.items;
      this.#indexed.emit(this.items);
    }
    return this.items;
  }

  async #tick(): Promise<void> {
    if (document.hidden) return;
    await this.look();
    await this.index();
  }

  async #look(): Promise<Answer<AuditState>["kind"] | "lost"> {
    const answer = await this.#state.ask().catch(() => ({ kind: "lost" }) as const);
    if (answer.kind === "new") this.#take(answer.value);
    return answer.kind;
  }

  #take(state: AuditState): void {
    this.state = state;
    this.#stale = true;
    if (this.#revisions.reached(state.engagement, state.revision)) document.dispatchEvent(new CustomEvent(LOOK));
    this.#changed.emit(state);
  }
}
