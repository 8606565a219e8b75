// @ts-check
// Files in small pieces through the kernel's own connection, so that no size limit cuts one off unseen.

import { unique } from "./dom.js";

/** @import { Reply } from "./types" */
/** @import { Wire } from "./wire.js" */

const PIECE = 1 << 20;
const PATIENCE = 60000;

/**
 * @param {Wire} wire
 * @param {File} file
 * @param {Record<string, any>} more what Python has to know with each piece
 * @param {(says: string) => void} tell how far it is
 * @returns {Promise<Reply>} the answer to the last piece
 */
export async function upload(wire, file, more, tell) {
  const name = unique("u");
  let sent = 0;
  let reply;
  do {
    const piece = await file.slice(sent, sent + PIECE).arrayBuffer();
    sent += piece.byteLength;
    const about = { upload: name, draft: name, name: file.name, size: file.size, last: sent >= file.size };
    reply = await wire.ask("upload", { ...more, ...about }, { buffers: [piece], patience: PATIENCE });
    tell(reply.ok ? `${file.name}: ${Math.round((100 * sent) / Math.max(file.size, 1))} %` : reply.says ?? "");
  } while (reply.ok && sent < file.size);
  return reply;
}
