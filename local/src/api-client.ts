export interface ApiClient {
  request<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
}

/** La API ha dicho que no, y por qué. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  constructor(
    readonly code: string,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly field?: string };
  }[];
}

/** Un proxy o un puerto ajeno responden otra cosa que JSON; que se lea de quién y no un fallo de sintaxis. */
async function read<Data>(url: string, response: Response): Promise<Answer<Data>> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Answer<Data>;
  } catch (error) {
    throw new ApiRefusal('NOT_THE_API', `${url} answered ${response.status} and no JSON: ${String(error)}`);
  }
}

/** La API pública, como la usaría cualquiera: la demostración no tiene una puerta propia. */
export const apiClient = (url: string, accessToken: () => Promise<string>): ApiClient => ({
  async request<Data>(query: string, variables: Record<string, unknown> = {}) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await accessToken()}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await read<Data>(url, response);
    const first = errors?.[0];
    if (first === undefined && data !== undefined && data !== null) return data;
    const { code = 'INTERNAL', field } = first?.extensions ?? {};
    const where = field === undefined ? code : `${code}, ${field}`;
    throw new ApiRefusal(code, `The API refused: ${first?.message ?? response.status} (${where})`, field);
  },
});
