import { operationSteps } from '@farutech/contracts/provisioning';
import { PermanentError, TransientError } from '@farutech/kernel/errors';
import { ConfigurationError, refuseInProduction } from '@farutech/runtime/production';

/** Dónde está una operación cuando se pregunta si debe fallar. */
type FaultPoint = 'begun' | 'observed' | 'acted' | 'done' | 'undoing' | 'undone';

export interface FaultMoment {
  readonly step: string;
  readonly instanceCode: string;
  /** El intento del paso, desde 1. */
  readonly attempt: number;
  /** Es la primera vez que alguien pasa por aquí: quien retoma lo de un muerto no muere en el mismo sitio. */
  readonly firstTime: boolean;
}

/** Falla donde se haya pedido. Sin PROVISIONING_FAULT no hace nada. */
export type InjectFault = (point: FaultPoint, moment: FaultMoment) => void;

// Señales que el proceso se manda a sí mismo, y en qué punto.
const signals: Readonly<Record<string, { readonly point: FaultPoint; readonly signal: NodeJS.Signals }>> = {
  'crash-before': { point: 'begun', signal: 'SIGKILL' },
  crash: { point: 'acted', signal: 'SIGKILL' },
  'crash-after': { point: 'done', signal: 'SIGKILL' },
  'crash-undo': { point: 'undoing', signal: 'SIGKILL' },
  'crash-undone': { point: 'undone', signal: 'SIGKILL' },
  stop: { point: 'observed', signal: 'SIGSTOP' },
};

interface Fault {
  readonly step: string;
  readonly kind: string;
  readonly instanceCode: string | undefined;
}

function parseFault(text: string): Fault {
  const [, step, kind, instanceCode] = /^([a-z-]+):([a-z-]+|[1-9]\d?)(?:@(.+))?$/.exec(text) ?? [];
  const steps: readonly string[] = [...new Set(Object.values(operationSteps).flat())];
  const kinds = ['always', 'permanent', ...Object.keys(signals)];
  if (step !== undefined && kind !== undefined && steps.includes(step)) {
    if (kinds.includes(kind) || /^\d+$/.test(kind)) return { step, kind, instanceCode };
  }
  throw new ConfigurationError(
    `PROVISIONING_FAULT: ${JSON.stringify(text)} is not <step>:<n|${kinds.join('|')}>[@<instanceCode>]; steps: ${steps.join(', ')}.`,
  );
}

/** `create-database:2` falla dos veces y sigue; `:always` y `:permanent`, sin remedio. Varios, con comas. */
export function parseFaults(setting: string): InjectFault {
  if (setting === '') return () => undefined;
  refuseInProduction('PROVISIONING_FAULT');
  const faults = setting.split(',').map((text) => parseFault(text.trim()));
  return (point, { step, instanceCode, attempt, firstTime }) => {
    for (const fault of faults) {
      if (fault.step !== step || (fault.instanceCode ?? instanceCode) !== instanceCode) continue;
      const sent = signals[fault.kind];
      if (sent !== undefined) {
        if (sent.point === point && firstTime) process.kill(process.pid, sent.signal);
      } else if (point === 'begun') {
        const message = `PROVISIONING_FAULT makes ${step} fail (${fault.kind}).`;
        if (fault.kind === 'permanent') throw new PermanentError('FAULT_INJECTED', message);
        if (fault.kind === 'always' || attempt <= Number(fault.kind)) {
          throw new TransientError('FAULT_INJECTED', message);
        }
      }
    }
  };
}
