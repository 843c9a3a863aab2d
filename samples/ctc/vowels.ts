import type { Utterance } from "./ctc.ts";

/**
 * The first three formants of American vowels, in hertz: means over 33 men, Peterson and Barney, Control methods used in a
 * study of the vowels (1952), table II.
 */
export const vowels: readonly { readonly symbol: string; readonly formants: readonly number[] }[] = [
  { symbol: "i", formants: [270, 2290, 3010] },
  { symbol: "ɪ", formants: [390, 1990, 2550] },
  { symbol: "ɛ", formants: [530, 1840, 2480] },
  { symbol: "æ", formants: [660, 1720, 2410] },
  { symbol: "ɑ", formants: [730, 1090, 2440] },
  { symbol: "ɔ", formants: [570, 840, 2410] },
  { symbol: "ʊ", formants: [440, 1020, 2240] },
  { symbol: "u", formants: [300, 870, 2240] },
  { symbol: "ʌ", formants: [640, 1190, 2390] },
  { symbol: "ɝ", formants: [490, 1350, 1690] },
];

interface Random {
  uniform(): number;
  normal(): number;
}

/**
 * A speaker says some vowels, each for a while, with pauses between them. What is measured of a frame: the logarithms of
 * the formants, in units of 20 percent around the mean vowel, and how loud it is.
 */
export function speak(random: Random): Utterance {
  const voice = 0.02 * random.normal();
  const label: number[] = [];
  const frames: number[][] = [];
  const below = (most: number): number => Math.floor(random.uniform() * most);
  const pause = (): void => {
    for (let k = 1 + below(3); k > 0; k--)
      frames.push([0, 1, 2].map(() => random.normal()).concat(0.3 * random.uniform()));
  };
  pause();
  for (let count = 1 + below(4); count > 0; count--) {
    const spoken = below(vowels.length);
    // The symbol 0 is the blank.
    label.push(spoken + 1);
    const { formants } = vowels[spoken];
    for (let k = 3 + below(4); k > 0; k--) {
      const heard = formants.map((hertz, j) => (Math.log(hertz / centre[j]) + voice + 0.03 * random.normal()) / 0.2);
      frames.push([...heard, 0.8 + 0.2 * random.uniform()]);
    }
    pause();
  }
  return { frames, label };
}

const centre = [0, 1, 2].map((j) =>
  Math.exp(vowels.reduce((sum, { formants }) => sum + Math.log(formants[j]), 0) / vowels.length),
);
