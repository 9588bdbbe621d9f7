import type { Brand } from '@farutech/kernel/brand';
import { invalid } from '@farutech/kernel/errors';

export type Currency = Brand<string, 'Currency'>;

/**
 * ISO 4217 vigente, por número de decimales. No se toma de Intl: sus datos cambian con la versión de Node, y
 * dos procesos imprimirían el mismo precio de dos maneras.
 */
const codesByMinorDigits: readonly (readonly [digits: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP
     CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
     INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
     MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE
     SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW`,
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const minorDigitsByCode: ReadonlyMap<string, number> = new Map(
  codesByMinorDigits.flatMap(([digits, codes]) => codes.split(/\s+/).map((code) => [code, digits] as const)),
);

export function parseCurrency(raw: string, field: string): Currency {
  if (!minorDigitsByCode.has(raw)) throw invalid(field, `${field} must be an ISO 4217 code such as "USD".`);
  return raw as Currency;
}

export function minorDigits(currency: Currency): number {
  const digits = minorDigitsByCode.get(currency);
  if (digits === undefined) throw new TypeError(`moneda sin decimales conocidos: ${currency}`);
  return digits;
}
