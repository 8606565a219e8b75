// Files in small pieces through the kernel's own connection, so that no size limit cuts one off unseen.

const PIECE = 1 << 20;

async function upload(wire, key, file, about, tell, mapping) {
  const name = unique("u");
  let sent = 0;
  let reply;
  do {
    const piece = await file.slice(sent, sent + PIECE).arrayBuffer();
    sent += piece.byteLength;
    const last = sent >= file.size;
    reply = await wire.ask("upload", { upload: name, key, name: file.name, size: file.size, last, about: last ? about : {}, mapping }, [piece], 60000);
    tell(reply.ok ? `${file.name}: ${Math.round((100 * sent) / Math.max(file.size, 1))} %` : reply.says);
  } while (reply.ok && sent < file.size);
  return reply;
}
