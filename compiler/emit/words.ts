/**
 * The words of a text: names, keywords, numbers and strings. Laying a text out changes blanks, parentheses, commas,
 * quotes and the way in which numbers are written, but neither the number of words nor their order.
 */

const pieces = [
  /** 1: what no word is in. */
  /(\s+|\/\/[^\n]*|\/\*[^]*?\*\/)/,
  /** 2: a number, 3: a string. */
  /((?:0[xXoObB]\w+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?[\d_]+)?)n?)/,
  /("(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')/,
  /** 4: a name or keyword. */
  /((?:[\p{ID_Start}$_]|\\u(?:[\da-fA-F]{4}|\{[\da-fA-F]+\}))(?:[\p{ID_Continue}$\u200c\u200d]|\\u(?:[\da-fA-F]{4}|\{[\da-fA-F]+\}))*)/u,
  /** 5: a regular expression, where one may stand. */
  /(\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*)/,
];
const token = new RegExp(pieces.map(({ source }) => source).join("|"), "uy");
const templatePart = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;

/** What an operand may end with, so that a slash behind it divides. */
const operators = /^(?:await|case|delete|do|else|in|instanceof|new|of|return|throw|typeof|void|yield)$/;

/** Tells where each word of a text begins. `other` is told of single characters that may be marks; it says how long they are. */
export function tokensOf(text: string, word: (at: number) => void, other: (at: number) => number = () => 1): void {
  // Open braces, innermost last: true where a template goes on behind it.
  const open: boolean[] = [];
  let [at, endsOperand] = [0, false];
  const template = (from: number): number => {
    templatePart.lastIndex = from;
    const part = templatePart.exec(text)?.[0];
    if (part?.endsWith("{") === true) open.push(true);
    endsOperand = part?.endsWith("{") !== true;
    return part === undefined ? text.length : from + part.length;
  };
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text);
    const isDivision = found?.[5] !== undefined && endsOperand;
    if (found !== null && !isDivision) {
      if (found[1] === undefined) {
        word(at);
        endsOperand = found[4] === undefined || !operators.test(found[4]);
      }
      at += found[0].length;
      continue;
    }
    const char = text[at]!;
    if (char === "`") {
      word(at);
      at = template(at + 1);
    } else if (char === "}" && open.pop() === true) at = template(at + 1);
    else {
      if (char === "{") open.push(false);
      const isMark = char >= "\udc00" && char <= "\udfff";
      at += isMark ? other(at) : 1;
      const isPostfix = char === "!" && endsOperand && text[at] !== "=";
      if (!isMark) endsOperand = char === ")" || char === "]" || char === "}" || isPostfix;
    }
  }
}
