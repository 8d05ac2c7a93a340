/**
 * National Provider Identifiers: ten digits, of which the last is the check digit of Luhn over `80840` and the nine before it
 * (45 CFR 162.406). Those here begin with 2, with which none was ever given.
 */

/** `nine` digits, completed by their check digit. */
export function npiOf(nine: string): string {
  let sum = 0;
  const digits = `80840${nine}`;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return `${nine}${(10 - (sum % 10)) % 10}`;
}
