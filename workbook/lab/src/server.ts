// The only place that asks the server. An answer that did not change is not sent again.

import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";

/** What is there, whether it is other than before; or that the server does not know this address. */
export type Answer<T> = { kind: "new"; value: T } | { kind: "same" } | { kind: "none" };

/** One address that is asked again and again. */
export class Asked<T> {
  #etag = "";

  constructor(private readonly path: string) {}

  /** What it answers now; raises when the server cannot be reached or does not know us. */
  async ask(): Promise<Answer<T>> {
    const response = await send(this.path, { headers: this.#etag ? { "If-None-Match": this.#etag } : {} });
    if (response.status === 304) return { kind: "same" };
    if (response.status === 404) return { kind: "none" };
    if (!response.ok) throw new ServerConnection.ResponseError(response);
    const value = (await response.json()) as T;
    this.#etag = response.headers.get("ETag") ?? "";
    return { kind: "new", value };
  }
}

/** Sends what somebody said; the sentence why it was refused, or nothing. */
export async function post(path: string, body: unknown): Promise<string> {
  try {
    const response = await send(path, { method: "POST", body: JSON.stringify(body) });
    if (response.ok) return "";
    const refused = (await response.json()) as { says?: string };
    return refused.says ?? `The server answered ${response.status}.`;
  } catch {
    return "The server does not answer. Nothing was changed; try again in a moment.";
  }
}

const settings = ServerConnection.makeSettings();

const send = (path: string, init: RequestInit): Promise<Response> =>
  ServerConnection.makeRequest(URLExt.join(settings.baseUrl, path), init, settings);
