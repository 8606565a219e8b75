// The state of the audit, asked for once per window and shared by all that shows it.

import { ISignal, Signal } from "@lumino/signaling";

import { AuditState, IndexItem, LOOK, RECORDED, Recorded, SPEAKER } from "./contract.js";
import { Revisions } from "./revisions.js";
import { Asked } from "./server.js";

const EVERY = 10_000;
const AT_ONCE = 300;

export class Watch {
  readonly #state = new Asked<AuditState>("workbook/state");
  readonly #index = new Asked<{ items: IndexItem[] }>("workbook/index");
  readonly #revisions = new Revisions();
  readonly #changed = new Signal<this, AuditState>(this);
  readonly #indexed = new Signal<this, IndexItem[]>(this);
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #asking: Promise<boolean> | undefined;
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

  /** Asks for the first time, and goes on if this server has a workspace of ours; true if so. */
  async begin(): Promise<boolean> {
    if (!await this.look() || !this.state?.pages.length) return false;
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

  /** Asks for the state; false if the server does not answer it. */
  look(): Promise<boolean> {
    this.#asking ??= this.#look().finally(() => { this.#asking = undefined; });
    return this.#asking;
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

  async #look(): Promise<boolean> {
    const answer = await this.#state.ask().catch(() => undefined);
    if (answer?.kind === "new") this.#take(answer.value);
    return answer !== undefined && answer.kind !== "none";
  }

  #take(state: AuditState): void {
    this.state = state;
    this.#stale = true;
    if (this.#revisions.reached(state.engagement, state.revision)) document.dispatchEvent(new CustomEvent(LOOK));
    this.#changed.emit(state);
  }
}
