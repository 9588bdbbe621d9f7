/** Un trozo de lo que manda el cliente que el servidor entiende por sí solo. */
export interface Frame {
  readonly bytes: Buffer;
  /** Lo que es: `Query`, `Execute`, `PUB`, `PUT /api/v1/…`. */
  readonly name: string;
  /** Quién lo manda: el application_name de PostgreSQL; de los demás, el protocolo. */
  readonly label: string;
  /** Puede cambiar algo en el servidor. Lo que solo prepara o mantiene la conexión se reenvía sin contarlo. */
  readonly counts: boolean;
}

/** Junta trozos hasta que hay tramas enteras. Uno por conexión. */
export type FrameReader = (chunk: Buffer) => readonly Frame[];

const cancelCode = 80_877_102;
const sslCode = 80_877_103;

/** Parse, Bind, Describe, Close y Flush no hacen nada hasta el Execute y el Sync que los siguen. */
const frontend: Readonly<Record<string, { readonly name: string; readonly counts: boolean }>> = {
  Q: { name: 'Query', counts: true },
  E: { name: 'Execute', counts: true },
  S: { name: 'Sync', counts: true },
  p: { name: 'Password', counts: true },
  d: { name: 'CopyData', counts: true },
  c: { name: 'CopyDone', counts: true },
  f: { name: 'CopyFail', counts: true },
  X: { name: 'Terminate', counts: true },
};

function startupName(packet: Buffer): string {
  const parts = packet.toString('utf8', 8).split('\0');
  const at = parts.indexOf('application_name');
  return at < 0 ? '' : (parts[at + 1] ?? '');
}

/** El protocolo 3 de PostgreSQL, del cliente al servidor. */
export function postgresFrames(): FrameReader {
  let left = Buffer.alloc(0);
  let started = false;
  let label = '';

  function next(): Frame | undefined {
    const head = started ? 1 : 0;
    if (left.length < head + 4) return undefined;
    const size = head + left.readInt32BE(head);
    if (left.length < size) return undefined;
    const bytes = left.subarray(0, size);
    left = left.subarray(size);
    if (started) {
      const type = String.fromCharCode(bytes[0] ?? 0);
      return { bytes, label, ...(frontend[type] ?? { name: type, counts: false }) };
    }
    const code = bytes.readInt32BE(4);
    if (code === cancelCode || code === sslCode) return { bytes, label, name: 'Negotiation', counts: false };
    started = true;
    label = startupName(bytes);
    return { bytes, label, name: 'Startup', counts: true };
  }

  return (chunk) => {
    left = Buffer.concat([left, chunk]);
    const frames: Frame[] = [];
    for (let frame = next(); frame !== undefined; frame = next()) frames.push(frame);
    return frames;
  };
}

const lineEnd = Buffer.from('\r\n');
const headEnd = Buffer.from('\r\n\r\n');

/** El protocolo de NATS. PING y PONG van y vienen por reloj, y no cambian nada. */
export function natsFrames(): FrameReader {
  let left = Buffer.alloc(0);

  function next(): Frame | undefined {
    const end = left.indexOf(lineEnd);
    if (end < 0) return undefined;
    const words = left.toString('latin1', 0, end).split(/\s+/);
    const name = (words[0] ?? '').toUpperCase();
    const payload = name === 'PUB' || name === 'HPUB' ? Number(words.at(-1)) + lineEnd.length : 0;
    const size = end + lineEnd.length + payload;
    if (left.length < size) return undefined;
    const bytes = left.subarray(0, size);
    left = left.subarray(size);
    return { bytes, name, label: 'nats', counts: !['PING', 'PONG', ''].includes(name) };
  }

  return (chunk) => {
    left = Buffer.concat([left, chunk]);
    const frames: Frame[] = [];
    for (let frame = next(); frame !== undefined; frame = next()) frames.push(frame);
    return frames;
  };
}

/** Lo que ocupa un cuerpo por trozos que empieza en `from`; nada si no ha llegado entero. */
function chunkedSize(bytes: Buffer, from: number): number | undefined {
  for (let at = from; ; ) {
    const end = bytes.indexOf(lineEnd, at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    at = end + lineEnd.length + size + lineEnd.length;
    if (at > bytes.length) return undefined;
    if (size === 0) return at - from;
  }
}

/** HTTP/1.1: una trama es una petición entera. */
export function httpFrames(): FrameReader {
  let left = Buffer.alloc(0);

  function next(): Frame | undefined {
    const end = left.indexOf(headEnd);
    if (end < 0) return undefined;
    const head = left.toString('latin1', 0, end);
    const from = end + headEnd.length;
    const body = /^transfer-encoding: *chunked/im.test(head)
      ? chunkedSize(left, from)
      : Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    if (body === undefined || left.length < from + body) return undefined;
    const bytes = left.subarray(0, from + body);
    left = left.subarray(from + body);
    return { bytes, name: head.split(' ', 2).join(' '), label: 'http', counts: true };
  }

  return (chunk) => {
    left = Buffer.concat([left, chunk]);
    const frames: Frame[] = [];
    for (let frame = next(); frame !== undefined; frame = next()) frames.push(frame);
    return frames;
  };
}
