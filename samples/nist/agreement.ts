/** NIST certifies this many digits. */
export const certifiedDigits = 11;

/** What this sample asks of every parameter. */
export const wantedDigits = 6;

/**
 * In how many digits `value` agrees with `certified`: NIST's log relative error, -log10 |value - certified| / |certified|,
 * never more than there are certified digits and never less than 0.
 */
export function digitsOfAgreement(value: number, certified: number): number {
  const error = Math.abs(value - certified) / Math.abs(certified);
  return Number.isFinite(error) ? Math.min(certifiedDigits, Math.max(0, -Math.log10(error))) : 0;
}

/** The agreement of each parameter. */
export function agreement(fitted: Float64Array, certified: Float64Array): number[] {
  return Array.from(certified, (value, j) => digitsOfAgreement(fitted[j], value));
}
