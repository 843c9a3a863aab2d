/** Text that may stand in HTML, also in an attribute. */
export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A number for a table: six digits, without the zeros behind them. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(6)));
}
