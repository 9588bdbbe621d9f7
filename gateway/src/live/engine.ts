import type { Logger } from '@farutech/runtime/logger';
import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  GraphQLError,
  getArgumentValues,
  getVariableValues,
  validate,
} from 'graphql';
import { worthKeeping } from '../document-cache.ts';
import { type CanonicalSubscription, canonical } from './canonical.ts';
import {
  compile,
  type LiveOperation,
  type ResumableConvention,
  resumptionOf,
  rootDefinition,
} from './compile.ts';
import { ended } from './ended.ts';
import { LiveFigures } from './figures.ts';
import { Group } from './group.ts';
import { Member } from './member.ts';
import { rootFieldOf, subscriptionOf } from './root-field.ts';
import type { LoadedSupergraph } from './supergraph.ts';
import type { DataSources } from './tail.ts';
import type { LiveTransport } from './transport.ts';

const ringSize = 64;
const lingerMs = 3_000;
const maxCompiled = 500;

export interface LiveSettings extends ResumableConvention {
  readonly ringSize: number;
  readonly lingerMs: number;
  readonly log: Logger;
  readonly transport: (service: string) => LiveTransport;
  readonly sources: () => DataSources;
}

export const liveDefaults = { ringSize, lingerMs, afterArgument: 'after', cursorField: 'cursor' } as const;

export interface LiveRequest {
  /** Ya validado contra el esquema. */
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** Solo comparten quienes verían lo mismo: iguales alcances, iguales respuestas. */
  readonly scope: string;
  readonly context: unknown;
}

interface Prepared {
  readonly operation: LiveOperation;
  readonly root: FieldNode;
}

/** Suscripciones federadas: agrupa a los iguales y da a cada uno su lector. */
export class LiveEngine {
  readonly figures = new LiveFigures();
  readonly #groups = new Map<string, Group>();
  readonly #operations = new Map<string, LiveOperation>();
  #prepared = new WeakMap<DocumentNode, Map<string, Prepared>>();
  #closed = false;

  constructor(
    private loaded: LoadedSupergraph,
    private readonly settings: LiveSettings,
  ) {}

  subscribe(request: LiveRequest): AsyncIterableIterator<ExecutionResult> {
    try {
      return this.#join(request);
    } catch (error) {
      if (error instanceof GraphQLError) return ended({ errors: [error] });
      throw error;
    }
  }

  /** Quien está suscrito sigue: su grupo pasa al plan nuevo y, si cambió lo que pide arriba, reabre por su cursor. */
  load(loaded: LoadedSupergraph): void {
    this.loaded = loaded;
    this.#operations.clear();
    this.#prepared = new WeakMap();
    for (const group of [...this.#groups.values()]) {
      try {
        group.reload(this.#recompile(group));
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        group.refuse([error.toJSON()]);
      }
    }
  }

  #recompile(group: Group): LiveOperation {
    const { plain } = group.operation;
    const [invalid] = validate(this.loaded.apiSchema, plain.document);
    if (invalid !== undefined)
      throw new GraphQLError(invalid.message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    const operation = subscriptionOf(plain.document, undefined);
    const { field } = rootFieldOf(plain.document, operation, group.subject.variables);
    return compile(this.loaded, plain, field, this.settings);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const group of [...this.#groups.values()]) group.close();
    // Un lector despierta, ve el fin y se va: se le deja hacerlo antes de cerrar los transportes.
    await new Promise((resolve) => setImmediate(resolve));
  }

  #join(request: LiveRequest): Member {
    if (this.#closed)
      throw new GraphQLError('The gateway is shutting down.', { extensions: { code: 'UNAVAILABLE' } });
    const variables = this.#coerce(request);
    const { operation, root } = this.#prepare(request, variables);
    const after = operation.resume === null ? null : this.#afterOf(root, variables);
    const used = Object.fromEntries(operation.plain.variables.map((name) => [name, variables[name]]));
    const key = JSON.stringify([operation.plain.text, used, request.scope]);
    let group = this.#groups.get(key);
    if (group === undefined) {
      const subject = { key, variables: used, context: request.context };
      group = new Group(operation, subject, this.#groupSettings(), after);
      this.#groups.set(key, group);
    }
    return new Member(group, after);
  }

  #groupSettings(): ConstructorParameters<typeof Group>[2] {
    return {
      ...this.settings,
      figures: this.figures,
      onEnd: (ended) => {
        if (this.#groups.get(ended.subject.key) === ended) this.#groups.delete(ended.subject.key);
      },
    };
  }

  #coerce(request: LiveRequest): Readonly<Record<string, unknown>> {
    const operation = subscriptionOf(request.document, request.operationName);
    const { coerced, errors } = getVariableValues(
      this.loaded.apiSchema,
      operation.variableDefinitions ?? [],
      request.variables ?? {},
    );
    const [first] = errors ?? [];
    if (first !== undefined) throw first;
    return coerced ?? {};
  }

  /** Lo costoso se hace una vez por documento, si su raíz no depende de las variables, y el plan una vez por texto. */
  #prepare(request: LiveRequest, variables: Readonly<Record<string, unknown>>): Prepared {
    const { document, operationName = '' } = request;
    const known = this.#prepared.get(document)?.get(operationName);
    if (known !== undefined) return known;
    const source = subscriptionOf(document, request.operationName);
    const { field: root, conditional } = rootFieldOf(document, source, variables);
    const resumption = resumptionOf(rootDefinition(this.loaded, root), this.settings);
    const plain = canonical(document, source, root, resumption?.argument ?? null);
    const prepared = { operation: this.#compiled(plain, root), root };
    if (conditional) return prepared;
    const byName = this.#prepared.get(document) ?? new Map<string, Prepared>();
    byName.set(operationName, prepared);
    this.#prepared.set(document, byName);
    return prepared;
  }

  #compiled(plain: CanonicalSubscription, root: FieldNode): LiveOperation {
    const known = this.#operations.get(plain.text);
    if (known !== undefined) return known;
    const compiled = compile(this.loaded, plain, root, this.settings);
    if (!worthKeeping(plain.text)) return compiled;
    if (this.#operations.size >= maxCompiled) {
      const [oldest] = this.#operations.keys();
      if (oldest !== undefined) this.#operations.delete(oldest);
    }
    this.#operations.set(plain.text, compiled);
    return compiled;
  }

  #afterOf(root: FieldNode, variables: Readonly<Record<string, unknown>>): string | null {
    const after = getArgumentValues(rootDefinition(this.loaded, root), root, variables)[
      this.settings.afterArgument
    ];
    return typeof after === 'string' ? after : null;
  }
}
