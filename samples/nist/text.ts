import { escape } from "../show/text.ts";

/** NIST's way of writing an equation, `y = b1*(1-exp[-b2*x])`, as one would print it, in HTML. */
export function equation(formula: string): string {
  return escape(formula)
    .replace(/\[/g, "(")
    .replace(/\]/g, ")")
    .replace(/\(\s+/g, "(")
    .replace(/\s+\)/g, ")")
    .replace(/(?<=[\w)])\s*([+-])\s*/g, " $1 ")
    .replace(/\s*\*\*\s*\(([^()]+)\)/g, "<sup>$1</sup>")
    .replace(/\s*\*\*\s*(\d|b\d)/g, "<sup>$1</sup>")
    .replace(/\s*\*\s*/g, "\u2009")
    .replace(/\bpi\b/g, "π")
    .replace(/-/g, "−")
    .replace(/\b(b|x)(\d)/g, "<i>$1</i><sub>$2</sub>")
    .replace(/(?<![<\w])([xy])(?![\w>])/g, "<i>$1</i>");
}
