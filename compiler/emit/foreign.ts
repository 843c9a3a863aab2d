/**
 * Identifiers in text that we pass through without understanding it: which names of module scope does it
 * use, and how are they called where the text goes to? A scanner that knows strings, templates, comments
 * and property names is enough for that.
 */

/** The identifiers in pieces of text that surround arguments, other than keys and properties. */
export function identifiersIn(texts: readonly string[]): Set<string> {
  const found = new Set<string>();
  identifiersReplaced(texts, (name) => {
    found.add(name);
    return name;
  });
  return found;
}

const identifierStart = /[\p{ID_Start}$_]/u;
const identifier = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;

/** The pieces with identifiers replaced. A string or template that begins in one piece may end in a later one. */
export function identifiersReplaced(texts: readonly string[], rename: (name: string) => string): string[] {
  // Open brackets, innermost last: "{" a brace, "$" the hole of a template, "`" a template.
  const open: string[] = [];
  let before = "";
  return texts.map((text) => {
    let out = "";
    let at = 0;
    while (at < text.length) {
      const end = open.at(-1) === "`" ? templateEnd(text, at, open) : undefined;
      if (end !== undefined) {
        out += text.slice(at, end);
        at = end;
        continue;
      }
      const char = text[at]!;
      const token = opaqueToken(text, at);
      if (token !== "") {
        out += token;
        at += token.length;
        if (!token.startsWith("/")) before = token;
      } else if (identifierStart.test(char)) {
        identifier.lastIndex = at;
        const name = identifier.exec(text)?.[0] ?? char;
        const key = isKey(text, at + name.length) && /^[{,;[(]?$/.test(before);
        out += key || before === "." ? name : rename(name);
        before = name;
        at += name.length;
      } else {
        if (char === "`") open.push("`");
        else if (char === "{") open.push("{");
        else if (char === "}") open.pop();
        if (char.trim() !== "") before = char;
        out += char;
        at++;
      }
    }
    // An argument stands between this piece and the next.
    if (open.at(-1) !== "`") before = "";
    return out;
  });
}

/** The end of the plain text of a template that starts at `at`; the bracket that ends it is taken off or put on. */
function templateEnd(text: string, at: number, open: string[]): number {
  let i = at;
  while (i < text.length) {
    if (text[i] === "\\") i += 2;
    else if (text[i] === "`") {
      open.pop();
      return i + 1;
    } else if (text.startsWith("${", i)) {
      open.push("$");
      return i + 2;
    } else i++;
  }
  return text.length;
}

/** The string, number, comment or spread that begins at `at`: text without identifiers. Empty if there is none. */
function opaqueToken(text: string, at: number): string {
  opaque.lastIndex = at;
  return opaque.exec(text)?.[0] ?? "";
}

const opaque = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\d[\w.]*|\.\.\./y;

function isKey(text: string, at: number): boolean {
  return /^\s*\??\s*:(?!:)/.test(text.slice(at));
}
