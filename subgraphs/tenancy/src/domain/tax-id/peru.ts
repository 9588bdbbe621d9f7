const weights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

export function checkDigitOfRuc(body: string): number {
  const sum = [...body].reduce((total, digit, index) => total + Number(digit) * (weights[index] ?? 0), 0);
  return (11 - (sum % 11)) % 10;
}

/** RUC of SUNAT: 11 digits that begin with 10, 15, 16, 17 or 20, the last a check digit. `null` when it is none. */
export function normaliseRuc(compact: string): string | null {
  const [, body, digit] = /^((?:10|15|16|17|20)\d{8})(\d)$/.exec(compact) ?? [];
  if (body === undefined || checkDigitOfRuc(body) !== Number(digit)) return null;
  return compact;
}
