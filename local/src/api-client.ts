import { LaunchError } from './launch-error.ts';

export interface ApiClient {
  request<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
}

/** La API pública, como la usaría cualquiera: la demostración no tiene una puerta propia. */
export const apiClient = (url: string, accessToken: () => Promise<string>): ApiClient => ({
  async request<Data>(query: string, variables: Record<string, unknown> = {}) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await accessToken()}` },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as { data?: Data; errors?: { message: string }[] };
    if (answer.errors || !answer.data) {
      throw new LaunchError(`the API refused: ${answer.errors?.[0]?.message ?? response.status}`);
    }
    return answer.data;
  },
});
