import { DomainError } from '@farutech/kernel/errors';
import type { Secret } from '@farutech/kernel/secret';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asGraphQLError } from './errors.ts';

/** De quién es el token que el Playground da a quien lo abra en esta máquina. Solo en desarrollo. */
export interface PlaygroundLogin {
  readonly email: string;
  readonly password: Secret;
}

export const tokenPath = '/playground/token';

const answerMs = 5_000;
const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number().positive() });

const unavailable = (): Error =>
  asGraphQLError(new DomainError('UNAVAILABLE', 'The demo login does not answer now: try again.'));

async function logIn(issuer: string, { email, password }: PlaygroundLogin): Promise<unknown> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/token`, {
    method: 'POST',
    signal: AbortSignal.timeout(answerMs),
    body: new URLSearchParams({
      grant_type: 'urn:farutech:development:login',
      client_id: 'farutech-development',
      email,
      password: password.reveal(),
    }),
  }).catch(() => Promise.reject(unavailable()));
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  throw asGraphQLError(
    new DomainError('UNAUTHENTICATED', 'The demo login was refused. Put a token of your own into Headers.'),
  );
}

/** Un nombre ajeno que apunte a 127.0.0.1 (DNS rebinding) haría de otra página una del mismo origen. */
const isLoopback = ({ hostname }: FastifyRequest): boolean =>
  ['127.0.0.1', 'localhost', '[::1]', '::1'].includes(hostname);

/** Un token nuevo cada vez: viven cinco minutos, y la página puede abrirse o seguir abierta horas después. */
export function playgroundLoginRoute(app: FastifyInstance, issuer: string, login: PlaygroundLogin): void {
  app.post(tokenPath, async (request, reply) => {
    if (!isLoopback(request))
      throw asGraphQLError(new DomainError('FORBIDDEN', 'The demo login is for this machine alone.'));
    const { access_token, expires_in } = tokenAnswer.parse(await logIn(issuer, login));
    return reply.header('cache-control', 'no-store').send({
      email: login.email,
      authorization: `Bearer ${access_token}`,
      expiresInSeconds: expires_in,
    });
  });
}
