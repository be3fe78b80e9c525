/** Sums of money as whole ten-thousandths: floats lose kopecks. */
const UNIT = 10_000n;

/** Decimal text without needless zeros. */
export function moneyText(units: bigint): string {
  const sign = units < 0n ? '-' : '';
  const whole = units < 0n ? -units : units;
  const rest = String(whole % UNIT)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return `${sign}${whole / UNIT}${rest === '' ? '' : `.${rest}`}`;
}

export function moneyNumber(units: bigint): number {
  return Number(units) / Number(UNIT);
}

/** A computed figure: nobody wants its kopecks. */
export function roundedMoney(value: number): string {
  return String(Math.round(value));
}
