export const weight = (x: number): number => 0.5 * x ** 2;
