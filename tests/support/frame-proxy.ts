import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Frame, FrameReader } from './frame-readers.ts';

/** La trama número `frame`, desde 1, de quien se llame así, antes o después de que el servidor la reciba. */
interface FramePoint {
  readonly label: string;
  readonly frame: number;
  readonly when: 'before' | 'after';
}

export interface FrameProxy {
  readonly port: number;
  /** La misma dirección, por aquí. */
  through(url: string): string;
  /** Cuenta desde cero, y en ese punto hace `act` una vez; de esa conexión ya no pasa nada más. */
  arm(point: FramePoint, act: () => void): void;
  /** Cuenta desde cero y no hace nada. */
  disarm(): void;
  /** Cuántas han pasado de cada uno, en el orden en que aparecieron. */
  counted(): ReadonlyMap<string, readonly string[]>;
  /** Como una red partida: las conexiones siguen y no pasa nada en ningún sentido. */
  hold(): void;
  /** Las tramas que encajen no pasan hasta `release`, y entonces solo la última de cada conexión. */
  withhold(match: (frame: Frame) => boolean): void;
  /** Lo retenido sigue su camino. */
  release(): void;
  /** Como tirar del cable: se cierran todas. */
  cut(): void;
  close(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  withheld: Frame | undefined;
}

/**
 * Entre un cliente y su servidor TCP. Entiende lo que manda el cliente lo bastante para contarlo y para actuar justo
 * antes o justo después de que una trama llegue al servidor; lo que responde el servidor pasa tal cual.
 */
export async function startFrameProxy(options: {
  readonly port: number;
  readonly host?: string;
  readonly frames: () => FrameReader;
  /** Junta bajo un nombre a quienes se llaman de muchas maneras (`op:<id>:<época>`). */
  readonly labelOf?: (frame: Frame) => string;
}): Promise<FrameProxy> {
  const { port, host = '127.0.0.1', frames, labelOf = ({ label }) => label } = options;
  const links = new Set<Link>();
  let counts = new Map<string, string[]>();
  let armed: { readonly point: FramePoint; readonly act: () => void } | undefined;
  let held: (() => void)[] | undefined;
  let unwanted: ((frame: Frame) => boolean) | undefined;

  const passing = (step: () => void): void => {
    if (held === undefined) step();
    else held.push(step);
  };

  function end(link: Link): void {
    links.delete(link);
    link.client.destroy();
    link.server.destroy();
  }

  /** Si esta trama es el punto pedido, lo que hay que hacer en él. */
  function count(frame: Frame): (() => void) | undefined {
    if (!frame.counts) return undefined;
    const label = labelOf(frame);
    const known = counts.get(label) ?? [];
    known.push(frame.name);
    counts.set(label, known);
    if (armed === undefined || armed.point.label !== label || armed.point.frame !== known.length)
      return undefined;
    const { act } = armed;
    return act;
  }

  function forward(link: Link, frame: Frame): 'on' | 'over' {
    if (unwanted?.(frame) === true) {
      link.withheld = frame;
      return 'on';
    }
    const act = count(frame);
    if (act === undefined) {
      link.server.write(frame.bytes);
      return 'on';
    }
    const when = armed?.point.when;
    armed = undefined;
    if (when === 'before') {
      act();
      end(link);
    } else {
      // Entregada al núcleo: el servidor la recibe aunque quien la mandó ya no exista.
      link.server.write(frame.bytes, () => {
        act();
        end(link);
      });
    }
    return 'over';
  }

  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ port, host, noDelay: true });
    const link: Link = { client, server, withheld: undefined };
    links.add(link);
    const read = frames();
    let over = false;
    client.on('data', (chunk) =>
      passing(() => {
        for (const frame of over ? [] : read(chunk)) {
          if (forward(link, frame) === 'over') {
            over = true;
            return;
          }
        }
      }),
    );
    server.on('data', (chunk) => passing(() => client.write(chunk)));
    client.on('end', () => passing(() => (over ? undefined : server.end())));
    server.on('end', () => passing(() => client.end()));
    for (const socket of [client, server]) {
      // Un reinicio de la conexión es justo lo que se provoca: el otro lado lo nota.
      socket.on('error', () => end(link));
      socket.on('close', () => (over ? undefined : passing(() => end(link))));
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const own = (listener.address() as AddressInfo).port;
  const cut = (): void => {
    for (const link of [...links]) end(link);
  };

  return {
    port: own,
    through(url) {
      const parsed = new URL(url);
      parsed.hostname = '127.0.0.1';
      parsed.port = `${own}`;
      return parsed.toString();
    },
    arm(point, act) {
      counts = new Map();
      armed = { point, act };
    },
    disarm() {
      counts = new Map();
      armed = undefined;
    },
    counted: () => counts,
    hold() {
      held ??= [];
    },
    withhold(match) {
      unwanted = match;
    },
    release() {
      const waiting = held ?? [];
      held = undefined;
      for (const step of waiting) step();
      unwanted = undefined;
      for (const link of links) {
        const { withheld } = link;
        link.withheld = undefined;
        if (withheld !== undefined) forward(link, withheld);
      }
    },
    cut,
    async close() {
      cut();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  };
}
