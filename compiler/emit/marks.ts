/**
 * Marks in the text of a function that say which part of the user's source a stretch of it comes from, until it is
 * laid out. They are lone surrogates: no text that was read from a file has one, and none stands in a literal, where
 * `JSON.stringify` writes an escape.
 */
import type { Origin } from "../ir/types.ts";
import { tokensOf } from "./words.ts";

const [start, end, close] = ["\udc00", "\udc01", "\udc02"];
const zero = 0xdc10;
const mark = /\udc00([\udc10-\udc19]+)\udc01|\udc02/u;
const markHere = new RegExp(mark, "uy");
const everyMark = new RegExp(mark, "gu");

/** Marks the text that is printed for a part of the source. */
export type Marker = (text: string, origin: Origin | undefined) => string;

/** From a word of a text on, up to the next one: the part of the source that it is for. */
export interface Place {
  /** How many words are before it. */
  readonly word: number;
  readonly origin: Origin | undefined;
}

/** A text without marks, and what they said. Other layouts of it have the same words. */
export interface Placed {
  readonly text: string;
  readonly places: readonly Place[];
  readonly words: number;
}

/** Gives out marks, and reads them again. */
export class Marks {
  readonly #origins: Origin[] = [];

  readonly around: Marker = (text, origin) => {
    if (origin === undefined || text === "") return text;
    const id = String(this.#origins.length).replaceAll(/\d/g, (digit) => String.fromCharCode(zero + Number(digit)));
    this.#origins.push(origin);
    return start + id + end + text + close;
  };

  read(marked: string): Placed {
    const places: Place[] = [];
    const open: (Origin | undefined)[] = [];
    let text = "";
    let [from, words] = [0, 0];
    const place = (): void => {
      if (places.at(-1)?.word === words) places.pop();
      places.push({ word: words, origin: open.at(-1) });
    };
    tokensOf(
      marked,
      () => words++,
      (at) => {
        markHere.lastIndex = at;
        const found = markHere.exec(marked);
        if (found === null) return 1;
        text += marked.slice(from, at);
        from = at + found[0].length;
        const id = found[1];
        if (id === undefined) open.pop();
        else open.push(this.#origins[numberOf(id)]);
        place();
        return found[0].length;
      },
    );
    text += marked.slice(from);
    if (open.length > 0 || mark.test(text)) throw new Error("emit: a mark was not read");
    return { text, places, words };
  }
}

function numberOf(id: string): number {
  return Number(id.replaceAll(/[\udc10-\udc19]/g, (digit) => String(digit.charCodeAt(0) - zero)));
}

/** A text as it will be. */
export const withoutMarks = (text: string): string => text.replaceAll(everyMark, "");
